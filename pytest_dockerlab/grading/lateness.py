"""What is known of the deadline of a submission. It is told beside the points, which it never changes.

What stood in a repository at a moment is known only if it was asked then (``dockerlab collect``): the date in a commit
is what its author wrote there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from .. import moments
from ..course import Course
from ..messages import Message, _
from .graded import Graded

__all__ = ["COLLECTED", "Lateness", "due_of", "lateness_of", "length", "past_homeworks", "with_lateness"]

COLLECTED = "collected"
"""The column with the moment at which ``dockerlab collect`` asked."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """One homework of one row."""

    slug: str
    due: datetime
    by: timedelta | None = None
    """So much later the commit that was graded was made or, if ``is_sure``, seen at the latest; negative: before."""
    is_sure: bool = False
    """Whether the repository was asked, so that it is no word of the commit's own."""

    @property
    def text(self) -> Message:
        """What to say of it."""
        places: dict[str, object] = {"homework": self.slug, "due": self.due.strftime("%Y-%m-%d %H:%M %Z")}
        if self.by is None:
            return _("{homework}: due {due}; when it was handed in is not known", **places)
        places["by"] = length(abs(self.by))
        if self.is_sure and self.by <= timedelta(0):
            return _("{homework}: due {due}; handed in before", **places)
        if self.is_sure:
            return _("{homework}: due {due}; handed in at most {by} later", **places)
        if self.by <= timedelta(0):
            return _("{homework}: due {due}; by its commit's own date {by} before", **places)
        return _("{homework}: due {due}; by its commit's own date {by} late", **places)


def due_of(columns: Mapping[str, str], slugs: Collection[str], course: Course) -> dict[str, datetime]:
    """Until when each homework that has a deadline may be handed in, by a row's cells and the course."""
    cells = {name.strip().lower(): cell.strip() for name, cell in columns.items()}
    try:
        own = moments.moment(cells["deadline"], course.zone) if cells.get("deadline") else None
        more = moments.extension(cells["extension"], course.zone) if cells.get("extension") else None
    except ValueError:  # the roster was read with another course file, or changed since
        return {}
    due = {slug: moments.due(own or course.deadlines.get(slug), more) for slug in slugs}
    return {slug: until.astimezone(course.zone or UTC) for slug, until in due.items() if until is not None}


def lateness_of(graded: Graded, course: Course) -> list[Lateness]:
    """What is known of each homework of a row that has a deadline and was graded."""
    if graded.result is None:
        return []
    due = due_of(graded.columns, graded.result.revisions, course)
    asked = _moment(graded.columns.get(COLLECTED))
    found = []
    for slug, deadline in due.items():
        revision = graded.result.revisions[slug]
        made = _moment(revision.get("committed"))
        is_late = made is not None and made > deadline
        # who asked too late knows no more than that; but nobody forges a date that accuses themselves
        if asked is not None and revision.get("commit") and (asked <= deadline or not is_late):
            found.append(Lateness(slug, deadline, asked - deadline, is_sure=True))
        else:
            found.append(Lateness(slug, deadline, None if made is None else made - deadline))
    return found


def with_lateness(graded: Graded, course: Course) -> Graded:
    """The same, with what is to be said of the deadline, and of the course's policy where it may be needed."""
    known = lateness_of(graded, course)
    if not known:
        return graded
    said = [each.text for each in known]
    if course.late_policy and any(each.by is None or each.by > timedelta(0) for each in known):
        said.append(_("late policy: {policy}", policy=course.late_policy))
    is_late = any(each.by is not None and each.by > timedelta(0) and not each.is_sure for each in known)
    return replace(graded, late=_together(said), is_late=is_late)


def past_homeworks(graded: Graded, slugs: Collection[str], course: Course, now: datetime) -> frozenset[str]:
    """Those of ``slugs`` whose deadline, with this row's extension, has passed."""
    return frozenset(slug for slug, due in due_of(graded.columns, slugs, course).items() if due < now)


def _together(said: list[Message]) -> Message:
    if len(said) == 1:
        return said[0]
    return _("{first}; {rest}", first=said[0], rest=_together(said[1:]))


def _moment(text: object) -> datetime | None:
    """What lies in a folder has no date, and data of elsewhere may be anything."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    return found if found.tzinfo is not None else None


def length(span: timedelta) -> Message:
    """So that nobody reads seconds: the two largest units."""
    minutes = round(span.total_seconds() / 60)
    days, hours = divmod(minutes // 60, 24)
    if days:
        return _("{days} d {hours} h", days=days, hours=hours)
    if hours:
        return _("{hours} h {minutes} min", hours=hours, minutes=minutes % 60)
    return _("{minutes} min", minutes=minutes)
