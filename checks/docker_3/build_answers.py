"""The item docker-3/build-answers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dockerlab.submission.text.readme import Readme


@check("docker-3/build-answers", "the README says where a rebuild starts, and why", level="advisory")
def build_answers(readmes: list[Readme]) -> None:
    answer = build_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    expect(
        answer is not None,
        found=_("{files}: nothing about it", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down which step a rebuild started with, and what of the cache or the FROM was the reason"),
    )


_STEP = re.compile(
    r"(шаг|step|stage|слой|слоя|слоев|слоёв|этап|layer|сборк\w*|пересборк\w*|пересобр\w*|(re)?build\w*)", re.IGNORECASE
)
_ASKED = re.compile(r"с\s+как\w+\s+шаг|не\s+с\s+(перв\w+|1)|перв\w+\s+шаг|(from|at|which|first)\W+(\w+\W+){0,2}?step|"
                    r"step\W+(1|one)\b|шаг\w*\W+(1|\d)|\d\s*-?\w{0,3}\s+шаг", re.IGNORECASE)  # fmt: skip
_REASON = re.compile(
    r"кэш|кеш|cache|уже\W+(\w+\W+){0,3}?(есть|собран|создан|скачан|был|имел|выполн)|already"
    r"|same\W+(\w+\W+){0,2}?(base|image|layer|from)"
    r"|(тот|тем|того)\W+же|одинаков|базов\w+\W+образ|нов\w+\W+(\w+\W+)?образ|друг\w+\W+(\w+\W+)?образ|\breus|переиспольз"
    r"|изменил(и|ся|ась)?\W+(\w+\W+){0,2}?(FROM|образ|базов)|\bbase image",
    re.IGNORECASE,
)
# What docker build itself prints says where it started, and is not an answer.
_BUILD_OUTPUT = re.compile(
    r"^\s*(-{2,3}>|Step \d+/\d+ :|Sending build|Removing intermediate|Successfully|#\d+ |\[\d+/\d+\]| ?=> )"
)


def build_answer(readmes: Iterable[Readme]) -> Location | None:
    """Where a README says from which step a rebuild starts, and why: the cache, or the image that FROM names."""
    for readme in readmes:
        said = [line for line in readme.lines if not _BUILD_OUTPUT.search(line.text)]
        for at, line in enumerate(said):
            near = " ".join(each.text for each in said[at : at + 4])
            if _STEP.search(line.text) and _ASKED.search(line.text) and _REASON.search(near):
                return readme.location(line.number)
    return None
