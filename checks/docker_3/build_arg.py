"""The item docker-3/build-arg."""

from __future__ import annotations

import bisect
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import report_of_built, services_of
from pytest_dockerlab.checks.docker_3._packages import apt_calls
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import layers
from pytest_dockerlab.submission.text.interpolation import uses
from pytest_dockerlab.submission.text.readme import is_readme

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.instructions import Instruction
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command


@check(
    "docker-3/build-arg",
    "a variable that only the build uses is ARG, not ENV",
    level="advisory",
    told_by=["docker-3/services"],
)
def build_arg(submission: Submission) -> None:
    sources = {files.folder: Sources(submission.tree, files.folder) for files in services_of(submission)}

    def problems_with_sources(dockerfile: Dockerfile) -> list[Finding]:
        folder = max((each for each in sources if dockerfile.path.startswith(f"{each}/" if each else "")), key=len)
        return problems(dockerfile, sources[folder].mention)

    report_of_built(submission, problems_with_sources)


# Programs that the image runs read these themselves, whatever the sources of the service mention.
_RUN_TIME = re.compile(
    r"(?!\w+_PACKAGES?$)(BUNDLE|GEM|RAILS|RACK|PUMA|PYTHON|PIP|NODE|NPM|LC|LD|XDG|SSL)_?\w*"
    r"|RUBY(OPT|LIB|_GC_\w+|_YJIT\w*)|BUNDLER_VERSION|LANG|LANGUAGE|PATH|HOME|USER|SHELL|TERM|TZ|TMPDIR|HOSTNAME|PORT"
)
_RUNS = frozenset({"CMD", "ENTRYPOINT", "HEALTHCHECK", "ONBUILD"})
_PROSE = re.compile(r"(?i)(^|/)((?=[\w.-]++$)[\w.-]*dockerfile[\w.-]*|changelog[\w.]*|docker_build\.sh|\.gitignore|"
                    r"\.dockerignore|\.env[\w.]*|docker-compose[\w.-]*|makefile)$|\.(md|rst|dockerfile)$")  # fmt: skip
_MAX_FILES = 400


class Sources:
    """The source files in a service's folder: all but Dockerfiles and what is written for people."""

    def __init__(self, tree: Tree, folder: str) -> None:
        self._tree = tree
        self._prefix = f"{folder}/" if folder else ""
        self._words: frozenset[str] | None = None

    def mention(self, name: str) -> bool:
        """Whether any of them names the variable."""
        if self._words is None:
            paths = [
                path
                for path in self._tree.files
                if path.startswith(self._prefix) and not _PROSE.search(path) and not is_readme(path)
            ]
            self._words = frozenset(word for path in paths[:_MAX_FILES] for word in self._read(path))
        return name in self._words

    def _read(self, path: str) -> Iterator[str]:
        try:
            text = self._tree.text(path)
        except RefusedPath:
            return
        if not text.binary:
            yield from re.findall(r"\w+", text.content)


@dataclass(slots=True)
class _Variable:
    line: int
    text: str
    readers: list[int] = field(default_factory=list)
    is_read_later: bool = False


def problems(dockerfile: Dockerfile, mentioned: Callable[[str], bool]) -> list[Finding]:
    """Each ENV that later instructions of the build read, and nothing that the container runs.

    ``mentioned`` says whether the sources name a variable. CMD, ENTRYPOINT, HEALTHCHECK and ONBUILD count as run time,
    and so do single quotes in a RUN, where the shell of the build leaves a variable to somebody else.
    """
    variables: dict[str, _Variable] = {}
    quoted = {layer.instruction.line: _single_quoted(layer.commands) for layer in layers(dockerfile)}
    for step in dockerfile.steps():
        instruction = step.instruction
        for name in _names(instruction) & variables.keys():
            variable = variables[name]
            if instruction.name in _RUNS or name in quoted.get(instruction.line, ()):
                variable.is_read_later = True
            else:
                variable.readers.append(instruction.line)
        if instruction.name == "ENV":
            for name, value in zip(instruction.values[::2], instruction.values[1::2], strict=False):
                known = variables.get(name)
                readers = known.readers if known else []
                variables[name] = _Variable(
                    instruction.line, f"{name}={value}", readers, known is not None and known.is_read_later
                )
    frontend = variables.get("DEBIAN_FRONTEND")
    if frontend is not None:  # which apt reads without anybody naming it
        frontend.readers += [e.instruction.line for e in layers(dockerfile) if any(apt_calls(e))]
    starts = [stage.line for stage in dockerfile.stages]
    return [
        Finding(
            _("a variable that only the build reads is ARG"),
            _(
                "ENV {variable}, which only the build reads, on line {lines}",
                variable=variable.text,
                lines=sorted(set(variable.readers)),
            ),
            Location(dockerfile.path, variable.line),
            _("write ARG {variable} in every stage that reads it: an ARG ends with its stage", variable=variable.text)
            if _is_read_in_another_stage(variable, starts)
            else _("write ARG {variable}: the program never reads it", variable=variable.text),
        )
        for name, variable in variables.items()
        if variable.readers and not variable.is_read_later and not _RUN_TIME.fullmatch(name) and not mentioned(name)
    ]


def _is_read_in_another_stage(variable: _Variable, starts: Sequence[int]) -> bool:
    """Whether a stage that is made of the variable's own reads it: there ENV is still known, and ARG no longer.

    ``starts`` are the lines of the stages, in their order.
    """
    at = bisect.bisect(starts, variable.line)
    return at < len(starts) and max(variable.readers) > starts[at]


def _names(instruction: Instruction) -> set[str]:
    texts = [*instruction.values, *instruction.flags, *instruction.heredocs]
    if instruction.name == "ENV":
        texts = list(instruction.values[1::2])
    return {use.name for text in texts for use in uses(text.replace("\\$", ""))}


def _single_quoted(commands: Iterable[Command]) -> set[str]:
    found: set[str] = set()
    for command in commands:
        words = command.words
        if not (len(words) > 2 and re.fullmatch(r"-[a-z]*c", words[1])):  # sh -c '…' runs here and now
            found |= {use.name for text in command.single_quoted for use in uses(text)}
    return found
