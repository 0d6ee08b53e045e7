"""The item docker-2/pid-answer."""

from __future__ import annotations

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.answers import pid_answer, pid_mention
from pytest_dockerlab.submission.text.readme import Readme


@check("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
def pid_answer_check(readmes: list[Readme]) -> None:
    answer = pid_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    named = pid_mention(readmes)
    found = _("no such comparison in {files}", files=[each.path for each in readmes]) if readmes else _("no README")
    expect(
        answer is not None,
        found=found if named is None else _("--pid host is named, but not what is seen with it and without it"),
        at=named or (Location(readmes[0].path) if readmes else None),
        hint=_("write down which processes a container sees without --pid host, and which with it"),
    )
