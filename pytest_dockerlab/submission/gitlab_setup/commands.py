"""Command lines: the containers that ``docker run`` starts, and the registrations of runners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ...findings import Location
from ...messages import _
from ..files.tree import Tree
from ..scan.dockerruns import DockerRun, docker_runs
from ..scan.scripts import Snippet, logical_lines
from .definitions import ContainerDefinition, Kind, Problem, Registration, Setting, is_of_interest
from .registrations import API, of_command, of_request
from .resolving import Resolver
from .sources import Form
from .yaml_containers import port

__all__ = ["broken_off", "containers_of", "lines_of", "registrations_of"]

_DOCKER = re.compile(r"\bdocker(?:\.exe)?\s")
_REMARK = re.compile(r"`#[^`\n]{0,300}`")
"""A comment between the lines of one command: the shell runs nothing, and puts nothing in its place."""
_PROMPT = re.compile(r"^\s{0,9}>\s")
_UNIT = re.compile(r"\.service(?:\.\w{1,10})?$")
_MOST_LINE = 8_000
_MOST_PER_LINE = 20


def lines_of(text: str, first_line: int, resolver: Resolver) -> Iterator[tuple[str, Location]]:
    """The command lines of a text of this source that may concern us, each joined over its backslashes."""
    is_document = resolver.source.form is Form.DOCUMENT
    for number, joined in logical_lines(_without_prompts(text.split("\n")) if is_document else text.split("\n")):
        line = _REMARK.sub(" ", joined)
        is_comment = not is_document and line.lstrip().startswith(("#", "//"))
        if not is_comment and ("docker" in line or "gitlab" in line or API.search(line) is not None):
            yield line[:_MOST_LINE], resolver.source.location(first_line + number - 1)


def _without_prompts(lines: list[str]) -> list[str]:
    """The lines without the sign that a shell puts before a line that goes on, as a session in a README shows it."""
    pairs = zip(["", *lines], lines, strict=False)
    return [_PROMPT.sub("", line, count=1) if above.rstrip().endswith("\\") else line for above, line in pairs]


def registrations_of(line: str, at: Location, resolver: Resolver, how: str) -> Iterator[Registration]:
    """The registration that a command line makes."""
    yield from filter(None, (of_command(line, at, resolver, how), of_request(line, at, resolver, how)))


def containers_of(line: str, at: Location, resolver: Resolver, tree: Tree) -> Iterator[ContainerDefinition]:
    """The containers that a command line starts."""
    if "run" not in line and "create" not in line:
        return
    values = {name: each.value for name, each in resolver.settings.items()}
    snippets = list(_snippets(line, at, values, is_document=resolver.source.form is Form.DOCUMENT))
    for run in docker_runs(snippets, tree):
        image = resolver.shown(run.image)
        if is_of_interest(image):
            yield _container(run, image, resolver)


def broken_off(line: str, at: Location, resolver: Resolver, tree: Tree) -> Iterator[Problem]:
    """A ``docker run`` of ours that ends before its image, as behind a comment or a forgotten backslash."""
    if "gitlab" not in line or "run" not in line:
        return
    for run in docker_runs(_snippets(line, at, {}, is_document=resolver.source.form is Form.DOCUMENT), tree):
        if not run.image and "gitlab" in run.text:
            program = "gitlab-runner" if "runner" in run.text else "gitlab"
            reason = _("docker run ends before its image: behind a comment, or for want of a backslash")
            yield Problem(run.at, reason, program=program)


def _snippets(line: str, at: Location, values: Mapping[str, str], *, is_document: bool) -> Iterator[Snippet]:
    for match in list(_DOCKER.finditer(line))[:_MOST_PER_LINE]:
        before, text = line[: match.start()], line[match.start() :]
        if is_document and before.count("`") % 2:
            text = text.partition("`")[0]
        elif before.count('"') % 2 and text.count('"') % 2:  # all of it stands in quotes that end with it
            text = text.rstrip().rstrip(";").removesuffix('"')
        text = re.split(r"(?:&&|;|\|\|)\s{0,9}(?:sudo\s{1,9})?docker\b", text, maxsplit=1)[0]
        yield Snippet(at.file, at.line or 1, text, at.file, values)


def _container(run: DockerRun, image: str, resolver: Resolver) -> ContainerDefinition:
    options = [(name, resolver.shown(value)) for name, value in run.options]
    last = dict(options)
    restart = Setting(last["--restart"], run.at) if "--restart" in last else _of_unit(resolver)
    parts = {
        "image": bool(run.image),
        "environment": bool(run.environment),
        "ports": "--publish" in last,
        "volumes": bool(run.volumes),
        "command": bool(run.command),
    }
    return ContainerDefinition(
        name=last.get("--name", ""),
        image=image,
        kind=Kind.RUN,
        location=run.at,
        environment={name: Setting(resolver.shown(value), run.at) for name, value in run.environment.items()},
        ports=tuple(port(value, run.at) for name, value in options if name == "--publish"),
        volumes=run.volumes,
        restart=restart.value if restart is not None else None,
        command=tuple(resolver.shown(word) for word in run.command),
        network=last.get("--network"),
        hostname=last.get("--hostname"),
        places={part: run.at for part, is_there in parts.items() if is_there}
        | ({"restart": restart.at} if restart is not None else {}),
        unknown=frozenset({"environment"} if run.unseen else ()),
    )


def _of_unit(resolver: Resolver) -> Setting | None:
    """What restarts the container of a unit of systemd: not the engine, but the unit."""
    return resolver.settings.get("Restart") if _UNIT.search(resolver.source.path) else None
