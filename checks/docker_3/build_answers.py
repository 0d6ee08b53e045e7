"""The item docker-3/build-answers."""

from __future__ import annotations

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.answers import build_answer
from pytest_dockerlab.submission.text.readme import Readme


@check("docker-3/build-answers", "the README says where a rebuild starts, and why", level="advisory")
def build_answers(readmes: list[Readme]) -> None:
    answer = build_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    expect(
        answer is not None,
        found=_("no word of it in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down which step a rebuild started with, and what of the cache or the FROM was the reason"),
    )
