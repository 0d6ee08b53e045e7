"""Who is who elsewhere: each person of the roster has a key there, an e-mail address or a number, and a total here."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import ConfigurationError
from ...messages import Message, _
from ..gradebook.model import Entry, Gradebook
from ..graded import Status

__all__ = ["Total", "by_key", "normalised", "totals_of"]


@dataclass(frozen=True, slots=True)
class Total:
    """What there is for one person."""

    id: str
    """Of the submission."""
    key: str
    """By which the person is found elsewhere: an e-mail address, a login, a number."""
    points: float | None
    why_not: Message | None = None
    """Where there are no points."""


def totals_of(gradebook: Gradebook, match: str, *, is_settled_only: bool) -> Iterator[Total]:
    """The total of everybody in the gradebook, by ``match``, a column of the roster.

    :param is_settled_only: leave out what may become more without the student's doing anything.
    """
    for entry in gradebook.rows:
        why_not = _why_not(entry, is_settled_only=is_settled_only)
        for member in entry.members:
            column = next((name for name in member if name.casefold() == match.strip().casefold()), None)
            if column is None:
                raise ConfigurationError(
                    _("the roster has no column {name}; it has {columns}", name=match, columns=list(member))
                )
            yield Total(entry.id, member[column], None if why_not else entry.total, why_not)


def by_key(totals: Iterable[Total], match: str) -> dict[str, Total]:
    """Those that have a key, by it. Raises :class:`ConfigurationError` for one that two have."""
    people: dict[str, Total] = {}
    for total in totals:
        key = normalised(total.key)
        if key in people:
            raise ConfigurationError(
                _(
                    "{match} {key} is there twice in the roster: {first}, {second}",
                    match=match,
                    key=repr(total.key),
                    first=people[key].id,
                    second=total.id,
                )
            )
        if key:
            people[key] = total
    if not people:
        raise ConfigurationError(_("nobody in the roster has a {match}", match=match))
    return people


def normalised(key: str) -> str:
    """The form in which keys are compared."""
    return unicodedata.normalize("NFC", key.strip()).casefold()


def _why_not(entry: Entry, *, is_settled_only: bool) -> Message | None:
    if entry.status is Status.EXEMPT:
        return _("exempt")
    if entry.total is None:
        return _("no result: {why}", why=entry.reason) if entry.reason else _("no result")
    return _("its score is not final") if is_settled_only and not entry.is_settled else None
