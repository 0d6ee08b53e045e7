"""The catalogue: every homework this installation knows, from their lists, and how names select from them.

A list is the registry: ids come from the lists alone, and only the modules of items that are asked for are imported. A
listed item without a module or a check, a check that is not listed, and a module whose name is not its item's are
refused: a check that is lost in silence would be an item that everybody passes.

What is wrong with one homework is said when that homework is asked for, and never in the way of another.
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
import traceback
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from . import messages
from .errors import ConfigurationError
from .homework import Homework, Item, PackNeed, Planned, item_of, item_of_planned
from .messages import _

__all__ = ["ENTRY_POINT_GROUP", "OWN_DISTRIBUTION", "Catalogue", "UnreadableHomework", "import_fixtures", "load"]

ENTRY_POINT_GROUP = "pytest_dockerlab.homework"
"""An entry point of this group has the slug of a homework as its name, and its package: how another course adds one."""


OWN_DISTRIBUTION = "pytest-dockerlab"


class UnreadableHomework(ConfigurationError):
    """An installed homework that is not as it must be. ``text`` says so in the reader's language."""

    def __init__(self, slug: str, distribution: str, why: str) -> None:
        self.slug = slug
        self.distribution = distribution
        self.text = _(
            "{homework} of {distribution} cannot be read: {why}", homework=slug, distribution=distribution, why=why
        )
        super().__init__(str(self.text))


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
            slugs = " and ".join(homework.slug for homework in found)
            raise ConfigurationError(f"{name} is ambiguous here, both {slugs} are called so: give the slug instead")
        return found[0] if found else None

    def items_of(self, homework: Homework) -> list[Item]:
        """The items of a homework, in the order of its list."""
        return [self.items[id] for id in homework.ids]

    @property
    def left_out(self) -> tuple[str, ...]:
        """The slugs of installed homeworks that are not among ``homeworks``."""
        return tuple(self._left_out)

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
            raise ConfigurationError("no homework is selected")
        return [self.items[id].asked_with(endpoints) for id in self.items if id in chosen]

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
                homework = self.homework(id.partition("/")[0])
                assert homework is not None
                if need not in self.items:
                    raise _unreadable(homework, f"{id} needs {need!r}, which does not exist")
                if need in (id, *dependents):
                    raise _unreadable(homework, f"{need} needs itself, by way of {id}")
                if need not in chosen:
                    choose(need, (id, *dependents))

        for id in ids:
            choose(id, ())
        return chosen

    def item(self, name: str) -> Item:
        """The item of this id; its homework may be a number. Raises :class:`ConfigurationError` with near names."""
        slug, slash, rest = name.strip().lower().partition("/")
        homework = self.homework(slug)
        id = f"{homework.slug}/{rest}" if homework and slash else ""
        if id in self.items:
            return self.items[id]
        numbers = {str(each.number) for each in self.homeworks}
        named = [name for each in self.homeworks for name in (each.slug, *each.aliases)]
        known = [*named, *numbers, *self.items, "all", "auto"]
        if homework is not None and slash:
            known = list(homework.ids)
        near = difflib.get_close_matches(name.strip().lower(), known, n=3, cutoff=0.5)
        listed = ", ".join(f"{homework.number} {homework.slug}" for homework in self.homeworks)
        hint = f"; near: {', '.join(near)}" if near else ""
        left_out = "".join(f"; {each.message}" for each in self._left_out.values())
        raise ConfigurationError(
            f"unknown homework {name!r}{hint}. Known: {listed}, all, auto, or one item's id{left_out}"
        )


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

    def __contains__(self, id: object) -> bool:
        return id in self._listed

    def __iter__(self) -> Iterator[str]:
        return iter(self._listed)

    def __len__(self) -> int:
        return len(self._listed)


def load(numbers: Mapping[str, int] | None = None) -> Catalogue:
    """The catalogue of our own homeworks and of every installed entry point."""
    by_slug: dict[str, list[_Installed]] = {}
    for installed in _installed():
        by_slug.setdefault(installed.slug, []).append(installed)
    homeworks, unreadable = [], []
    for slug, same in by_slug.items():
        try:
            if len(same) > 1:  # which of them is meant nobody can know
                who = " and of ".join(sorted(installed.distribution for installed in same))
                raise UnreadableHomework(slug, who, "they bring a homework of one name; uninstall one of them")
            homeworks.append(_read_homework(same[0]))
        except UnreadableHomework as error:
            unreadable.append(error)
    return Catalogue(homeworks, numbers, unreadable)


def import_fixtures(homework: Homework) -> list[ModuleType]:
    """The modules of its pack's fixtures."""
    names = homework.pack.fixtures if homework.pack is not None else ()
    return [_import(name, homework.slug, homework.distribution) for name in names]


class _Installed(NamedTuple):
    """A homework that is installed, before anything of it is read."""

    slug: str
    package: str
    distribution: str


@functools.cache
def _installed() -> tuple[_Installed, ...]:
    from . import checks  # not at the top: a pytest run without --hw never gets here

    own = [
        _Installed(found.name.replace("_", "-"), f"{checks.__name__}.{found.name}", OWN_DISTRIBUTION)
        for found in pkgutil.iter_modules(checks.__path__)
        if found.ispkg
    ]
    entries = importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
    return (*own, *(_Installed(each.name, each.value, each.dist.name if each.dist else "?") for each in entries))


def _read_homework(installed: _Installed) -> Homework:
    slug, package, distribution = installed
    homework = getattr(_import(package, slug, distribution), "HOMEWORK", None)
    if not isinstance(homework, Homework):
        raise UnreadableHomework(slug, distribution, f"the package {package} defines no HOMEWORK")
    if homework.slug != slug:
        raise UnreadableHomework(
            slug, distribution, f"{package} is installed as {slug!r}, and its slug is {homework.slug!r}"
        )
    if homework.pack is not None:
        pack = _import(homework.pack.package, slug, distribution)
        if not hasattr(pack, "__path__"):
            raise UnreadableHomework(slug, distribution, f"its pack is {pack.__name__}, which is no package")
        messages.add_translations(pack.__name__, *map(Path, pack.__path__))
    return dataclasses.replace(homework, package=package, distribution=distribution)


@functools.cache
def _read_item(homework: Homework, name: str) -> Item:
    """The one check of the item's module."""
    _refuse_what_is_not_listed(homework)
    module_name = f"{homework.package}.{name.replace('-', '_')}"
    if importlib.util.find_spec(module_name) is None:
        raise _unreadable(homework, f"it lists {name!r}, but there is no module {module_name}")
    _import(module_name, homework.slug, homework.distribution)
    checks = _checks_in(module_name)
    if [item.id for item in checks] != [f"{homework.slug}/{name}"]:
        found = ", ".join(item.id for item in checks) or "none"
        raise _unreadable(
            homework, f"{module_name} must have the check of {homework.slug}/{name} alone; it has: {found}"
        )
    for imported in [each for each in sys.modules if each.startswith(f"{homework.package}._")]:
        for item in _checks_in(imported):
            raise _unreadable(homework, f"{imported} has the check of {item.id}: it belongs into a module of its own")
    listed = homework.pack.needs if homework.pack is not None else ()
    for need in checks[0].needs:
        if isinstance(need, PackNeed) and need not in listed:
            raise _unreadable(homework, f"{checks[0].id} needs {need.name!r}, which its pack does not list")
    return checks[0]


@functools.cache
def _refuse_what_is_not_listed(homework: Homework) -> None:
    package = sys.modules[homework.package]
    listed = {item.replace("-", "_") for item in homework.items if isinstance(item, str)}
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_") and found.name not in listed:
            raise _unreadable(homework, f"{homework.package}.{found.name} is no item of its list")


def _import(name: str, slug: str, distribution: str) -> ModuleType:
    """The module. What another course's code does when it is imported may be anything: it ends as one exception."""
    try:
        return importlib.import_module(name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # also what pytest.skip and sys.exit raise
        top = name.partition(".")[0]
        own = [frame for frame in traceback.extract_tb(error.__traceback__) if top in Path(frame.filename).parts]
        where = f"{own[-1].filename}:{own[-1].lineno}: " if own and own[-1].filename != __file__ else ""
        why = f"{name} cannot be imported: {where}{type(error).__name__}: {error}"
        raise UnreadableHomework(slug, distribution, why) from error


def _unreadable(homework: Homework, why: str) -> UnreadableHomework:
    return UnreadableHomework(homework.slug, homework.distribution, why)


def _checks_in(module_name: str) -> list[Item]:
    """The items whose checks are defined in this module, not those that it imports."""
    functions = vars(sys.modules[module_name]).values()
    items = [item for item in map(item_of, functions) if item is not None]
    return [item for item in items if item.function.__module__ == module_name]
