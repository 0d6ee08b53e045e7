"""The catalogue: every homework this installation knows, from their lists, and how names select from them.

What is wrong with one homework is said when that homework is asked for, and never in the way of another.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from . import spelling
from .course import Course, load_course
from .errors import ConfigurationError
from .homework import Homework, Item, Planned, item_of_planned
from .installed import Installed, UnreadableHomework, installed, read_homework, read_item
from .messages import Message, _
from .results import Asked

__all__ = ["Catalogue", "load", "of_course"]


class Catalogue:
    """Every known homework, by number. Slugs are the keys; numbers belong to a cohort: ``numbers`` overrides them."""

    def __init__(
        self,
        homeworks: Iterable[Homework],
        numbers: Mapping[str, int] | None = None,
        unreadable: Iterable[UnreadableHomework] = (),
    ) -> None:
        """``unreadable`` are those that are installed too. Slugs are unique.

        Several may have one number or alias, since courses do not know of each other: it is then ambiguous.
        """
        numbered = [
            dataclasses.replace(homework, number=(numbers or {}).get(homework.slug, homework.number))
            for homework in homeworks
        ]
        self.homeworks: tuple[Homework, ...] = tuple(sorted(numbered, key=lambda each: (each.number, each.slug)))
        self._left_out = {each.slug: each for each in unreadable}
        self.unreadable: list[UnreadableHomework] = []
        """What was selected by ``all``, and could not be read."""
        self.items: Mapping[str, Item] = _Items(self.homeworks)
        """Every item by its id, in the order of the lists; its module is imported when it is asked for."""

    def homework(self, name: str) -> Homework | None:
        """The homework of this slug, else of this alias, else of this number.

        Raises :class:`ConfigurationError` for what several are called, and for one that cannot be read.
        """
        name = name.strip().lower()
        if name in self._left_out:
            raise self._left_out[name]
        found = (
            [each for each in self.homeworks if each.slug == name]
            or [each for each in self.homeworks if name in each.aliases]
            or [each for each in self.homeworks if str(each.number) == name]
        )
        if len(found) > 1:
            slugs = [homework.slug for homework in found]
            raise ConfigurationError(_("{name} may mean {slugs}: give the slug instead", name=name, slugs=slugs))
        return found[0] if found else None

    def items_of(self, homework: Homework) -> list[Item]:
        """The items of a homework, in the order of its list."""
        return [self.items[id] for id in homework.ids]

    def course(self, file: Path | str | None) -> Course:
        """What a course file says of these homeworks; without one, the default course.

        Raises :class:`ConfigurationError`.
        """
        slugs = [homework.slug for homework in self.homeworks]
        return load_course(Path(file) if file else None, self.items, slugs, self._left_out)

    def select(self, names: Sequence[str], *, with_needs: bool = True, endpoints: Container[str] = ()) -> list[Item]:
        """The items that ``names`` select, in catalogue order, as asked with ``endpoints``, with what they then need.

        A name is a slug, a number, an item's id, or ``all``. Raises :class:`ConfigurationError`, with near names, for
        any other, and for none at all.
        """
        chosen: set[str] = set()
        for name in names:
            homework = self.homework(name)
            if name.strip().lower() == "all":
                chosen.update(*self._readable(endpoints))
            else:
                asked = homework.ids if homework is not None else [self.item(name).id]
                chosen |= self._with_needs(asked, endpoints) if with_needs else set(asked)
        if not chosen:
            raise ConfigurationError(_("no homework is selected"))
        return [self.items[id].asked_with(endpoints) for id in self.items if id in chosen]

    def asked(self, names: Sequence[str]) -> Asked:
        """What ``names`` ask for, as :meth:`select` reads them; ``all`` is asked as one."""
        items: list[str] = []
        homeworks: list[tuple[str, ...]] = []
        for name in names:
            homework = self.homework(name)
            if name.strip().lower() == "all":
                homeworks.append(tuple(self.items))
            elif homework is not None:
                homeworks.append(homework.ids)
            else:
                items.append(self.item(name).id)
        return Asked(tuple(items), tuple(homeworks))

    def _readable(self, endpoints: Container[str]) -> Iterator[set[str]]:
        """The items of every homework that can be read, with what they need."""
        self.unreadable = list(self._left_out.values())
        for homework in self.homeworks:
            try:
                yield self._with_needs(homework.ids, endpoints)
            except UnreadableHomework as error:
                self.unreadable.append(error)

    def _with_needs(self, ids: Iterable[str], endpoints: Container[str]) -> set[str]:
        chosen: set[str] = set()

        def choose(id: str, dependents: tuple[str, ...]) -> None:
            chosen.add(id)
            for need in self.items[id].asked_with(endpoints).needs_items:
                if need not in self.items:
                    raise self._refusal(id, _("{item} needs {need}, which does not exist", item=id, need=need))
                if need in (id, *dependents):
                    raise self._refusal(id, _("{need} needs itself, by way of {item}", need=need, item=id))
                if need not in chosen:
                    choose(need, (id, *dependents))

        for id in ids:
            choose(id, ())
        return chosen

    def _refusal(self, id: str, why: Message) -> UnreadableHomework:
        homework = self.homework(id.partition("/")[0])
        assert homework is not None
        return UnreadableHomework(homework.slug, homework.distribution, why)

    def item(self, name: str) -> Item:
        """The item of this id; its homework may be a number.

        Raises :class:`ConfigurationError`, with near names, for any other.
        """
        slug, slash, rest = name.strip().lower().partition("/")
        homework = self.homework(slug)
        id = f"{homework.slug}/{rest}" if homework and slash else ""
        if id in self.items:
            return self.items[id]
        raise spelling.unknown_name(self, name, [each.text for each in self._left_out.values()])


class _Items(Mapping[str, Item]):
    """The items by id: their ids are known from the lists, each item when it is first asked for."""

    def __init__(self, homeworks: Iterable[Homework]) -> None:
        self._listed = {
            id: (homework, listed)
            for homework in homeworks
            for id, listed in zip(homework.ids, homework.items, strict=True)
        }

    def __getitem__(self, id: str) -> Item:
        homework, listed = self._listed[id]
        if isinstance(listed, Planned):
            return item_of_planned(homework.slug, listed)
        return read_item(homework, listed)

    def __contains__(self, id: object) -> bool:
        return id in self._listed

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def load(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """The catalogue of our own homeworks and of every installed entry point."""
    by_slug: dict[str, list[Installed]] = {}
    for each in installed():
        by_slug.setdefault(each.slug, []).append(each)
    homeworks, unreadable = [], []
    for slug, same in by_slug.items():
        try:
            if len(same) > 1:  # which of them is meant nobody can know
                who = ", ".join(sorted(each.distribution for each in same))
                raise UnreadableHomework(slug, who, _("each brings a homework of this name; uninstall one of them"))
            homeworks.append(read_homework(same[0]))
        except UnreadableHomework as error:
            unreadable.append(error)
    return Catalogue(homeworks, numbers, unreadable)


def of_course(file: Path | str | None) -> tuple[Catalogue, Course]:
    """The catalogue with the numbers of a course, and the course; without a file, of the default course.

    Raises :class:`ConfigurationError`.
    """
    known = load()
    course = known.course(file)
    return load(course.numbers) if course.numbers else known, course
