"""What is said at the end of a grading."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from ..messages import Message, _
from ..report.lines import Lines
from .attempts import read_attempts
from .out import Out, file_name
from .progress import Tally, clock, rate_of
from .record import read_rows

__all__ = ["Summary", "summary", "to_go_on"]

_MOST_ERRORS = 20


@dataclass(frozen=True, slots=True)
class Summary:
    """The lines, and how many rows are errors of ours."""

    lines: Sequence[str]
    errors: int


def summary(out: Out, tally: Tally, lines: Lines, *, with_counts: bool) -> Summary:
    """Of which rows came nothing, why, and what to do; what came of all of them where no gradebook says it."""
    graded = waiting = exempt = 0
    errors: list[str] = []
    for row in read_rows(out):
        if row.exempt:
            exempt += 1
        elif out.result_of(row.id).exists():
            graded += 1
        elif not (attempts := read_attempts(out, row.id)).is_final:
            waiting += 1
        else:
            log = out.logs / f"{file_name(row.id)}.txt"
            errors.append(
                f"  {lines.say(row.id)}: {lines.say(attempts.reason)}" + (f" ({log})" if log.exists() else "")
            )
    counts: list[Message] = []
    if with_counts:
        counts = [_("graded: {count}", count=graded)]
        counts += [_("not graded: {count}", count=len(errors))] if errors else []
        counts += [_("exempt: {count}", count=exempt)] if exempt else []
        counts += [_("waiting: {count}", count=waiting)] if waiting else []
    if tally.graded:
        counts += [_("now: {count} in {time}", count=tally.graded, time=clock(tally.seconds)), rate_of(tally.rate)]
    found = [" · ".join(lines.say(each) for each in counts)] if counts else []
    if errors:
        found.append(lines.say(_("Errors of ours, which cost nobody a point:")))
        found += errors[:_MOST_ERRORS]
        if len(errors) > _MOST_ERRORS:
            found.append("  " + lines.say(_("{count} more like these", count=len(errors) - _MOST_ERRORS)))
        found.append(lines.say(_("To try these again: {command}", command=to_go_on(out, "--only-errors"))))
    return Summary(found, len(errors))


def to_go_on(out: Out, how: str) -> str:
    """The command that goes on with it."""
    return shlex.join(["dockerlab", "grade", how, "-o", str(out.folder)])
