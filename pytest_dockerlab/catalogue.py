"""The catalogue: every homework this installation knows, from their lists, and how names select from them.

A list is the registry: ids come from the lists alone, and only the modules of items that are asked for are imported. A
listed item without a module or a check, a check that is not listed, and a module whose name is not its item's are
refused: a check that is lost in silence would be an item that everybody passes.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from .errors import ConfigurationError
from .homework import Homework, Item, Planned, item_of, item_of_planned

__all__ = ["ENTRY_POINT_GROUP", "Catalogue", "load"]

ENTRY_POINT_GROUP = "pytest_dockerlab.homework"
"""An entry point of this group names a package with ``HOMEWORK``: how another course adds its own."""


class Catalogue:
    """Every known homework, by number. Slugs are the keys; numbers belong to a cohort: ``numbers`` overrides them."""

    def __init__(self, homeworks: Iterable[Homework], numbers: Mapping[str, int] | None = None) -> None:
        """Raise :class:`ConfigurationError` where two homeworks have one slug or alias, or a list names an item twice.

        Two may have one number, since courses do not know of each other: that number is then ambiguous.
        """
        numbered = [
            dataclasses.replace(homework, number=(numbers or {}).get(homework.slug, homework.number))
            for homework in homeworks
        ]
        self.homeworks: tuple[Homework, ...] = tuple(sorted(numbered, key=lambda each: (each.number, each.slug)))
        self._by_name: dict[str, Homework] = {}
        for homework in self.homeworks:
            for name in (homework.slug, *homework.aliases):
                other = self._by_name.setdefault(name, homework)
                if other is not homework:
                    raise ConfigurationError(
                        f"two homeworks are called {name!r}: that of {other.package} and that of {homework.package}"
                    )
            if len(set(homework.names)) < len(homework.names):
                raise ConfigurationError(f"the list of {homework.slug} names an item twice")
        self.items: Mapping[str, Item] = _Items(self.homeworks)
        """Every item by its id, in the order of the lists; its module is imported when it is asked for."""

    def homework(self, name: str) -> Homework | None:
        """The homework of this slug, number or alias. Raises :class:`ConfigurationError` for a number of several."""
        name = name.strip().lower()
        if name in self._by_name:
            return self._by_name[name]
        numbered = [homework for homework in self.homeworks if str(homework.number) == name]
        if len(numbered) > 1:
            slugs = " and ".join(homework.slug for homework in numbered)
            raise ConfigurationError(f"{name} is ambiguous here, it is the number of {slugs}: give the name instead")
        return numbered[0] if numbered else None

    def items_of(self, homework: Homework) -> list[Item]:
        """The items of a homework, in the order of its list."""
        return [self.items[id] for id in homework.ids]

    def select(self, names: Sequence[str], *, with_needs: bool = True, endpoints: Container[str] = ()) -> list[Item]:
        """The items that ``names`` select, in catalogue order, as asked with ``endpoints``, with what they then need.

        A name is a slug, a number, an item's id, or ``all``. Raises :class:`ConfigurationError`, with near names, for
        any other, and for none at all.
        """
        chosen: set[str] = set()
        for name in names:
            homework = self.homework(name)
            if name.strip().lower() == "all":
                chosen.update(self.items)
            elif homework is not None:
                chosen.update(homework.ids)
            else:
                chosen.add(self.item(name).id)
        if not chosen:
            raise ConfigurationError("no homework is selected")
        waiting = list(chosen) if with_needs else []
        while waiting:
            asked = self.items[waiting.pop()].asked_with(endpoints)
            for need in asked.needs_items:
                if need not in self.items:
                    raise ConfigurationError(f"{asked.id} needs {need!r}, which does not exist")
                if need not in chosen:
                    chosen.add(need)
                    waiting.append(need)
        return [self.items[id].asked_with(endpoints) for id in self.items if id in chosen]

    def item(self, name: str) -> Item:
        """The item of this id; its homework may be a number. Raises :class:`ConfigurationError` with near names."""
        slug, slash, rest = name.strip().lower().partition("/")
        homework = self.homework(slug)
        id = f"{homework.slug}/{rest}" if homework and slash else ""
        if id in self.items:
            return self.items[id]
        numbers = {str(each.number) for each in self.homeworks}
        known = [*self._by_name, *numbers, *self.items, "all", "auto"]
        if homework is not None and slash:
            known = list(homework.ids)
        near = difflib.get_close_matches(name.strip().lower(), known, n=3, cutoff=0.5)
        listed = ", ".join(f"{homework.number} {homework.slug}" for homework in self.homeworks)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise ConfigurationError(f"unknown homework {name!r}{hint}. Known: {listed}, all, auto, or one item's id")


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
        return _read_item(homework, listed)

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def load(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """The catalogue of our own homeworks and of every installed entry point."""
    return Catalogue((_read_homework(package) for package in _packages()), numbers)


@functools.cache
def _packages() -> tuple[str, ...]:
    from . import checks  # not at the top: a pytest run without --hw never gets here

    own = [f"{checks.__name__}.{found.name}" for found in pkgutil.iter_modules(checks.__path__) if found.ispkg]
    return (*own, *(entry.value for entry in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)))


def _read_homework(package: str) -> Homework:
    homework = getattr(importlib.import_module(package), "HOMEWORK", None)
    if not isinstance(homework, Homework):
        raise ConfigurationError(f"the package {package} defines no HOMEWORK")
    return dataclasses.replace(homework, package=package)


@functools.cache
def _read_item(homework: Homework, name: str) -> Item:
    """The one check of the item's module."""
    _refuse_what_is_not_listed(homework)
    module_name = f"{homework.package}.{name.replace('-', '_')}"
    if importlib.util.find_spec(module_name) is None:
        raise ConfigurationError(f"{homework.slug} lists {name!r}, but there is no module {module_name}")
    importlib.import_module(module_name)
    checks = _checks_in(module_name)
    if [item.id for item in checks] != [f"{homework.slug}/{name}"]:
        found = ", ".join(item.id for item in checks) or "none"
        raise ConfigurationError(f"{module_name} must have the check of {homework.slug}/{name} alone; it has: {found}")
    for imported in [each for each in sys.modules if each.startswith(f"{homework.package}._")]:
        for item in _checks_in(imported):
            raise ConfigurationError(f"{imported} has the check of {item.id}: it belongs into a module of its own")
    return checks[0]


@functools.cache
def _refuse_what_is_not_listed(homework: Homework) -> None:
    package = sys.modules[homework.package]
    listed = {item.replace("-", "_") for item in homework.items if isinstance(item, str)}
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_") and found.name not in listed:
            raise ConfigurationError(f"{homework.package}.{found.name} is no item of {homework.slug}'s list")


def _checks_in(module_name: str) -> list[Item]:
    """The items whose checks are defined in this module, not those that it imports."""
    functions = vars(sys.modules[module_name]).values()
    items = [item for item in map(item_of, functions) if item is not None]
    return [item for item in items if item.function.__module__ == module_name]
