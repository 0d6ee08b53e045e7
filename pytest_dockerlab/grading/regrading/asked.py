"""What was asked of a grading, as it would be asked now: with the checks and the course file as they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ... import __version__, option_table
from ... import catalogue as catalogues
from ...course import Course
from ...digests.items import Digests
from ...errors import ConfigurationError
from ...homework import Homework, Item
from ...messages import _
from ...options import Settings
from ...results import Asked
from ...selection import items_by_homework
from ..record import Record
from ..workflows import of_course

__all__ = ["AskedNow", "ask_again"]

_HOMEWORK = option_table.HOMEWORK.flag
_COURSE = "--hw-course"


@dataclass(frozen=True, slots=True)
class AskedNow:
    """What the options of a grading mean today."""

    record: Record
    settings: Settings
    course_file: Path | None
    """The instructor's own: a grading reads a copy of it."""
    items: Sequence[Item]
    homeworks: Sequence[Homework]
    course: Course
    digests: Mapping[str, Mapping[str, str]]
    """By item."""
    asked: Asked
    forced: frozenset[str] = frozenset()
    """Items that are looked at again whatever their digests say."""

    def only(self, ids: Sequence[str], course: Path) -> Record:
        """What is asked of the same submissions for these items alone, with the course file that lies at ``course``."""
        known = {item.id: item for item in self.items}
        chosen, todo = set(), list(ids)
        while todo:  # with what an item needs, and with those under which it may fold itself: else it would not
            id = todo.pop()
            if id not in chosen and id in known:
                chosen.add(id)
                todo += [*known[id].needs_items, *known[id].told_by]
        names = [item.id for item in self.items if item.id in chosen]
        slugs = {id.partition("/")[0] for id in chosen}
        record = self.again(course)
        words = (*(f"{_HOMEWORK}={id}" for id in names), *record.check_without(_HOMEWORK))
        homework = tuple(each.slug for each in self.homeworks if each.slug in slugs)
        return replace(record, names=tuple(names), homework=homework, check=words)

    def again(self, course: Path) -> Record:
        """What was asked, with the course file as it is now, a copy of which lies at ``course``."""
        words = self.record.check_without(_COURSE)
        if self.course_file is None:
            return replace(self.record, course=None, check=words, version=__version__)
        now = of_course(self.course_file, self.course)
        return replace(self.record, course=now, check=(*words, f"{_COURSE}={course}"), version=__version__)


def ask_again(record: Record, course_file: Path | None = None, forced: Sequence[str] = ()) -> AskedNow:
    """Read the options of a grading anew.

    :param course_file: another course file than it had.
    :param forced: names of homeworks and items that are to be looked at again in any case.

    Raises :class:`ConfigurationError` where they cannot be meant any more.
    """
    settings = record.settings()
    file = course_file
    if file is None and record.course is not None:
        file = Path(record.course["file"])
    known, course = catalogues.of_course(file)
    items = known.select(record.names, endpoints=settings.endpoints)
    homeworks = items_by_homework(items, known)
    chosen = {item.id for item in known.select(forced, with_needs=False)} if forced else set()
    if strange := sorted(chosen - {item.id for item in items}):
        raise ConfigurationError(_("the grading has no {items}", items=strange))
    return AskedNow(
        record=record,
        settings=settings,
        course_file=file.absolute() if file else None,
        items=items,
        homeworks=homeworks,
        course=course,
        digests=Digests(homeworks).of(items, course),
        asked=known.asked(record.names),
        forced=frozenset(chosen),
    )
