"""Containers in YAML: compose's services, old format or new, and Ansible's docker_container, however nested."""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...findings import Location
from ..scan.dockerruns import Volume, volume
from ..text.shell import words
from ..text.yamldoc import Node
from .definitions import ContainerDefinition, Kind, Port, Setting, is_of_interest
from .sources import Source
from .surroundings import Surroundings
from .templates import Template
from .variables import Variables, expand_shell

__all__ = ["YamlContainers", "port"]

_ANSIBLE = re.compile(r"(?:^|\.)docker_container$")
_ANSIBLE_FOLDERS = re.compile(r"(?:^|/)(?:defaults|vars|group_vars|host_vars|tasks|handlers|playbooks|roles)/")
_PARTS = {
    "image": ("image",),
    "environment": ("environment", "env"),
    "ports": ("ports", "published_ports"),
    "volumes": ("volumes", "mounts"),
    "restart": ("restart", "restart_policy"),
    "command": ("command",),
}
_MOST_NODES = 20_000


@dataclass(frozen=True, slots=True)
class _Place:
    """A mapping, the key it is the value of, and whether it is Ansible's or Kubernetes' above."""

    node: Node
    key: str
    line: int
    is_ansible: bool
    is_kubernetes: bool


class YamlContainers:
    """Reads the containers of one YAML text."""

    def __init__(
        self,
        source: Source,
        template: Template,
        variables: Variables,
        values: Mapping[str, str],
        surroundings: Surroundings,
    ) -> None:
        self._source = source
        self._template = template
        self._variables = variables
        self._values = values
        self._surroundings = surroundings

    def containers(self, root: Node) -> Iterator[ContainerDefinition]:
        """Those whose image is of GitLab, its runner, a registry or a cache."""
        for place in self._mappings(root):
            image = None if place.is_kubernetes else self._image(place.node)
            if image is not None:
                yield self._container(place, image)

    def _image(self, node: Node) -> str | None:
        """The image if it is of ours: the one that is named, or that the service's own image is made of."""
        named, build = self._scalar(node, "image"), node.get("build")
        if named is not None and is_of_interest(named):
            return named
        base = self._surroundings.base_of(build) if build is not None else None
        return base if base is not None and is_of_interest(base) else None

    def _mappings(self, root: Node) -> Iterator[_Place]:
        is_ansible = root.kind == "sequence" or _ANSIBLE_FOLDERS.search(self._source.path) is not None
        is_ansible = is_ansible and not self._source.is_template and not self._source.is_in_document
        waiting = [_Place(root, "", root.line, is_ansible, False)]
        for _turn in range(_MOST_NODES):
            if not waiting:
                return
            place = waiting.pop()
            node = place.node
            if node.kind == "mapping":
                yield place
            below = []
            for key, value in node.entries():
                is_module = _ANSIBLE.search(key.text) is not None
                is_kubernetes = place.is_kubernetes or key.text in ("containers", "initContainers")
                given = _of_one_line(value) if is_module and value.kind == "scalar" else value
                below.append(_Place(given, key.text, key.line, place.is_ansible or is_module, is_kubernetes))
            below += [dataclasses.replace(place, node=each, key="", line=each.line) for each in node.children]
            waiting += [each for each in reversed(below) if each.node.kind != "scalar"]

    def _container(self, place: _Place, image: str) -> ContainerDefinition:
        node = place.node
        places: dict[str, Location] = {}
        unknown: set[str] = set()
        values: dict[str, tuple[Node, Template]] = {}
        over = None if self._source.is_in_document else self._surroundings.overriding(place.key)
        for part, names in _PARTS.items():
            found = next((each for name in names if (each := node.child(name)) is not None), None)
            if found is None and over is not None:
                found = next((each for name in names if (each := over[1].child(name)) is not None), None)
                if found is not None:
                    places[part] = Location(over[0], found[0])
                    values[part] = found[1], Template("")
                continue
            if found is None:
                continue
            places[part] = self._source.location(found[0])
            whole = self._variables.whole(self._template, found[1], self._source.path)
            if whole is None and part != "restart":
                unknown.add(part)
            elif whole is not None:
                values[part] = whole
        if node.get("extends") is not None:  # another service may say what this one does not
            unknown |= _PARTS.keys() - places.keys()
        environment = dict(self._environment(*values["environment"], places)) if "environment" in values else {}
        for name, value in self._from_files(node, unknown):
            environment.setdefault(name, value)
        name = next((text for key in ("container_name", "name") if (text := self._scalar(node, key))), place.key)
        is_compose = "compose" in posixpath.basename(self._source.path) and not _ANSIBLE.search(place.key)
        restart = None if is_compose else self._scalar(node, "restart_policy")
        if restart is None and not _ANSIBLE.search(place.key):  # its "restart" is for now, and no policy
            added = values["restart"][0] if "restart" in values and over is not None else None
            restart = self._scalar(node, "restart") or self._deployed(node) or (added.text if added else None)
        return ContainerDefinition(
            name=name,
            image=image,
            kind=self._kind(place),
            location=self._source.location(place.line),
            environment=environment,
            ports=tuple(self._ports(*values["ports"], places)) if "ports" in values else (),
            volumes=tuple(self._volumes(node, values)),
            restart=restart,
            command=tuple(self._command(*values["command"])) if "command" in values else (),
            network=self._scalar(node, "network_mode"),
            hostname=self._scalar(node, "hostname"),
            is_behind_proxy=_is_behind_proxy(node, environment),
            places=places,
            unknown=frozenset(unknown),
        )

    def _kind(self, place: _Place) -> Kind:
        if self._source.is_in_document:
            return Kind.README
        if place.is_ansible:
            return Kind.ANSIBLE
        return Kind.TEMPLATE if self._source.is_template else Kind.COMPOSE

    def _text(self, node: Node, template: Template | None = None) -> str:
        return expand_shell(
            self._variables.text(template or self._template, node.text, self._source.path), self._values
        ).strip()

    def _scalar(self, node: Node, key: str) -> str | None:
        value = node.get(key)
        return self._text(value) if value is not None and value.kind == "scalar" else None

    def _deployed(self, node: Node) -> str | None:
        """The restart policy of a service that Swarm would deploy; without a condition it is any."""
        deploy = node.get("deploy")
        policy = deploy.get("restart_policy") if deploy is not None else None
        return None if policy is None else (self._scalar(policy, "condition") or "any")

    def _at(self, node: Node, template: Template, otherwise: Location) -> Location:
        """Where a node stands; what a variable brings from elsewhere stands where the variable is used."""
        return self._source.location(node.line) if template is self._template else otherwise

    def _environment(
        self, node: Node, template: Template, places: Mapping[str, Location]
    ) -> Iterator[tuple[str, Setting]]:
        for key, value in node.entries():
            if value.kind == "scalar":
                at = self._at(key, template, places["environment"])
                yield self._text(key, template), Setting(self._text(value, template), at)
        for each in node.children:
            name, equals, text = self._text(each, template).partition("=")
            if equals:
                yield name.strip(), Setting(text, self._at(each, template, places["environment"]))

    def _from_files(self, node: Node, unknown: set[str]) -> Iterator[tuple[str, Setting]]:
        """What ``env_file`` brings; a file that is not handed in may bring anything."""
        files = node.get("env_file")
        for each in (files.children or [files]) if files is not None else ():
            path = each.get("path") if each.kind == "mapping" else each
            found = self._surroundings.variables_in(self._text(path)) if path is not None else None
            if found is None:
                unknown.add("environment")
            for name, value in (found or {}).items():
                yield name, Setting(value, self._source.location(each.line))

    def _ports(self, node: Node, template: Template, places: Mapping[str, Location]) -> Iterator[Port]:
        if node.kind == "scalar":  # Ansible takes a list as one text too
            yield from (port(text, places["ports"]) for text in self._text(node, template).split(","))
        for each in node.children:
            at = self._at(each, template, places["ports"])
            if each.kind == "scalar":
                yield port(self._text(each, template), at)
            elif each.kind == "mapping":
                target, published = each.get("target"), each.get("published")
                if target is not None:
                    host = self._text(published, template) if published is not None else ""
                    yield Port(host, self._text(target, template), at)

    def _volumes(self, node: Node, values: Mapping[str, tuple[Node, Template]]) -> Iterator[Volume]:
        listed, template = values.get("volumes", (None, self._template))
        mounts = node.get("mounts")
        if listed is not None and listed.kind == "scalar":  # Ansible takes a list as one text too
            yield from (volume(text.strip()) for text in self._text(listed, template).split(",") if text.strip())
        for each in (child for found in (listed, mounts) if found is not None for child in found.children):
            if each.kind == "scalar":
                yield volume(self._text(each, template))
            elif each.kind == "mapping":
                source, target = each.get("source"), each.get("target")
                if target is not None:
                    text = self._text(source, template) if source is not None else ""
                    yield Volume("bind", text, self._text(target, template).rstrip("/"))

    def _command(self, node: Node, template: Template) -> Iterator[str]:
        for each in node.children or [node]:
            if each.kind == "scalar":
                text = self._text(each, template)
                yield from [text] if node.children else words(text)


def _of_one_line(node: Node) -> Node:
    """What a module of Ansible is given in one line, ``name=runner image=gitlab/gitlab-runner``, as a mapping."""
    given = [(name, value) for name, equals, value in (word.partition("=") for word in words(node.text)) if equals]
    pairs = [(Node("scalar", node.line, name), Node("scalar", node.line, value)) for name, value in given]
    return Node("mapping", node.line, pairs=pairs)


def _is_behind_proxy(node: Node, environment: Mapping[str, Setting]) -> bool:
    """Whether another container publishes its pages, as labels of Traefik or Caddy say, or nginx-proxy's variable."""
    labels = node.get("labels")
    texts = [
        *(labels.names() if labels is not None else ()),
        *(each.text for each in (labels.children if labels else ())),
    ]
    return "VIRTUAL_HOST" in environment or any(text.startswith(("traefik.", "caddy")) for text in texts)


def port(text: str, at: Location) -> Port:
    """A port as compose and ``docker run -p`` write it: ``80:80``, ``127.0.0.1:80:80/tcp``, ``80``."""
    mapping = text.strip().partition("/")[0]
    before, colon, container = mapping.rpartition(":")
    return Port(before.rpartition(":")[2] if colon else "", container, at)
