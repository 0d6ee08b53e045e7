"""Whether the workflow that a submission has is the course's: a fact for the instructor, and never a point.

A student with write access can change what a workflow checks. What their repository had at the commit that was graded
stands in its results, as digests of what the files mean; those of the course's templates are made here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from ..course import Course
from ..errors import LimitExceeded
from ..messages import Message, _, reason_of
from ..results import SubmissionResult
from ..submission.scan.workflows import meaning
from ..submission.text.yamldoc import YamlDoc, YamlError
from .distrusted import content_of

__all__ = ["Compared", "State", "Templates", "compared", "of_course", "read_templates", "templates_of"]

_MAX_BYTES = 1_000_000


class State(StrEnum):
    """How a submission's file is to the course's template."""

    SAME = "same"
    DIFFERS = "differs"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Compared:
    """One workflow of one homework's revision."""

    homework: str
    path: str
    state: State

    @property
    def text(self) -> Message:
        """What to say of it; of what is as it should be too."""
        places = {"path": self.path, "homework": self.homework}
        match self.state:
            case State.SAME:
                return _("{homework}: {path} is the course's", **places)
            case State.DIFFERS:
                return _("{homework}: {path} differs from the course's", **places)
            case State.ABSENT:
                return _("{homework}: {path} is not there", **places)


@dataclass(frozen=True, slots=True)
class Templates:
    """What the course's workflows mean, by their paths in a submission: each of a path's digests is right."""

    digests: Mapping[str, Sequence[str]]
    problems: Mapping[str, Message]
    """By path: why its template could not be read. What cannot be read is compared with nothing."""


def read_templates(course: Course) -> Templates:
    """The templates of the course, as they are now. Never raises: for want of them nobody goes ungraded."""
    digests, problems = {}, {}
    for path, files in course.workflows.items():
        try:
            digests[path] = [_digest(file) for file in files]
        except _Unreadable as error:
            problems[path] = error.args[0]
    return Templates(digests, problems)


def templates_of(course: Course, recorded: Mapping[str, Any] | None) -> Templates:
    """The same; those that are not here are taken as they were when the grading with this course file began."""
    found = read_templates(course)
    if recorded is None or recorded["digest"] != course.digest:
        return found
    before = {path: recorded.get("workflows", {}).get(path) for path in found.problems}
    known = {path: digests for path, digests in before.items() if digests}
    problems = {path: problem for path, problem in found.problems.items() if path not in known}
    return Templates({**found.digests, **known}, problems)


def of_course(file: Path | str, course: Course) -> dict[str, Any]:
    """What a grading writes down of its course file."""
    digests = read_templates(course).digests
    return {"file": str(file), "digest": str(course.digest), **({"workflows": dict(digests)} if digests else {})}


def compared(result: SubmissionResult, templates: Templates) -> Iterator[Compared]:
    """What is known of each template's file in each revision that was graded."""
    for slug, revision in result.revisions.items():
        there = revision.get("workflows")
        if not isinstance(there, dict):  # an older result, or a repository that could not be read
            continue
        for path, digests in templates.digests.items():
            state = State.ABSENT if path not in there else State.SAME if there[path] in digests else State.DIFFERS
            yield Compared(slug, path, state)


class _Unreadable(Exception):
    """Its argument is the message."""


def _digest(file: Path) -> str:
    try:
        found = meaning(YamlDoc(str(file), content_of(file, _MAX_BYTES).decode("utf-8-sig")))
    except OSError as error:
        raise _Unreadable(_("the workflow {file} of the course cannot be read: {why}", file=file,
                            why=reason_of(error))) from error  # fmt: skip
    except (YamlError, LimitExceeded, UnicodeDecodeError) as error:
        why = error.reason if isinstance(error, YamlError | LimitExceeded) else str(error)
        raise _Unreadable(_("the workflow {file} of the course is no YAML: {why}", file=file, why=why)) from error
    if found is None:
        raise _Unreadable(_("the workflow {file} of the course is no YAML: {why}", file=file,
                            why=_("one document is wanted")))  # fmt: skip
    return found
