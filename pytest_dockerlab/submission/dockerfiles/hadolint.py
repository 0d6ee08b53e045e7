"""hadolint over the Dockerfiles of a submission: one run for all of them, with our configuration and nobody else's."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from ...errors import DockerlabError, RefusedPath, ToolFailed
from ...findings import Location
from ..files.tree import Tree
from .dockerfile import Dockerfile
from .instructions import DockerfileError, refuse_beyond_limits

__all__ = ["Lint", "Linted", "lint"]

_CANNOT_PARSE = "DL1000"
# Its runtime takes as many as the machine has, and a third of its time to keep them waiting for one another.
_ONE_PROCESSOR = {"GHCRTS": "-N1"}
_ABOUT_IMAGES = ("DL3006", "DL3007", "DL3022")


@dataclass(frozen=True, slots=True)
class Lint:
    """One remark of hadolint's."""

    code: str
    level: str
    message: str
    at: Location

    @property
    def is_finding(self) -> bool:
        """Whether it is a warning or an error; hadolint's info and style are only worth showing."""
        return self.level in ("warning", "error")


@dataclass(frozen=True, slots=True)
class Linted:
    """What hadolint said. ``unread`` are files that it cannot parse though Docker's own parser can: its defect."""

    lints: tuple[Lint, ...]
    unread: tuple[str, ...]


def lint(tree: Tree, paths: Sequence[str]) -> Linted:
    """Run hadolint once over all ``paths``.

    It reads copies, so that no ``.hadolint.yaml`` of the submission is near, and ignores the pragmas in the files.
    Raises ``LimitExceeded`` where it does not come to an end.
    """
    with tempfile.TemporaryDirectory(prefix="dockerlab-hadolint-") as folder:
        names: dict[str, str] = {}
        for number, path in enumerate(paths):
            try:
                content = tree.text(path).content
            except RefusedPath:
                continue  # docker-3/services says so
            refuse_beyond_limits(path, content)
            name = f"{number:03}.Dockerfile"  # ours: a name of theirs could be an option
            names[name] = path
            # Byte order marks and Windows' line ends are nothing to Docker, and nothing to remark.
            Path(folder, name).write_text(content.replace("\r\n", "\n"), "utf-8", newline="\n")
        if not names:
            return Linted((), ())
        with resources.as_file(resources.files("pytest_dockerlab").joinpath("hadolint.json")) as config:
            options = ["--no-fail", "-f", "json", "-c", str(config), "--disable-ignore-pragma"]
            argv, on = ["hadolint", *options, *names], next(iter(names.values()))
            done = tree.budget.run(argv, cwd=Path(folder), env=_ONE_PROCESSOR, on=on)
            if done.returncode != 0:  # a build of it may know no such options
                done = tree.budget.run(argv, cwd=Path(folder), on=on)
        if done.returncode != 0:  # --no-fail: it is no remark
            raise ToolFailed(f"hadolint returned {done.returncode}", command=done.argv, stderr=done.stderr)
    return _read(tree, done.stdout, names)


def _read(tree: Tree, text: str, names: Mapping[str, str]) -> Linted:
    try:
        found = [
            Lint(
                str(each["code"]),
                str(each["level"]),
                str(each["message"]),
                Location(names[each["file"]], int(each["line"])),
            )
            for each in json.loads(text)
        ]
    except (ValueError, KeyError, TypeError) as error:
        raise DockerlabError(f"hadolint's answer cannot be read: {error}", stdout=text[:2000]) from error
    # DL1000 is "I could not parse it", and hadolint's parser is not Docker's (hadolint#1137).
    unread = {each.at.file for each in found if each.code == _CANNOT_PARSE and _parses(tree, each.at.file)}
    lints = [
        each
        for each in found
        if not (each.code == _CANNOT_PARSE and each.at.file in unread) and not _is_a_stage(tree, each)
    ]
    return Linted(tuple(sorted(lints, key=lambda each: (each.at, each.code))), tuple(sorted(unread)))


def _is_a_stage(tree: Tree, lint: Lint) -> bool:
    """Whether it takes a stage of the file for an image of elsewhere: Docker's names of stages know no capitals."""
    if lint.code not in _ABOUT_IMAGES:
        return False
    try:
        read = Dockerfile.read(tree, lint.at.file)
    except DockerfileError:
        return False
    above = {each.name.lower() for each in read.stages if each.name and each.line < (lint.at.line or 0)}
    named = [each for each in read.instructions if each.line == lint.at.line]
    sources = [flag.partition("=")[2] for each in named for flag in each.flags if flag.startswith("--from=")]
    bases = [each.base for each in read.stages if each.line == lint.at.line]
    return any(name.lower() in above for name in (*sources, *bases))


def _parses(tree: Tree, path: str) -> bool:
    try:
        return not Dockerfile.read(tree, path).problems()
    except DockerfileError:
        return False
