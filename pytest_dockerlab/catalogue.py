"""The catalogue: every homework this installation knows, read from the check modules, and how names select from it."""

from __future__ import annotations

import dataclasses
import difflib
import functools
import importlib
import importlib.metadata
import pkgutil
from collections.abc import Container, Iterable, Mapping, Sequence
from types import ModuleType

from .errors import ConfigurationError
from .homework import Homework, Item, item_of

__all__ = ["ENTRY_POINT_GROUP", "Catalogue", "load"]

ENTRY_POINT_GROUP = "pytest_dockerlab.homework"
"""An entry point of this group names a module with ``HOMEWORK`` and checks: how another course adds its own."""


class Catalogue:
    """Every known homework, by number. Slugs are the keys; numbers belong to a cohort: ``numbers`` overrides them."""

    def __init__(self, homeworks: Iterable[Homework], numbers: Mapping[str, int] | None = None) -> None:
        """Raise :class:`ConfigurationError` where a slug, number or item id is used twice or a need is unknown."""
        numbered = [
            dataclasses.replace(homework, number=(numbers or {}).get(homework.slug, homework.number))
            for homework in homeworks
        ]
        self.homeworks: tuple[Homework, ...] = tuple(sorted(numbered, key=lambda homework: homework.number))
        self.items: dict[str, Item] = {}
        self._by_name: dict[str, Homework] = {}
        for homework in self.homeworks:
            for name in (homework.slug, str(homework.number), *homework.aliases):
                if name in self._by_name:
                    raise ConfigurationError(f"two homeworks are called {name!r}")
                self._by_name[name] = homework
            for item in homework.items:
                if item.id in self.items:
                    raise ConfigurationError(f"two checks assert {item.id!r}")
                self.items[item.id] = item
        for item in self.items.values():
            for need in item.needs_items:
                if need not in self.items:
                    raise ConfigurationError(f"{item.id} needs {need!r}, which does not exist")

    def homework(self, name: str) -> Homework | None:
        """The homework of this slug, number or alias."""
        return self._by_name.get(name.strip().lower())

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
                chosen.update(item.id for item in homework.items)
            else:
                chosen.add(self.item(name).id)
        if not chosen:
            raise ConfigurationError("no homework is selected")
        asked = {id: item.asked_with(endpoints) for id, item in self.items.items()}
        waiting = list(chosen) if with_needs else []
        while waiting:
            for need in asked[waiting.pop()].needs_items:
                if need not in chosen:
                    chosen.add(need)
                    waiting.append(need)
        return [item for item in asked.values() if item.id in chosen]

    def item(self, name: str) -> Item:
        """The item of this id; its homework may be a number. Raises :class:`ConfigurationError` with near names."""
        slug, slash, rest = name.strip().lower().partition("/")
        homework = self.homework(slug)
        item = self.items.get(f"{homework.slug}/{rest}") if homework and slash else None
        if item is not None:
            return item
        known = [*self._by_name, *self.items, "all", "auto"]
        if homework is not None and slash:
            known = [item.id for item in homework.items]
        near = difflib.get_close_matches(name.strip().lower(), known, n=3, cutoff=0.5)
        numbers = ", ".join(f"{homework.number} {homework.slug}" for homework in self.homeworks)
        hint = f"; near: {', '.join(near)}" if near else ""
        raise ConfigurationError(f"unknown homework {name!r}{hint}. Known: {numbers}, all, auto, or one item's id")


def load(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """The catalogue of our own check modules and of every installed entry point."""
    return Catalogue((_read(module) for module in _modules()), numbers)


@functools.cache
def _modules() -> tuple[ModuleType, ...]:
    from . import checks  # not at the top: a pytest run without --hw never gets here

    own = [
        importlib.import_module(f"{checks.__name__}.{found.name}")
        for found in pkgutil.iter_modules(checks.__path__)
        if not found.name.startswith("_")
    ]
    others = [entry.load() for entry in importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)]
    return (*own, *others)


def _read(module: ModuleType) -> Homework:
    """The module's ``HOMEWORK`` with the items of its checks, in the order in which they stand in the file."""
    homework = getattr(module, "HOMEWORK", None)
    if not isinstance(homework, Homework):
        raise ConfigurationError(f"the check module {module.__name__} defines no HOMEWORK")
    items = []
    for value in vars(module).values():
        item = item_of(value)
        if item is None:
            continue
        if item.slug != homework.slug:
            raise ConfigurationError(f"{module.__name__} is {homework.slug}, but has the check of {item.id}")
        items.append(item)
    return dataclasses.replace(homework, items=tuple(items), module=module.__name__)
