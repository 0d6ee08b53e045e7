"""The item docker-4/project-name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dockerlab.submission.text.readme import Line, Readme


_KINDS = ("COMPOSE_PROJECT_NAME", "--project-name", "-p", "name:", "directory name")

_PROJECT_NAME = re.compile(
    r"(имя|имени|именем|имен[аи]?|назван\w*|префикс\w*|name|prefix)\W+(\w+\W+){0,3}?(проект\w*|project)"
    r"|(проект\w*|project)(['’]s)?\W+(\w+\W+){0,3}?(name|имя|имени|именем|назван\w*|префикс\w*)",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"COMPOSE_PROJECT_NAME")
_LONG_OPTION = re.compile(r"--project-name\b")
_SHORT_OPTION = re.compile(r"(?<![\w-])-p\b")
_COMPOSE = re.compile(r"\bdocker[- ]compose\b|\bcompose\b", re.IGNORECASE)
_DOCKER_RUN = re.compile(r"\bdocker\s+(container\s+)?(run|create|ps|port)\b|\bmkdir\b", re.IGNORECASE)
_KEY = re.compile(r"(?<![\w-])name:")
_FOLDER = re.compile(r"\b(director\w*|folder\w*|basename)\b|\b(каталог|директори|папк)\w*", re.IGNORECASE)


@check("docker-4/project-name", "the README says how the project's name is formed and set", level="advisory")
def project_name(readmes: list[Readme]) -> None:
    answer = project_name_answer(readmes)
    if answer is not None:
        note("answer", f"{answer[0]}: {answer[1]}")
    expect(
        answer is not None,
        found=_("{files}: nothing about it", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down where compose takes the project's name from, and how one sets it"),
    )


def project_name_answer(readmes: Iterable[Readme]) -> tuple[Location, str] | None:
    """Where a README says how a compose project gets its name, and how it says it; the plainest answer it has."""
    answers = [
        (_KINDS.index(kind), readme.location(line.number), kind)
        for readme in readmes
        for line in readme.lines
        if (kind := _kind(readme, line)) is not None
    ]
    if not answers:
        return None
    _rank, location, kind = min(answers, key=lambda answer: answer[0])
    return location, kind


def _kind(readme: Readme, line: Line) -> str | None:
    text = line.text
    if _VARIABLE.search(text):
        return "COMPOSE_PROJECT_NAME"
    if _LONG_OPTION.search(text):
        return "--project-name"
    if _SHORT_OPTION.search(text) and not _DOCKER_RUN.search(text):
        near = readme.around(line.number, 2)
        if _COMPOSE.search(text) or (_COMPOSE.search(near) and _PROJECT_NAME.search(near)):
            return "-p"
    if _KEY.search(text) and _PROJECT_NAME.search(readme.around(line.number, 2)):
        return "name:"
    if _FOLDER.search(text) and _PROJECT_NAME.search(readme.around(line.number, 1)):
        return "directory name"
    return None
