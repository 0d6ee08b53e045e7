"""Finds what a submission says of GitLab, its runner, a registry mirror and a cache server, in whatever form."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import re
import shlex
from collections.abc import Iterable, Iterator

from ...errors import LimitExceeded
from ..files.tree import Tree
from ..scan.discovery import find_env_example
from ..text.yamldoc import Node, YamlDoc, YamlError
from .commands import broken_off, containers_of, lines_of, registrations_of
from .definitions import (
    PROXY_OF,
    ContainerDefinition,
    GitlabSetup,
    Installation,
    Problem,
    Registration,
    Setting,
    is_registry,
)
from .installations import installed_by_command, installed_by_role
from .mirrors import mirror_uses
from .registrations import of_container, registered_by_key, tokens_given_to
from .resolving import Resolver, assigned
from .sources import Form, Source, find_sources, pieces
from .surroundings import Surroundings
from .templates import Template
from .terraform import Terraform
from .variables import Variables
from .yaml_containers import YamlContainers

__all__ = ["find_setup"]

_FOLDED = re.compile(r"\\ {1,200}(?=\S)")
"""A backslash that ended a line before YAML made one line of several."""
_PROGRAMS = ("docker", "gitlab-runner", "sudo")
_COMMAND = re.compile(r"(?:^|\.)command$")
"""What no shell reads: the ends of its lines are blanks."""
_IS_DEFINITION = re.compile(r"image:[ \t\"']{0,9}[\w./-]{0,60}gitlab-(?:ce|ee|runner)")
_VARIABLE_FILES = re.compile(
    r"(?:^|/)(?:defaults|vars|group_vars|host_vars)/|(?:^|/)(?:vars|variables|main|all)\.ya?ml$", re.IGNORECASE
)
_CONFIGURED_AT = ("/etc/docker/registry", "/etc/distribution")
_MOST = 300


def find_setup(tree: Tree) -> GitlabSetup:
    """Every definition that is there: in files first, then in READMEs."""
    sources, problems = find_sources(tree)
    reader = _Reader(tree, problems)
    for source in sources:
        reader.learn(source)
    for source in sources:
        reader.read(source)
    return GitlabSetup(
        containers=tuple(map(reader.with_configuration, reader.containers)),
        registrations=tuple(reader.registrations),
        installations=tuple(reader.installations),
        mirror_uses=tuple(itertools.islice((use for each in sources for use in mirror_uses(each)), _MOST)),
        problems=tuple(problems),
    )


class _Reader:
    """Reads sources one after another, once the variables of all are known."""

    def __init__(self, tree: Tree, problems: list[Problem]) -> None:
        self._tree = tree
        self._problems = problems
        self._variables = Variables()
        self._terraform = Terraform()
        self._pieces: dict[Source, list[tuple[Source, YamlDoc, Template]]] = {}
        self._proxy: Setting | None = None
        """What a registry's own configuration makes it a mirror of."""
        self.containers: list[ContainerDefinition] = []
        self.registrations: list[Registration] = []
        self.installations: list[Installation] = []

    def learn(self, source: Source) -> None:
        """The variables that a source sets, and its YAML."""
        if source.form is Form.TERRAFORM:
            self._terraform.learn(source)
        found = self._pieces[source] = []
        for each in [source] if source.form is Form.YAML else pieces(source):
            template = Template(each.text)
            try:
                document = YamlDoc(each.path, template.text, self._tree.budget)
            except LimitExceeded as error:
                self._problems.append(Problem(error.at or each.location(1), error.reason, is_limit=True))
                continue
            except YamlError as error:
                if _IS_DEFINITION.search(each.text):
                    self._problems.append(Problem(each.location(error.at.line or 1), error.reason))
                continue
            found.append((each, document, template))
            found += self._inside(each, document, template)
            for root in document.documents:
                self._learn_from(root, each, template)

    def _inside(
        self, source: Source, document: YamlDoc, template: Template
    ) -> Iterator[tuple[Source, YamlDoc, Template]]:
        """The YAML that stands as a text in YAML: a compose file that a playbook or cloud-init writes."""
        for scalar in document.scalars():
            if "\n" in scalar.text.strip() and _IS_DEFINITION.search(scalar.text):
                inner = dataclasses.replace(source, text=scalar.text, line=source.line + scalar.line)
                with contextlib.suppress(YamlError, LimitExceeded):
                    yield inner, YamlDoc(source.path, scalar.text, self._tree.budget), template

    def _learn_from(self, root: Node, source: Source, template: Template) -> None:
        if root.kind == "mapping" and _VARIABLE_FILES.search(source.path):
            self._variables.add(root, source.path, source.line, template)
        proxy = root.get("proxy")
        remote = proxy.get("remoteurl") if proxy is not None else None
        if remote is not None and self._proxy is None:
            self._proxy = Setting(remote.text, source.location(remote.line))
        for node in root.children if root.kind == "sequence" else [root]:
            given = node.get("vars")
            if given is not None:
                self._variables.add(given, source.path, source.line, template)

    def read(self, source: Source) -> None:
        """The containers and registrations of a source."""
        for piece, document, template in self._pieces[source]:
            self._yaml(piece, document, template)
        if source.form is Form.TERRAFORM:
            self._keep(self._terraform.containers(source), self._terraform.registrations(source))
            resolver = Resolver(source, self._variables, Template(""), self._terraform.settings)
            for token in self._terraform.commands(source):
                self._commands(token.text, token.line, resolver, "Terraform")
        elif source.form in (Form.SHELL, Form.DOCUMENT):
            template = Template(source.text)
            resolver = Resolver(source, self._variables, template, assigned(source))
            self._commands(template.text, 1, resolver, "README" if source.form is Form.DOCUMENT else "script")

    def with_configuration(self, container: ContainerDefinition) -> ContainerDefinition:
        """A registry that has a configuration mounted which makes it a mirror is one as if its variable said so."""
        is_mounted = any(each.target.startswith(_CONFIGURED_AT) for each in container.volumes)
        if self._proxy is None or not is_mounted or not is_registry(container.image):
            return container
        return dataclasses.replace(container, environment={PROXY_OF: self._proxy, **container.environment})

    def _yaml(self, source: Source, document: YamlDoc, template: Template) -> None:
        settings = self._environment(source)
        resolver = Resolver(source, self._variables, template, settings)
        values = {name: each.value for name, each in settings.items()}
        reader = YamlContainers(source, template, self._variables, values, Surroundings(self._tree, source.path))
        for root in document.documents:
            found = list(reader.containers(root))
            self._keep(found, filter(None, (of_container(each, resolver) for each in found)))
            self._keys_and_commands(root, source, resolver)

    def _environment(self, source: Source) -> dict[str, Setting]:
        """What the env file beside a compose file sets."""
        env = None if source.is_in_document or "$" not in source.text else find_env_example(self._tree, source.path)
        return {
            name: Setting(each.value, env.location(name))
            for name, each in (env.variables if env is not None else {}).items()
            if env is not None and each.value and not each.is_placeholder
        }

    def _keys_and_commands(self, root: Node, source: Source, resolver: Resolver) -> None:
        """What Ansible's module and roles register, and the commands in texts."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            if node.kind == "mapping" and not source.is_in_document:
                self.installations += installed_by_role(node, source)
            for key, value in node.entries():
                for token in tokens_given_to(key, value, is_prose=source.is_in_document):
                    at = source.location(token.line)
                    self._keep((), [registered_by_key(token.text, at, resolver, "Ansible")])
            below = [*node.entries(), *((None, each) for each in node.children)]
            for key_of, each in below:
                first = each.children[0].text.rpartition("/")[2] if each.children and not source.is_in_document else ""
                if first in _PROGRAMS and (key_of is None or key_of.text != "command"):
                    self._commands(shlex.join(word.text for word in each.children), each.line, resolver, "Ansible")
            waiting += [each for _key, each in reversed(below) if each.kind != "scalar"]
            for key_of, each in below:
                if each.kind == "scalar" and ("docker" in each.text or "gitlab" in each.text):
                    begin = each.line + ("\n" in each.text.strip())
                    text = _FOLDED.sub(" ", each.text)
                    is_words = key_of is not None and _COMMAND.search(key_of.text) and " -c " not in text
                    self._commands(" ".join(text.split()) if is_words else text, begin, resolver, "Ansible")

    def _commands(self, text: str, first_line: int, resolver: Resolver, how: str) -> None:
        for line, at in lines_of(text, first_line, resolver):
            self.installations += installed_by_command(line, at, how)
            before = len(self.containers)
            self._keep(containers_of(line, at, resolver, self._tree), registrations_of(line, at, resolver, how))
            if len(self.containers) == before and len(self._problems) < _MOST:
                self._problems += broken_off(line, at, resolver, self._tree)

    def _keep(self, containers: Iterable[ContainerDefinition], registrations: Iterable[Registration]) -> None:
        self.containers += itertools.islice(containers, max(0, _MOST - len(self.containers)))
        self.registrations += itertools.islice(registrations, max(0, _MOST - len(self.registrations)))
