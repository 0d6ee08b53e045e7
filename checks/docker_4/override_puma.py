"""The item docker-4/override-puma."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import merged
from pytest_dockerlab.findings import Finding, Unverified, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.dockerfiles.image import Image
    from pytest_dockerlab.submission.submission import Override, Submission


_SHELLS = ("sh", "bash", "ash", "dash")
_WORKERS = re.compile(r"(?:-w|--workers)[ =]*(?P<count>\S*)")
_SEPARATORS = (";", "&&", "||", "|", "&")
# What takes the word as a text, or as an argument of its own, and starts nothing of that name.
_NAMES_IT = re.compile(r"echo|printf|cat|ls|true|false|:|test|\[|which|type|man|sleep|tail|gem|apk|apt(-get)?"
                       r"|python[\d.]*|node|java|php")  # fmt: skip


@check(
    "docker-4/override-puma",
    "the override runs puma of ui and comment in debug mode with two workers",
    level="optional",
    needs=["docker-4/compose-file", Need.COMPOSE],
    told_by=["docker-4/override"],
)
def override_puma(submission: Submission, override: Override) -> None:
    project = merged(override)
    for service in project.services_of(Role.UI, Role.COMMENT):
        built = submission.image_of(service)
        report(puma_problems(project, service, built[1] if built is not None else None))


def puma_problems(project: ComposeProject, service: Service, image: Image | None) -> list[Finding]:
    """What is wrong with how a service runs puma: in debug mode with two workers.

    Raises ``Unverified`` where a file of settings decides: it is a program.
    """
    words = effective_command(service, image)
    puma = find_puma(words, service.environment)
    key = "entrypoint" if service.entrypoint is not None else "command"
    at = project.winning_location(service.name, key)
    found: object = " ".join(words) or _("no command")
    hint = _("set command: puma --debug -w 2")
    if puma is None:
        if find_puma(service.command or (), service.environment) is not None:
            hint = _("remove the entrypoint: it gets the command as its arguments and does not run it")
        return [Finding(_("{service} runs puma", service=service.name), found, at, hint)]
    if puma.config is not None and (puma.workers is None or not puma.debug):
        raise Unverified(
            _(
                "{service} reads its puma settings from {file}, which is a program",
                service=service.name,
                file=puma.config,
            ),
            _("put --debug and -w 2 on the command line so that they can be checked"),
        )
    if puma.debug and (puma.workers or "").strip() == "2":
        return []
    return [Finding(_("{service} runs puma with --debug and two workers", service=service.name), found, at, hint)]


@dataclass(frozen=True, slots=True)
class PumaCommand:
    """A call of puma. ``workers`` is the text given for their number; ``config`` the file with further settings."""

    words: tuple[str, ...]
    debug: bool
    workers: str | None
    config: str | None


def effective_command(service: Service, image: Image | None) -> tuple[str, ...]:
    """What the container runs: the project's words, and the image's where the project says nothing."""
    if service.entrypoint is not None:
        return (*service.entrypoint, *(service.command or ()))  # a new entrypoint resets the image's command
    entrypoint = (image.entrypoint if image is not None else None) or ()
    command = service.command if service.command is not None else (image.command if image is not None else None)
    return (*entrypoint, *(command or ()))


def find_puma(words: Sequence[str], environment: Mapping[str, str | None]) -> PumaCommand | None:
    """The call of puma in a command, also inside ``sh -c``; ``None`` without one."""
    for simple in _simple_commands(list(words)):
        at = next((at for at, word in enumerate(simple) if word.rpartition("/")[2] == "puma"), None)
        if at is not None and not _NAMES_IT.fullmatch(simple[0].rpartition("/")[2]):
            return _puma(simple[at + 1 :], environment)
    return None


def _simple_commands(words: list[str]) -> list[list[str]]:
    flag = next((at for at, word in enumerate(words) if re.fullmatch(r"-[a-z]*c", word)), None)
    if flag is None or not any(word.rpartition("/")[2] in _SHELLS for word in words[:flag]):
        return [words]
    script = words[flag + 1] if flag + 1 < len(words) else ""
    lexer = shlex.shlex(script.replace("\n", " ; "), posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:  # a quote without its partner
        tokens = script.split()
    commands: list[list[str]] = [[]]
    for token in tokens:
        if token in _SEPARATORS:
            commands.append([])
        else:
            commands[-1].append(token)
    return commands


def _puma(arguments: list[str], environment: Mapping[str, str | None]) -> PumaCommand:
    workers, config = environment.get("WEB_CONCURRENCY"), None
    waiting = list(arguments)
    while waiting:
        word = waiting.pop(0)
        match = _WORKERS.fullmatch(word)
        if match is not None:
            # "-w 2" may be one argument: Ruby's parser takes the rest of it, with its space, for the number.
            workers = match["count"] or (waiting.pop(0) if waiting else "")
        elif word in ("-C", "--config"):
            config = waiting.pop(0) if waiting else ""
        elif word.startswith(("--config=", "-C")):
            config = word.partition("=")[2] or word[2:]
    return PumaCommand(tuple(arguments), "--debug" in arguments, workers, config)
