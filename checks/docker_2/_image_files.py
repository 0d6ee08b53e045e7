"""Where the monolith's files come to lie in its image, and whether they are executable there.

Read instruction by instruction, because the order counts: a ``chmod`` before the COPY that brings the file changes
nothing. What only names a file (``echo``, ``cat``, a comment) puts nothing anywhere.
"""

from __future__ import annotations

import fnmatch
import posixpath
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._context import taken
from pytest_dockerlab.checks.docker_2._monolith import FILES
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.dockerignore import IgnoreFile
from pytest_dockerlab.submission.dockerfiles.runlines import run_commands
from pytest_dockerlab.submission.text.interpolation import uses
from pytest_dockerlab.submission.text.shell import braces, program

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.image import Step
    from pytest_dockerlab.submission.dockerfiles.instructions import Instruction
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.text.shell import Command

__all__ = ["ImageFiles", "Placed"]

# Folders of every image: a file that is copied to one comes to lie in it.
_FOLDERS = frozenset(
    f"/{each}"
    for each in ("", "bin", "sbin", "etc", "home", "media", "mnt", "opt", "root", "run", "srv", "tmp", "usr", "usr/bin",
                 "usr/sbin", "usr/local", "usr/local/bin", "usr/local/sbin", "usr/src", "var", "var/lib")
)  # fmt: skip
_MAX_PLACED = 50
_MAKES = frozenset({"tee", "curl", "wget", "unzip", "tar", "git"})


@dataclass(slots=True)
class Placed:
    """One of the files in the image, by which instruction, and what it was in the build context (empty: nothing)."""

    name: str
    target: str
    instruction: Instruction
    source: str
    is_executable: bool


@dataclass(slots=True)
class ImageFiles:
    """The monolith's files in the image, as far as the instructions were taken."""

    tree: Tree
    monolith: Monolith
    placed: list[Placed] = field(default_factory=list)
    left_out: dict[str, Finding] = field(default_factory=dict)
    """Those that a COPY asks for and does not get."""
    workdir: str = "/"
    _folders: set[str] = field(default_factory=lambda: set(_FOLDERS))

    def take(self, dockerfile: Dockerfile, step: Step) -> None:
        """Do what an instruction does to the files."""
        instruction = step.instruction
        match instruction.name:
            case "WORKDIR" if instruction.values:
                self.workdir = _join(self.workdir, step.expand(instruction.values[0]))
                self._folders.add(self.workdir)
            case "COPY" | "ADD":
                self._copy(step, dockerfile.path)
            case "RUN":
                self.run(run_commands(dockerfile, step), instruction)

    def run(self, commands: Iterable[Command], instruction: Instruction) -> None:
        """Do what commands do to the files."""
        folder = self.workdir
        for command in commands:
            if not command.is_reached:
                continue
            words = [each for word in command.words[1:] if not word.startswith("-") for each in braces(word)]
            match program(command):
                case "cd" | "pushd" if words:
                    folder = _join(folder, words[-1])
                case "mkdir":
                    self._folders.update(_join(folder, word) for word in words)
                case "chmod" if words or len(command.words) > 2:
                    self._chmod(command, folder)
                case "cp" | "mv" | "ln" | "install" if len(words) > 1:
                    self._duplicate(command, words, folder, instruction)
                case name if name in _MAKES:
                    self._make(words, folder, instruction)
        for word in _redirected(instruction.original):
            self._make([word], folder, instruction)

    def named(self, name: str) -> list[Placed]:
        """Where one of the files lies, the last place last."""
        return [each for each in self.placed if each.name == name]

    def _put(self, name: str, target: str, instruction: Instruction, source: str, is_executable: bool) -> None:
        self.placed = [each for each in self.placed if each.target != target][-_MAX_PLACED:]
        self.placed.append(Placed(name, target, instruction, source, is_executable))

    def _copy(self, step: Step, path: str) -> None:
        instruction = step.instruction
        words = [step.expand(value) for value in instruction.values]
        flags = dict(flag.removeprefix("--").partition("=")[::2] for flag in instruction.flags)
        if len(words) < 2 or "from" in flags:
            return
        target = _join(self.workdir, words[-1])
        for value, word in zip(instruction.values, words[:-1], strict=False):
            if not word:
                self._leave_out_unnamed(value, posixpath.basename(target), Location(path, instruction.line))
                return
        is_folder = words[-1].endswith(("/", "/.")) or words[-1] in (".", "..") or len(words) > 2
        ignore = IgnoreFile(self.tree, self.monolith.folder, path)
        for name, source, is_within in taken(words[:-1], posixpath.basename(target), self.monolith, self.tree):
            if source and any(fnmatch.fnmatchcase(source, flag[10:]) for flag in instruction.flags
                              if flag.startswith("--exclude=")):  # fmt: skip
                continue
            unsent = ignore.kept_out(source) if source else None
            if unsent is not None:
                self.left_out.setdefault(name, unsent)
                continue
            inside = is_folder or is_within or target in self._folders
            place = _join(target, posixpath.basename(source) or name) if inside else target
            entry = self.tree.files.get(self.monolith.path(source)) if source else None
            is_executable = entry is not None and entry.executable
            if "chmod" in flags:
                is_executable = _sets_execution(flags["chmod"]) is True
            self._put(name, place, instruction, source, is_executable)

    def _leave_out_unnamed(self, value: str, renamed: str, at: Location) -> None:
        """A source that is empty is the whole context: a folder comes to lie where a file is meant to."""
        for name in FILES[1:]:
            if renamed not in FILES or renamed == name:
                self.left_out[name] = Finding(
                    _("{name} is copied into the image", name=name),
                    _("{variable} is empty here: an ARG above FROM counts in FROM alone", variable=value),
                    at,
                    _(
                        "declare it again after FROM: ARG {variable}",
                        variable=next((use.name for use in uses(value)), ""),
                    ),
                )

    def _chmod(self, command: Command, folder: str) -> None:
        words = [word for word in command.words[1:] if not (word.startswith("-") and _sets_execution(word) is None)]
        sets = _sets_execution(words[0]) if words else None
        if sets is None:
            return
        is_recursive = any(
            word == "--recursive" or (word.startswith("-") and "R" in word) for word in command.words[1:]
        )
        patterns = [_join(folder, each) for word in words[1:] for each in braces(word)]
        for placed in self.placed:
            if any(_fits(pattern, placed.target, is_recursive=is_recursive) for pattern in patterns):
                placed.is_executable = sets

    def _duplicate(self, command: Command, words: list[str], folder: str, instruction: Instruction) -> None:
        *sources, last = words if program(command) != "install" else [word for word in words if not word.isdecimal()]
        target = _join(folder, last)
        for source in sources:
            path = _join(folder, source)
            for placed in [each for each in self.placed if each.target == path]:
                inside = last.endswith("/") or target in self._folders
                where = _join(target, posixpath.basename(path)) if inside else target
                is_executable = placed.is_executable or program(command) == "install"
                self._put(placed.name, where, instruction, placed.source, is_executable)

    def _make(self, words: list[str], folder: str, instruction: Instruction) -> None:
        for word in words:
            path = _join(folder, word)
            if posixpath.basename(path) in FILES[1:] and not any(each.target == path for each in self.placed):
                self._put(posixpath.basename(path), path, instruction, "", is_executable=False)


def _join(folder: str, path: str) -> str:
    return posixpath.normpath(posixpath.join(folder, path))


def _fits(pattern: str, path: str, *, is_recursive: bool) -> bool:
    """Whether a pattern of the shell stands for a path, or for a folder above it; a variable may stand for anything."""
    if "$" in pattern:
        return True
    if is_recursive and fnmatch.fnmatchcase(path, pattern.rstrip("/") + "/*"):
        return True
    return pattern.count("/") == path.count("/") and fnmatch.fnmatchcase(path, pattern)


def _redirected(text: str) -> Iterator[str]:
    """The files that a text of the shell writes to with ``>``."""
    for part in text.split(">")[1:]:
        words = part.lstrip("&| ").split(maxsplit=1)
        if words:
            yield words[0].strip("\"'`;)")


def _sets_execution(mode: str) -> bool | None:
    """Whether a mode of chmod makes a file executable or takes that away; ``None`` where it does neither."""
    if mode.isdecimal() and mode.isascii():
        return any(int(digit) & 1 for digit in mode[-3:]) if len(mode) <= 4 and not set(mode) & set("89") else None
    sets: bool | None = None
    for part in mode.split(","):
        who = part.lstrip("ugoa")
        rights = who.lstrip("+-=")
        if not who or who == rights or not set(rights) <= set("rwxXst"):
            return None
        if "x" in rights and who[0] in "+=":
            sets = True
        elif who[0] == "=" or ("x" in rights and who[0] == "-"):
            sets = False
    return sets
