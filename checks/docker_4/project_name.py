"""The item docker-4/project-name."""

from __future__ import annotations

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.answers import project_name_answer
from pytest_dockerlab.submission.text.readme import Readme


@check("docker-4/project-name", "the README says how the project's name is formed and set", level="advisory")
def project_name(readmes: list[Readme]) -> None:
    answer = project_name_answer(readmes)
    if answer is not None:
        note("answer", f"{answer[0]}: {answer[1]}")
    expect(
        answer is not None,
        found=_("no word of it in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down where compose takes the project's name from, and how one sets it"),
    )
