"""What the monolith's container does at its start: whether it runs start.sh, or only names it."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.submission.text.shell import SHELLS, Command, commands, program, with_inner

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pytest_dockerlab.checks.docker_2._image_files import Placed
    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.dockerfiles.image import Image
    from pytest_dockerlab.submission.files.tree import Tree

__all__ = ["Start", "find_start"]

_PATH = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
_ALL_ARGUMENTS = frozenset({"$@", "${@}", "$*", "${*}"})


@dataclass(frozen=True, slots=True)
class Start:
    """How the script is started: the word for it, the paths that this means, and what ran before."""

    word: str
    paths: tuple[str, ...]
    """Empty where nobody can say, because of a variable."""
    by_shell: bool
    """A shell reads it, so that it need not be executable."""
    before: tuple[Command, ...]


def find_start(tree: Tree, monolith: Monolith, image: Image, scripts: Sequence[Placed]) -> Start | None:
    """How the container starts the script, under whatever name it was copied; ``None`` where it does not.

    An ENTRYPOINT gets the CMD as its arguments: a shell, a wrapper such as tini, or a script with ``"$@"`` in it runs
    them; any other program swallows them.
    """
    names = frozenset({"start.sh", *(posixpath.basename(each.target) for each in scripts)})
    values = {name: setting.value for name, setting in image.environment.items()}
    folder = image.workdir.value if image.workdir else "/"
    search = [each for each in values.get("PATH", "").split(":") if each.startswith("/")]
    line = [*(image.entrypoint or ()), *(image.command or ())]
    done: list[Command] = []
    for command in _run(tree, monolith, Command(tuple(line), 1), values):
        if not command.is_reached:
            continue
        if program(command) == "cd" and len(command.words) > 1:
            folder = posixpath.join(folder, command.words[-1])
        if word := _script(command, names):
            by_shell = word != command.words[0]
            if "$" in word:
                paths = []
            elif "/" in word:
                paths = [posixpath.join(folder, word)]
            else:
                # A shell looks for a script here first, any other program only in PATH.
                paths = [posixpath.join(each, word) for each in ([folder] if by_shell else []) + [*search, *_PATH]]
            return Start(word, tuple(map(posixpath.normpath, paths)), by_shell, tuple(done))
        done.append(command)
    if _is_fed_to_a_shell(line, names):
        return Start("start.sh", (), by_shell=True, before=tuple(done))
    return None


def _run(tree: Tree, monolith: Monolith, command: Command, values: Mapping[str, str]) -> Iterator[Command]:
    """The command and those that it runs, those of a script in the build context too."""
    yield from with_inner([command], values)
    for outer in with_inner([command], values):
        if not outer.is_reached:
            continue
        name = program(outer)
        path = monolith.path(name)
        if not name or name == "start.sh":
            continue
        if path not in tree.files:
            # The entrypoints of images on Docker Hub end with exec "$@".
            if name.endswith(("entrypoint.sh", "entrypoint")):
                yield from with_inner([Command(outer.words[1:], outer.line)], values)
            continue
        try:
            found = list(with_inner(commands(tree.text(path).content, values)))
        except RefusedPath:
            continue
        yield from found
        if any(_ALL_ARGUMENTS.intersection(each.words) for each in found if each.is_reached):
            yield from with_inner([Command(outer.words[1:], outer.line)], values)


def _script(command: Command, names: frozenset[str]) -> str | None:
    """The word of a command that is the script which it runs."""
    words = command.words
    if not words:
        return None
    if posixpath.basename(words[0]) in names:
        return words[0]
    if program(command) not in SHELLS | {"source", "."}:
        return None
    arguments = list(words[1:])
    while arguments and arguments[0].startswith(("-", "+")) and not _reads_a_text(arguments[0]):
        arguments = arguments[2:] if arguments[0] in ("-o", "+o", "-O") else arguments[1:]
    return arguments[0] if arguments and posixpath.basename(arguments[0]) in names else None


def _reads_a_text(option: str) -> bool:
    return not option.startswith("--") and option.endswith("c")


def _is_fed_to_a_shell(line: Sequence[str], names: frozenset[str]) -> bool:
    """``sh < start.sh``, ``cat start.sh | sh``."""
    text = line[-1] if line else ""
    is_named = any(posixpath.basename(word.strip("\"';")) in names for word in text.replace("<", " ").split())
    tail = text.rpartition("|")[2] if "|" in text else text.partition("<")[0] if "<" in text else ""
    return is_named and len(tail.split()) == 1 and posixpath.basename(tail.strip()) in SHELLS
