"""The files of a gradebook in the folder of its grading: made from what is there, again and again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from ... import catalogue
from ...errors import ConfigurationError
from ...messages import Message, _, reason_of
from ...run.output_files import write_text
from ..graded import Graded, read_graded
from ..lateness import past_homeworks, with_lateness
from ..out import Out
from ..pages import write_pages
from ..record import read_record, recorded_course
from ..workflows import compared, templates_of
from .assembly import make_gradebook
from .document import gradebook_json
from .model import Gradebook
from .overrides import read_overrides
from .page.page import gradebook_html
from .table import gradebook_csv

__all__ = ["Made", "make_files"]


@dataclass(frozen=True, slots=True)
class Made:
    """The gradebook that was written."""

    gradebook: Gradebook
    problems: Sequence[Message]
    """Which submissions have no page, and why."""


def make_files(out: Out, language: str, course_file: Path | None = None) -> Made:
    """Write gradebook.json, gradebook.csv, gradebook.html and the pages of submissions, in ``language``.

    :param course_file: another one than that of the grading.

    Raises :class:`ConfigurationError` for a folder without a grading, overrides or a course file that cannot be meant,
    and what cannot be written.
    """
    record = read_record(out)
    # as it is now: it says what a page may show, and until when it may be handed in
    known = catalogue.load()
    course = known.course(course_file or recorded_course(out, record))
    templates = templates_of(course, record.course)
    now = datetime.now(UTC)

    def graded() -> Iterator[Graded]:
        for each in read_graded(out):
            workflows = tuple(compared(each.result, templates)) if each.result is not None else ()
            yield replace(with_lateness(each, course), workflows=workflows)

    def past(row: Graded) -> frozenset[str]:
        return past_homeworks(row, record.homework, course, now)

    book = make_gradebook(graded(), read_overrides(out.overrides), language, templates.problems.values())
    others = [
        each.id
        for each in book.items
        if (item := known.items.get(each.id)) is not None
        and (each.level, each.max_points) != (course.level_of(item), course.points_of(item))
    ]
    if others:
        said = _("worth something else since this grading, which counts after dockerlab regrade: {items}", items=others)
        book = replace(book, warnings=[*book.warnings, said.render(language)])
    try:
        problems = write_pages(out, graded(), book, course.feedback, past)
        for suffix, text in (
            ("json", gradebook_json(book)),
            ("csv", gradebook_csv(book)),
            ("html", gradebook_html(book, out.page_address)),
        ):
            write_text(out.gradebook(suffix), text)
    except OSError as error:
        raise ConfigurationError(
            _("{path} cannot be written: {why}", path=error.filename or out.folder, why=reason_of(error))
        ) from error
    return Made(book, problems)
