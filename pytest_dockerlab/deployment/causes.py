"""The one line of all that a program wrote before it failed which says why, and what is to be done about it.

The texts are untrusted: a student can print any of them, and gains no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..messages import Message, _

__all__ = ["Cause", "cause_first", "cause_in", "worth_showing"]

_LINES = 400
_LENGTH = 400


@dataclass(frozen=True, slots=True)
class Cause:
    """A line of a log, and what helps; ``None`` where that depends on more than the line."""

    line: str
    hint: Message | None


_NO_PACKAGE = _("correct the package's name or version: the package archive of this base image has no such package")
_NO_GEM = _("add the gem to the Gemfile, and install it in the Dockerfile: RUN bundle install")
_NO_MODULE = _("correct the module's name where the program is started, or install it: RUN pip install")
_NO_PROGRAM = _("install the program in an earlier RUN of the same image, or correct its name")
_NO_FILE = _("COPY the file before it is used, or correct its path")
_SYNTAX = _("correct the syntax in this file")
_MODE = _("make it executable with RUN chmod +x, or let the user of USER read it")
_PORT = _("only one server can have a port: another has this one already")

_FRAME = re.compile(r"\s+(?:from \S+:\d+:in |at \S)")
_WHERE = _("the first line says what is wrong: correct that")

# In the order in which they count; of several lines that fit, the first one or the last.
_KINDS: tuple[tuple[str, int, Message | None], ...] = (
    (r"^E: (?:Unable to locate package|Package .{1,100} has no installation candidate|Version )", 0, _NO_PACKAGE),
    (r"^\s+\S+ \(no such package\):", 0, _NO_PACKAGE),
    (r"^ERROR: (?:Could not find a version that satisfies|No matching distribution)", 0, _NO_PACKAGE),
    (r"^ERROR: {2}Could not find a valid gem", 0, _NO_PACKAGE),
    (r"Could not find (?:compatible versions|gem '|\S+ in (?:any of the sources|locally installed gems))", 0, _NO_GEM),
    (r"Could not locate Gemfile", 0, _NO_FILE),
    (r"cannot load such file -- (?!/|\.)", 0, _NO_GEM),
    (r"cannot load such file -- ", 0, _NO_FILE),
    (r"No module named ", 0, _NO_MODULE),
    (r"\bSyntaxError\b|syntax error", 0, _SYNTAX),
    (r"Address already in use", 0, _PORT),
    # Ruby's, where it began; Python's, where it ended
    (r"^\S{1,200}:\d{1,6}:in .{1,200}\(\w+(?:::\w+){0,9}\)\s*$", 0, None),
    (r"^(?:\w+\.){0,9}\w*(?:Error|Exception)(?:: .*)?$", -1, None),
    # the shells', and those of the usual programs
    (r": (?:command )?not found\s*$|executable file not found", -1, _NO_PROGRAM),
    (r"(?i)no such file or directory|does not exist|cannot stat", -1, _NO_FILE),
    (r"Permission denied", -1, _MODE),
    (r"\b(?:[Ff]atal|FATAL)\b|\b(?:error|ERROR|Error)(?:\[|:|!)", 0, None),
    (r"(?i)\b(?:cannot|can't|could not|unable to|failed|refused|denied|invalid|undefined)\b", -1, None),
)
_READ = tuple((re.compile(pattern), which, hint) for pattern, which, hint in _KINDS)


def worth_showing(lines: Iterable[str]) -> list[str]:
    """The lines of a log without Ruby's and Node's stack frames, of which there are more than of anything else."""
    return [line[:_LENGTH].expandtabs(4) for line in lines if not _FRAME.match(line)]


def cause_first(said: str, how: object, shown: str) -> tuple[Message, Message | None]:
    """What is told of a program that ``said`` something and ended: first why, then ``how`` it ended and its last lines.

    And what helps, where a line tells that.
    """
    cause = cause_in(said)
    line = cause.line if cause is not None else (shown or said).splitlines()[-1]
    found = _("{line}\n{how}; what it wrote last:\n{log}", line=line, how=how, log=shown)
    return found, None if cause is None else cause.hint or _WHERE


def cause_in(said: str) -> Cause | None:
    """Why a program failed, by what it ``said``; ``None`` where no line of it tells."""
    lines = [line.rstrip()[:_LENGTH] for line in said.splitlines()[-_LINES:]]
    for pattern, which, hint in _READ:
        fitting = [line for line in lines if pattern.search(line)]
        if fitting:
            return Cause(fitting[which].strip(), hint)
    return None
