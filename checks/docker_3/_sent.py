"""Whether what the image of a service needs of its own code is sent to the builder."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.submission.dockerfiles.dockerignore import IgnoreFile
from pytest_dockerlab.submission.scan.roles import role_of_name
from pytest_dockerlab.submission.text.shell import Command, with_inner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.findings import Finding
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.image import Step
    from pytest_dockerlab.submission.scan.roles import Role
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["code_that_is_kept_out"]

_CODE = (".rb", ".py", ".ru")
_TEST = re.compile(r"(?:^|[._-])(?:tests?|specs?)(?:[._-]|$)", re.IGNORECASE)
_OF_RACK = frozenset({"puma", "rackup"})
_RACKS_FILE = "config.ru"
_MAX_NEEDED = 20


def code_that_is_kept_out(submission: Submission, role: Role, folder: str, dockerfile: Dockerfile) -> list[Finding]:
    """The application's files that a COPY is to bring and .dockerignore keeps out; one for each of its lines."""
    tree = submission.tree
    start = f"{folder}/" if folder else ""
    context = [path.removeprefix(start) for path in tree.files if path.startswith(start)]
    needed = _code(role, context, dockerfile)[:_MAX_NEEDED]
    ignore = IgnoreFile(tree, folder, dockerfile.path)
    found: dict[str, Finding] = {}
    for pattern in dict.fromkeys(pattern for step in dockerfile.all_steps() for pattern in _sources(step)):
        wanted = fnmatch.filter(context, pattern)
        if wanted and not all(map(ignore.matches, wanted)):
            continue  # the builder takes what is there
        wanted = wanted or [path for path in needed if pattern == "." or path.startswith(f"{pattern}/")]
        for finding in filter(None, map(ignore.kept_out, wanted[:_MAX_NEEDED])):
            found.setdefault(str(finding.at), finding)
    return list(found.values())


def _sources(step: Step) -> Iterator[str]:
    """What an instruction takes of the build context, as patterns of paths in it."""
    instruction = step.instruction
    if instruction.name not in ("COPY", "ADD") or any(flag.startswith("--from=") for flag in instruction.flags):
        return
    for value in instruction.values[:-1]:
        word = step.expand(value)
        if word and "$" not in word and "://" not in word and not word.startswith("<<"):
            yield posixpath.normpath(word.lstrip("/") or ".")


def _code(role: Role, context: list[str], dockerfile: Dockerfile) -> list[str]:
    """The files without which the application does not start: those that its command or the service's name names."""
    image = dockerfile.image()
    started = Command((*(image.entrypoint or ()), *(image.command or ())), 1)
    words = {posixpath.basename(word) for command in with_inner([started]) for word in command.words}
    if words & _OF_RACK:
        words.add(_RACKS_FILE)
    code = [path for path in context if path.endswith(_CODE) and not _TEST.search(path.replace("/", "."))]
    own = [path for path in code if "/" not in path and role_of_name(posixpath.splitext(path)[0]) is role]
    return list(dict.fromkeys([*own, *(path for path in code if posixpath.basename(path) in words)]))
