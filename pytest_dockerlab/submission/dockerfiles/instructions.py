"""The instructions of a Dockerfile and their lines, by BuildKit's own parser."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import LimitExceeded
from ...findings import Finding, Location, Mismatch, Unverified
from ...messages import Message, _
from ..budget import LIMITS
from .source_lines import escape_of, line_of_mistake, lines_of_values

__all__ = ["DockerfileError", "Instruction", "does_not_parse", "instructions_of", "refuse_beyond_limits"]


class DockerfileError(Mismatch):
    """The file is no Dockerfile that BuildKit would build."""

    def __init__(self, reason: Message | str, at: Location) -> None:
        super().__init__(does_not_parse(reason, at))


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction. ``values`` are its words as they stand there; a JSON list is one without its quotes."""

    name: str
    values: tuple[str, ...]
    line: int
    end_line: int
    flags: tuple[str, ...] = ()
    is_json: bool = False
    original: str = ""
    heredocs: tuple[str, ...] = ()
    triggers: str | None = None
    """The instruction behind ONBUILD."""
    value_lines: tuple[int, ...] = ()
    """Where each of the values stands."""


def instructions_of(path: str, lines: Sequence[str]) -> tuple[Instruction, ...]:
    """The instructions of the file ``path`` with these lines.

    Raises :class:`DockerfileError` where it does not parse, :class:`LimitExceeded`, and ``Unverified`` where the parser
    is missing.
    """
    try:
        import dockerfile
    except ImportError:
        raise Unverified(
            _("the Dockerfile parser is not installed"),
            _("there is no wheel of it for this machine: check the repository on another one"),
        ) from None
    content = "\n".join(lines)
    if "\0" in content:  # the parser would take it for the end of the file
        at = content.count("\n", 0, content.index("\0")) + 1
        raise DockerfileError(_("a NUL byte: this is not a text file"), Location(path, at))
    refuse_beyond_limits(path, content)  # before the parser, which nothing can interrupt
    try:
        commands = _parsed(content)
    except dockerfile.GoParseError as error:
        raise DockerfileError(str(error), Location(path, line_of_mistake(lines, _parses))) from None
    escape = escape_of(lines)
    instructions = tuple(
        Instruction(
            (each.cmd or "").upper(),
            each.value,
            each.start_line,
            each.end_line,
            each.flags,
            each.json,
            each.original,
            tuple(heredoc.content for heredoc in each.heredocs),
            (each.sub_cmd or "").upper() or None,
            lines_of_values(lines, escape, each.start_line, each.end_line, each.value),
        )
        for each in commands
    )
    if len(instructions) > LIMITS.instructions:
        first = Location(path, instructions[LIMITS.instructions].line)
        raise LimitExceeded(_("more than {limit} instructions", limit=LIMITS.instructions), at=first)
    return instructions


def refuse_beyond_limits(path: str, content: str) -> None:
    """Raise :class:`LimitExceeded` for a text that no parser and no linter is given."""
    if len(content) > LIMITS.dockerfile_bytes:
        at = content.count("\n", 0, LIMITS.dockerfile_bytes) + 1
        raise LimitExceeded(_("larger than {limit} bytes", limit=LIMITS.dockerfile_bytes), at=Location(path, at))
    if content.count("\n") >= LIMITS.dockerfile_lines:
        at = LIMITS.dockerfile_lines + 1
        raise LimitExceeded(_("more than {limit} lines", limit=LIMITS.dockerfile_lines), at=Location(path, at))


def does_not_parse(why: str | Message, at: Location) -> Finding:
    """What is wrong with a file that the builders refuse."""
    hint = _("Docker's own parser refuses the file: correct it at this place")
    return Finding(_("the Dockerfile can be parsed"), why, at, hint)


def _parsed(text: str) -> Any:
    """What BuildKit's parser makes of it. What ends the process in the middle of it is no trouble of the parser's.

    In its C code a signal's exception comes out as the cause of a SystemError (dockerfile 3.4.0).
    """
    import dockerfile

    try:
        return dockerfile.parse_string(text)
    except SystemError as error:
        cause: BaseException | None = error
        while isinstance(cause, SystemError):
            cause = cause.__cause__
        raise cause or error from None


def _parses(text: str) -> bool:
    import dockerfile

    try:
        _parsed(text)
    except dockerfile.GoParseError:
        return False
    return True
