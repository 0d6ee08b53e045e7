"""The item docker-2/dockerfile: whether the image starts the script that it copies."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._monolith import FILES, monolith_to_build
from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import run_commands
from pytest_dockerlab.submission.text.shell import SHELLS, Command, commands, program, with_inner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile, Instruction, Step
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Submission


@check("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
def dockerfile(submission: Submission) -> None:
    monolith = monolith_to_build(submission.tree)
    path = monolith.path("Dockerfile")
    note("Dockerfile", path)
    read = submission.dockerfile(path)
    report(read.problems() or _problems(submission.tree, monolith, read))


def _problems(tree: Tree, monolith: Monolith, dockerfile: Dockerfile) -> Iterator[Finding]:
    """What is wrong in the monolith's Dockerfile: a file that is not copied, a script that is not started."""
    copied: dict[str, _Copied] = {}
    starts: dict[str, Instruction] = {}
    ran: list[Command] = []
    workdir = "/"
    for step in dockerfile.steps():
        match step.instruction.name:
            case "WORKDIR" if step.instruction.values:
                workdir = posixpath.normpath(posixpath.join(workdir, step.expand(step.instruction.values[0])))
            case "COPY" | "ADD":
                copied.update(_copied(tree, monolith, step, workdir))
            case "RUN":
                ran += run_commands(dockerfile, step)
            case "ENTRYPOINT":
                starts = {"ENTRYPOINT": step.instruction}  # and the CMD of before is forgotten
            case "CMD":
                starts["CMD"] = step.instruction
    last = Location(dockerfile.path, dockerfile.instructions[-1].line)
    for name in FILES[1:]:
        if name not in copied:
            yield Finding(
                _("{name} is copied into the image", name=name),
                _("no COPY copies it"),
                last,
                _("add COPY {name} and its destination", name=name),
            )
    words = _start_words(starts)
    path = _script(words, copied.get("start.sh"))
    command = next(iter(starts.values()), None)
    if path is None:
        yield Finding(
            _("the container starts start.sh"),
            " ".join((command.name, *command.values)) if command else _("there is no CMD"),
            Location(dockerfile.path, command.line) if command else last,
            _('end with CMD ["/start.sh"]: a RUN starts it only during the build'),
        )
        return
    script = copied.get("start.sh")
    if script is None:
        return  # it is said above
    lies = posixpath.normpath(posixpath.join(workdir, path)) if "/" in path else None
    if lies is not None and lies != script.target and command and not _touches(ran, lies):
        yield Finding(
            _("the command is the path that start.sh was copied to: {target}", target=script.target),
            " ".join((command.name, *command.values)),
            Location(dockerfile.path, command.line),
            _("write the same path in both instructions"),
        )
    by_shell = program(Command(tuple(words), 0)) in SHELLS and words[-1:] == [path]
    if not (by_shell or _is_executable(tree, monolith, script, ran)):
        yield Finding(
            _("start.sh is executable in the image"),
            " ".join((script.instruction.name, *script.instruction.flags, *script.instruction.values)),
            Location(dockerfile.path, script.instruction.line),
            _("add RUN chmod +x {target} behind it, or commit the file with its mode bit", target=script.target),
        )


@dataclass(frozen=True, slots=True)
class _Copied:
    """A file in the image: where it came to lie, by which instruction, and what it was in the build context."""

    target: str
    instruction: Instruction
    source: str


def _copied(tree: Tree, monolith: Monolith, step: Step, workdir: str) -> Iterator[tuple[str, _Copied]]:
    """Which of the files an instruction takes from the build context, and where to.

    A file of another name that gets one of theirs in the image is it: ``COPY mongo.conf /etc/mongod.conf``.
    """
    instruction = step.instruction
    words = [step.expand(value) for value in instruction.values]
    if len(words) < 2 or any(flag.startswith("--from=") for flag in instruction.flags):
        return
    folder = posixpath.join(workdir, words[-1])
    is_folder = words[-1].endswith("/") or words[-1] in (".", "..") or len(words) > 2
    renamed = posixpath.basename(folder)
    for source in words[:-1]:
        pattern = posixpath.normpath(source.lstrip("/") or ".")
        if source.startswith("<<"):  # written here, under the name that it gets
            if renamed in FILES:
                yield renamed, _Copied(posixpath.normpath(folder), instruction, "")
            continue
        for name in FILES[1:]:
            # The content of a folder is copied, not the folder.
            if pattern == "." or (fnmatch.fnmatchcase(name, pattern) and (is_folder or "*" in pattern)):
                yield name, _Copied(posixpath.normpath(posixpath.join(folder, name)), instruction, name)
            elif fnmatch.fnmatchcase(name, pattern):
                yield name, _Copied(posixpath.normpath(folder), instruction, name)
            elif name == renamed and not is_folder and monolith.path(pattern) in tree.files:
                yield name, _Copied(posixpath.normpath(folder), instruction, pattern)


def _start_words(starts: dict[str, Instruction]) -> list[str]:
    """The command of the container, without the shell around it."""
    words: list[str] = []
    entry, command = starts.get("ENTRYPOINT"), starts.get("CMD")
    if entry is not None:
        words += entry.values
    if command is not None and (entry is None or entry.is_json):
        words += command.values
    is_text = (entry or command) is not None and not (entry or command).is_json  # type: ignore[union-attr]
    first = Command(tuple(words), 1)
    found = list(with_inner(commands(" ".join(words)) if is_text else [first]))
    for each in found:
        if program(each) and program(each) not in SHELLS | {"exec", "env", "tini", "dumb-init", "sudo"}:
            return list(each.words)
    return list(found[-1].words) if found else words


def _script(words: list[str], copied: _Copied | None) -> str | None:
    """The word of the command that is the script: its name, or the one that it was copied under."""
    names = {"start.sh", *([posixpath.basename(copied.target)] if copied else [])}
    return next((word for word in words[:4] if posixpath.basename(word) in names), None)


def _touches(ran: list[Command], path: str) -> bool:
    """Whether a RUN does something with a path beside changing its mode: links, moves or writes it."""
    return any(path in command.words for command in ran if program(command) not in ("chmod", "chown"))


def _is_executable(tree: Tree, monolith: Monolith, script: _Copied, ran: list[Command]) -> bool:
    entry = tree.files.get(monolith.path(script.source)) if script.source else None
    if entry is not None and entry.executable:
        return True
    for flag in script.instruction.flags:
        if flag.startswith("--chmod=") and _adds_execution(flag.removeprefix("--chmod=")):
            return True
    return any(_makes_executable(command, script.target) for command in ran)


def _makes_executable(command: Command, target: str) -> bool:
    words = [word for word in command.words[1:] if not re.fullmatch(r"-[A-Za-z]+|--[\w-]+", word)]
    if program(command) == "install":
        return any(posixpath.basename(word) == posixpath.basename(target) for word in words)
    if program(command) != "chmod" or len(words) < 2 or not _adds_execution(words[0]):
        return False
    name = posixpath.basename(target)
    recursive = any(re.fullmatch(r"-\w*R\w*|--recursive", word) for word in command.words)
    return any(
        fnmatch.fnmatchcase(target, word)
        or fnmatch.fnmatchcase(name, posixpath.basename(word))
        or (recursive and target.startswith(word.rstrip("/") + "/"))
        for word in words[1:]
    )


_MODE = re.compile(r"[0-7]{3,4}")


def _adds_execution(mode: str) -> bool:
    if _MODE.fullmatch(mode):
        return any(int(digit) & 1 for digit in mode[-3:])
    return any(re.match(r"[ugoa]*[+=][rwX]*x", part) for part in mode.split(","))
