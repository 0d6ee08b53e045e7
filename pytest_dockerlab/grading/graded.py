"""What came of each row of the roster, read back from the folder of a grading.

The files there come from processes that had to do with submissions, and from other machines: each is validated by its
schema, and one that is not what it should be counts as none.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import jsonschema_rs

from ..errors import DockerlabError
from ..homework import MOST_POINTS, Tier
from ..messages import Message, _, reason_of
from ..results import SubmissionResult, schema
from ..roster.row import Row
from ..source import Source
from .attempts import read_attempts
from .distrusted import content_of, json_in, rendered_length
from .out import Out
from .record import Record, read_rows
from .workflows import Compared

__all__ = ["Graded", "NoResult", "Status", "accepted", "graded_of", "read_graded", "read_result", "result_in"]

MAX_RESULT_BYTES = 32 * 1024 * 1024
_MOST_ITEMS = 1000
_LONGEST = 1e9
"""Seconds: what is longer was not measured."""
_DEEPEST = 60


class Status(StrEnum):
    """What became of a row."""

    GRADED = "graded"
    ERROR = "error"
    """It has no result, for a reason of ours: nothing was verified."""
    WAITING = "waiting"
    """The grading has not come to it, or was ended before."""
    EXEMPT = "exempt"


class NoResult(DockerlabError):
    """A file that should hold the results of a submission does not."""


@dataclass(frozen=True, slots=True)
class Graded:
    """One row of the roster and what came of it."""

    id: str
    columns: Mapping[str, str]
    """All of the row's cells by column, those that we do not know too."""
    status: Status
    result: SubmissionResult | None = None
    """Where it was graded."""
    run: Mapping[str, Any] | None = None
    """The results.json of its run, without the submissions: tool, course, homeworks, docker host, times."""
    reason: Message | None = None
    """Why there is no result."""
    late: Message | None = None
    """What is known of the deadline, where something is to be said of it."""
    workflows: tuple[Compared, ...] = ()
    """Of what the course has a template for: whether it is there, and the same."""
    is_late: bool = False
    """By the date that its commit gives itself."""


@functools.cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(schema())


def read_result(path: Path, id: str) -> tuple[SubmissionResult, dict[str, Any]]:
    """The results of the submission ``id`` and the rest of its results.json.

    Raises :class:`NoResult` for a file that is not there, too long, no results.json by its schema, unfinished, or about
    another submission.
    """
    try:
        content = content_of(path, MAX_RESULT_BYTES + 1)
    except OSError as error:
        raise NoResult(_("{path} cannot be read: {why}", path=path, why=reason_of(error))) from error
    if len(content) > MAX_RESULT_BYTES:
        raise NoResult(_("{path} has more than {limit} bytes", path=path, limit=MAX_RESULT_BYTES))
    result, run = result_in(content, str(path))
    if result.id != id:
        raise NoResult(_("{path} is not about {id}", path=path, id=id))
    return result, run


def result_in(content: bytes, path: str) -> tuple[SubmissionResult, dict[str, Any]]:
    """The results of the one submission in the bytes of a results.json, and the rest of it.

    ``path`` is what the file is called where it is refused: :class:`NoResult`, as by :func:`read_result`.
    """
    try:
        document: Any = json_in(content)
    except (ValueError, RecursionError) as error:
        raise NoResult(_("{path} is no JSON: {why}", path=path, why=str(error))) from error
    if _is_deeper(document, _DEEPEST):
        raise NoResult(_("{path} has values inside one another more than {limit} deep", path=path, limit=_DEEPEST))
    if rendered_length(document) > MAX_RESULT_BYTES:
        raise NoResult(_("{path} has texts of more than {limit} characters", path=path, limit=MAX_RESULT_BYTES))
    error_found = next(_validator().iter_errors(document), None)
    if error_found is not None:
        why = f"{'/'.join(map(str, error_found.instance_path))}: {error_found.message[:200]}"
        raise NoResult(_("{path} is no results.json: {why}", path=path, why=why))
    (submissions, rest) = document.pop("submissions"), document
    if len(submissions) != 1:
        raise NoResult(_("{path} is not about one submission", path=path))
    result = SubmissionResult.from_json(submissions[0], Tier(rest["tier"]))
    if (why_not := _not_to_be_counted(result)) is not None:
        raise NoResult(_("{path} is no results.json: {why}", path=path, why=why_not))
    return result, rest


def _is_deeper(document: object, limit: int) -> bool:
    """Whether there are more than so many values inside one another: whoever renders them goes into each."""
    level = [document]
    for _depth in range(limit):
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in (value.values() if isinstance(value, dict) else value)
        ]
        if not level:
            return False
    return True


def _not_to_be_counted(result: SubmissionResult) -> str | None:
    """What no schema can say, and no score is made of."""
    if len(result.items) > _MOST_ITEMS:
        return f"it has {len(result.items)} items"
    seen = set()
    for item in result.items:
        if item.id in seen:
            return f"{item.id} is there twice"
        seen.add(item.id)
        if not 0 <= item.points <= item.max_points < MOST_POINTS:
            return f"{item.id} has {item.points} of {item.max_points} points"
        if not abs(item.duration) < _LONGEST:
            return f"{item.id} took {item.duration} s"
    return None


def read_graded(out: Out) -> Iterator[Graded]:
    """What came of each row, one after another in the roster's order."""
    for row in read_rows(out):
        yield graded_of(out, row)


def graded_of(out: Out, row: Row) -> Graded:
    """What came of one row. A result that is not what it should be is none."""
    columns = row.columns
    if row.exempt:
        return Graded(row.id, columns, Status.EXEMPT)
    try:
        result, run = read_result(out.result_of(row.id), row.id)
    except NoResult as error:
        attempts = read_attempts(out, row.id)
        if attempts.is_final:
            return Graded(row.id, columns, Status.ERROR, reason=attempts.reason)
        reason = error.text if out.result_of(row.id).exists() else None
        return Graded(row.id, columns, Status.WAITING, reason=reason if isinstance(reason, Message) else None)
    return Graded(row.id, columns, Status.GRADED, result, run)


def accepted(path: Path, source: Source, record: Record) -> SubmissionResult:
    """The result in ``path`` of ``source``, as it was frozen, in this grading.

    Raises :class:`NoResult` for anything else.
    """
    result, run = read_result(path, source.id)
    if {slug: each["commit"] for slug, each in result.revisions.items()} != {
        slug: each["commit"] for slug, each in source.revisions.items()
    }:
        raise NoResult(_("{path} is about another commit", path=path))
    if run["partial"] or run["tier"] != record.tier or [each["slug"] for each in run["homework"]] != [*record.homework]:
        raise NoResult(_("{path} is of another run", path=path))
    return result
