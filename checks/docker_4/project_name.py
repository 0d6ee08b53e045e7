"""The item docker-4/project-name."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.prose import Words, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pytest_dockerlab.submission.text.readme import Line, Readme


_KINDS = ("COMPOSE_PROJECT_NAME", "--project-name", "-p", "name:", "directory name")
_NEAR = 4
"""Words between "project" and "name"."""

_NAME = Words("name names named имя имени именем имен имена имена названи* префикс* prefix* называ* назов* именован* "
              "именует* нейм* ім")  # fmt: skip
_PROJECT = Words("project projects проект* проджект* проєкт*")
_FOLDER = Words("directory directories dir folder* basename cwd path каталог* директори* папк* папок фолдер* "
                "репозитори* repository")  # fmt: skip
_SIGNS = "`'\"*_()[]<>«»,.;!?"


@check("docker-4/project-name", "the README says how the project's name is formed and set", level="advisory")
def project_name(readmes: list[Readme]) -> None:
    answer = project_name_answer(readmes)
    if answer is not None:
        note("answer", f"{answer[0]}: {answer[1]}")
    expect(
        answer is not None,
        found=_("not recognised in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down where compose takes the project's name from, and how it is set"),
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
    if "COMPOSE_PROJECT_NAME" in text:
        return "COMPOSE_PROJECT_NAME"
    signs = [word.strip(_SIGNS) for word in text.split()]
    if any(sign.partition("=")[0] == "--project-name" for sign in signs):
        return "--project-name"
    words = words_of(text)
    if any(sign.partition("=")[0] == "-p" for sign in signs) and not _is_another_p(words):
        near = words_of(readme.around(line.number, 2))
        if "compose" in words or ("compose" in near and _names_a_project(near)):
            return "-p"
    if "name:" in signs and _names_a_project(words_of(readme.around(line.number, 2))):
        return "name:"
    if _FOLDER.among(words) and _names_a_project(words_of(readme.around(line.number, 1))):
        return "directory name"
    return None


def _is_another_p(words: list[str]) -> bool:
    """Whether ``-p`` is that of ``mkdir``, or publishes a port."""
    pairs = set(itertools.pairwise(word for word in words if word != "container"))
    return "mkdir" in words or any(("docker", verb) in pairs for verb in ("run", "create", "ps", "port"))


def _names_a_project(words: list[str]) -> bool:
    """Whether "project" and "name" stand near each other."""
    last: dict[str, int] = {}
    for at, word in enumerate(words):
        if word in _NAME:
            last["name"] = at
        if word in _PROJECT:
            last["project"] = at
        if len(last) == 2 and abs(last["name"] - last["project"]) <= _NEAR:
            return True
    return False
