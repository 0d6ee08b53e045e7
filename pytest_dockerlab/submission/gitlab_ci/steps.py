"""What a job's script runs, command by command, each with the folder it stands in: scripts and Makefiles are followed.

Nothing is run. A folder that only a command could make is not known; nor is what happens inside a container.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ...errors import LimitExceeded, RefusedPath
from ...findings import Finding, Location
from ...messages import _
from ..files.tree import Tree
from ..makefiles.expansion import MakeError
from ..makefiles.makefile import NAMES, Makefile
from ..text.shell import SHELLS, Command, commands, followed, inner, program
from .pipeline import Job

__all__ = ["ROOT", "Step", "Steps", "beside"]

PROJECT = "/builds/project"
"""What stands for the folder that GitLab's runner puts the repository into."""
ROOT = _("the root of the repository")
"""What to call that folder."""
_VARIABLE = re.compile(r"\$(?:(\w+)|\{(\w+)\})")
_MOST_STEPS = 2_000
_MOST_INSIDE = 6
_MOST_WORDS = 40
_LONGEST = 500
_MAKES_FOLDERS = frozenset(
    {"mkdir", "git", "tar", "unzip", "cp", "mv", "ln", "rsync", "wget", "curl", "install", "svn"}
)
_CONTAINERS = re.compile(r"docker|podman|docker-compose|nerdctl")
_IN_CONTAINER = frozenset({"run", "exec"})
_SOURCES = frozenset({".", "source"})
_ENDS = re.compile(r"[ \t\n]{0,40}(?:exit)(?:[ \t]{1,9}\w{1,20})?[ \t]{0,40};?[ \t\n]{0,40}(?:#[^\n]{0,500})?")
"""A line that ends the job, whatever is before it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One command of a job. ``folder`` is where it runs, from the repository's root on; ``None`` where that is unknown.

    ``line`` is the whole line of the script that it is part of. ``is_in_container`` says of the arguments of ``docker
    run`` and its like that they are a command of the container's own.
    """

    words: tuple[str, ...]
    folder: str | None
    at: Location
    line: str
    environment: Mapping[str, str] = field(repr=False)
    is_in_container: bool = False
    is_reached: bool = True
    """Whether nothing before it must fail."""

    @property
    def program(self) -> str:
        """The name of its program, without a folder."""
        return self.words[0].rpartition("/")[2] if self.words else ""

    def path_of(self, name: str) -> str | None:
        """The path in the repository that a word of it names; ``None`` where that is not known, or outside."""
        return _resolved(self.folder, name)


class Steps:
    """The commands of a job. ``problem`` is why one of them must fail, if one must: what follows is not reached."""

    def __init__(self, tree: Tree, job: Job) -> None:
        self.problem: Finding | None = None
        self._tree = tree
        self._makes_folders = False
        self._left = _MOST_STEPS
        self._at = job.at
        values = {name: value.text for name, value in job.variables.items()}
        values = {name: _VARIABLE.sub(lambda match: _filled(match, values), text) for name, text in values.items()}
        self._shell = _Shell("", {"CI_PROJECT_DIR": PROJECT, **values})
        self.steps: list[Step] = list(self._of_job(job))

    def _of_job(self, job: Job) -> Iterator[Step]:
        for value in (*job.before_script, *job.script):
            self._at = value.at
            self._shell.folders = {(): self._shell.folder}
            yield from self._of_commands(followed(value.text, self._shell.values), value.text, self._shell, 0)
            self._shell.enter(())
            if _ENDS.fullmatch(value.text):
                self.problem = self.problem or Finding(
                    _("each line of the script is reached"),
                    _("{command} ends the job before what follows", command=value.text.strip()),
                    value.at,
                    _("delete it"),
                )

    def _of_commands(self, found: Iterable[Command], line: str, shell: _Shell, inside: int) -> Iterator[Step]:
        for command in found:
            if not command.is_reached:
                continue
            self._left -= 1
            if self._left < 0:
                raise LimitExceeded(_("more than {limit} commands in one job", limit=_MOST_STEPS), at=self._at)
            shell.enter(command.subshells)
            if not command.words or command.words[0] in ("export", "declare", "readonly"):
                shell.values |= command.assignments
                continue
            yield from self._of_command(command, line, shell, inside)

    def _of_command(self, command: Command, line: str, shell: _Shell, inside: int) -> Iterator[Step]:
        words, name = command.words, program(command)
        if words[:2] == ("bundle", "exec") and len(words) > 2:
            yield self._step(words[:2], line, shell)
            rest = words[2:]
            while rest and rest[0].startswith("-"):
                rest = rest[1:]
            yield from self._of_command(replace(command, words=rest), line, shell, inside) if rest else ()
            return
        step = self._step(words, line, shell, command.assignments)
        yield step
        if inside >= _MOST_INSIDE:
            return
        if name in ("cd", "pushd", "popd"):
            self._change(step, shell)
        elif _CONTAINERS.fullmatch(name):
            yield from _in_container(step)
        elif within := inner(command, shell.values):
            nested = shell if name == "eval" else shell.child(command.assignments)
            yield from self._of_commands(within, line, nested, inside + 1)
        elif name == "make":
            yield from self._of_make(step, shell, inside)
        else:
            yield from self._of_script(step, shell, inside)
        self._makes_folders = self._makes_folders or name in _MAKES_FOLDERS

    def _step(
        self, words: tuple[str, ...], line: str, shell: _Shell, assignments: Mapping[str, str] | None = None
    ) -> Step:
        known = {**shell.values, **(assignments or {})}
        return Step(words, shell.folder, self._at, line, known, is_reached=self.problem is None)

    def _change(self, step: Step, shell: _Shell) -> None:
        target = next((word for word in step.words[1:] if not word.startswith("-") or word == "-"), None)
        if step.program == "popd" or target in (None, "-"):
            shell.move(None)
            return
        path = _resolved(shell.folder, target or "")
        if path is None or path == "" or _is_folder(self._tree, path) or self._makes_folders:
            shell.move(path if path is not None and (path == "" or _is_folder(self._tree, path)) else None)
            return
        shell.move(None)
        self.problem = self.problem or Finding(
            _("each folder that the script enters is there"),
            _(
                "{command}: there is no such folder in {folder}",
                command=" ".join(step.words),
                folder=step.folder or ROOT,
            ),
            step.at,
            _("before_script and script are one shell: it is where the last cd has left it"),
        )

    def _of_script(self, step: Step, shell: _Shell, inside: int) -> Iterator[Step]:
        """The commands of a script of the repository, started by its own name or given to a shell."""
        is_source = step.words[0] in _SOURCES
        name: str | None = step.words[0] if "/" in step.words[0] else None
        if is_source or step.program in SHELLS:
            name = next((word for word in step.words[1:] if not word.startswith(("-", "+"))), None)
        path = _resolved(step.folder, name) if name is not None else None
        if not path or not self._tree.exists(path) or self._tree.is_dir(path):
            return
        try:
            text = self._tree.text(path)
        except RefusedPath:
            return
        is_shell = is_source or step.program in SHELLS or re.match(r"#!.{0,80}\b(?:ba|da|z|k)?sh\b", text.content)
        if text.binary or not is_shell:
            return
        nested = shell if is_source else shell.child()
        yield from self._of_text(text.content, path, 1, nested, inside)

    def _of_text(self, text: str, path: str, line: int, shell: _Shell, inside: int) -> Iterator[Step]:
        before, lines = self._at, text.replace("\r\n", "\n").split("\n")
        shell.folders = {(): shell.folder}
        for command in commands(text, shell.values, line):
            self._at = Location(path, command.line)
            own = lines[command.line - line] if 0 <= command.line - line < len(lines) else ""
            yield from self._of_commands([command], own, shell, inside + 1)
        self._at = before

    def _of_make(self, step: Step, shell: _Shell, inside: int) -> Iterator[Step]:
        folder, file, targets = step.folder, None, list[str]()
        words = iter(step.words[1:])
        for word in words:
            if word in ("-C", "--directory"):
                folder = _resolved(folder, next(words, ""))
            elif word in ("-f", "--file", "--makefile"):
                file = next(words, None)
            elif not word.startswith("-") and "=" not in word:
                targets.append(word)
        if folder is None:
            return
        names = (file,) if file is not None else NAMES
        path = next((each for name in names if (each := _resolved(folder, name)) and self._tree.exists(each)), None)
        if path is None:
            return
        try:
            makefile = Makefile(self._tree, path)
            for target in targets or [makefile.default or ""]:
                yield from self._of_target(makefile, target, folder, shell, inside, set())
        except (RefusedPath, MakeError):
            return

    def _of_target(
        self, makefile: Makefile, name: str, folder: str, shell: _Shell, inside: int, done: set[str]
    ) -> Iterator[Step]:
        target = makefile.target(name)
        if target is None or name in done or len(done) > _MOST_INSIDE * 10:
            return
        done.add(name)
        for each in target.prerequisites:
            yield from self._of_target(makefile, each, folder, shell, inside, done)
        before = self._at
        for line in makefile.shell_lines(target):
            self._at = line.at
            nested = shell.child()
            nested.folder, nested.folders = folder, {(): folder}
            yield from self._of_commands(followed(line.text, nested.values), line.text, nested, inside + 1)
        self._at = before


@dataclass(slots=True)
class _Shell:
    """Where a shell stands, and what it knows."""

    folder: str | None
    values: dict[str, str]
    folders: dict[tuple[int, ...], str | None] = field(default_factory=dict)
    """Where it stands in brackets: a folder that is entered there is left at their end."""
    _brackets: tuple[int, ...] = ()

    def enter(self, brackets: tuple[int, ...]) -> None:
        """What follows stands in these brackets."""
        if brackets not in self.folders:
            outer = (brackets[:number] for number in range(len(brackets) - 1, -1, -1))
            self.folders[brackets] = next((self.folders[each] for each in outer if each in self.folders), self.folder)
        self._brackets, self.folder = brackets, self.folders[brackets]

    def move(self, folder: str | None) -> None:
        """Enter a folder."""
        self.folder = self.folders[self._brackets] = folder

    def child(self, assignments: Mapping[str, str] | None = None) -> _Shell:
        """A shell that is started here."""
        return _Shell(self.folder, {**self.values, **(assignments or {})}, {(): self.folder})


def _in_container(step: Step) -> Iterator[Step]:
    """What ``docker run IMAGE …`` runs, from the first word on that may be a program: we know not what lies where."""
    words = step.words[1:]
    at = next((number for number, word in enumerate(words) if word in _IN_CONTAINER), None)
    if at is None:
        return
    rest = words[at + 1 :][:_MOST_WORDS]
    for number in range(len(rest)):
        yield replace(step, words=rest[number:], folder=None, is_in_container=True)


def _filled(match: re.Match[str], values: Mapping[str, str]) -> str:
    """The value of a variable in another one's; of one that only GitLab has, its name."""
    return values.get(match[1] or match[2], match[0])[:_LONGEST]


def beside(path: str, name: str) -> str | None:
    """The path that a file of the repository means by ``name``."""
    return _resolved(path.rpartition("/")[0], name)


def _resolved(folder: str | None, name: str) -> str | None:
    """A path from the repository's root on (``""``: the root itself); ``None`` where that is not known, or outside."""
    if any(sign in name for sign in "$`*?~{") or folder is None or not name:
        return None
    path = posixpath.normpath(posixpath.join(PROJECT, folder, name))
    if path == PROJECT:
        return ""
    return path.removeprefix(f"{PROJECT}/") if path.startswith(f"{PROJECT}/") else None


def _is_folder(tree: Tree, path: str) -> bool:
    try:
        return tree.is_dir(path)
    except RefusedPath:
        return False
