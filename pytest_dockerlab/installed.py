"""Which homeworks are installed, ours and those of other distributions, and how each of them and its items are read.

A list is the registry: ids come from the lists alone, and only the modules of items that are asked for are imported. A
listed item without a module or a check, a check that is not listed, and a module whose name is not its item's are
refused: a check that is lost in silence would be an item that everybody passes.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import importlib.metadata
import importlib.util
import pkgutil
import sys
import traceback
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from . import messages
from .errors import ConfigurationError
from .homework import Homework, Item, PackNeed, item_of
from .messages import Message, _

__all__ = [
    "ENTRY_POINT_GROUP",
    "OWN_DISTRIBUTION",
    "Installed",
    "UnreadableHomework",
    "import_fixtures",
    "installed",
    "read_homework",
    "read_item",
]

ENTRY_POINT_GROUP = "pytest_dockerlab.homework"
"""An entry point of this group has the slug of a homework as its name, and its package: how another course adds one."""

OWN_DISTRIBUTION = "pytest-dockerlab"


class UnreadableHomework(ConfigurationError):
    """An installed homework that is not as it must be."""

    def __init__(self, slug: str, distribution: str, why: Message) -> None:
        self.slug = slug
        self.distribution = distribution
        super().__init__(
            _("{homework} of {distribution} cannot be read: {why}", homework=slug, distribution=distribution, why=why)
        )


class Installed(NamedTuple):
    """A homework that is installed, before anything of it is read."""

    slug: str
    package: str
    distribution: str


@functools.cache
def installed() -> tuple[Installed, ...]:
    """Our own homeworks, and those of every entry point."""
    from . import checks  # not at the top: a pytest run without --hw never gets here

    own = [
        Installed(found.name.replace("_", "-"), f"{checks.__name__}.{found.name}", OWN_DISTRIBUTION)
        for found in pkgutil.iter_modules(checks.__path__)
        if found.ispkg
    ]
    entries = importlib.metadata.entry_points(group=ENTRY_POINT_GROUP)
    return (*own, *(Installed(each.name, each.value, each.dist.name if each.dist else "?") for each in entries))


def read_homework(found: Installed) -> Homework:
    """What its package says. Raises :class:`UnreadableHomework`, as all of this module."""
    slug, package, distribution = found
    module = _import(package, slug, distribution)
    homework = getattr(module, "HOMEWORK", None)
    if not isinstance(homework, Homework) or not hasattr(module, "__path__"):
        raise UnreadableHomework(
            slug, distribution, _("{package} must be a package that defines HOMEWORK", package=package)
        )
    if homework.slug != slug:
        raise UnreadableHomework(
            slug,
            distribution,
            _(
                "{package} is installed as {name}, but its slug is {slug}",
                package=package,
                name=slug,
                slug=homework.slug,
            ),
        )
    if homework.pack is not None:
        pack = _import(homework.pack.package, slug, distribution)
        if not hasattr(pack, "__path__"):
            raise UnreadableHomework(
                slug, distribution, _("its pack is {module}, which is not a package", module=pack.__name__)
            )
        messages.add_translations(pack.__name__, *map(Path, pack.__path__))
    return dataclasses.replace(homework, package=package, distribution=distribution)


@functools.cache
def read_item(homework: Homework, name: str) -> Item:
    """The one check of the item's module."""
    _refuse_what_is_not_listed(homework)
    module_name = f"{homework.package}.{name.replace('-', '_')}"
    if importlib.util.find_spec(module_name) is None:
        raise _unreadable(
            homework, _("it lists {item}, but there is no module {module}", item=name, module=module_name)
        )
    _import(module_name, homework.slug, homework.distribution)
    checks = _checks_in(module_name)
    if [item.id for item in checks] != [f"{homework.slug}/{name}"]:
        raise _unreadable(
            homework,
            _(
                "{module} must have the check of {item} alone; it has: {found}",
                module=module_name,
                item=f"{homework.slug}/{name}",
                found=[item.id for item in checks] or _("none"),
            ),
        )
    for imported in [each for each in sys.modules if each.startswith(f"{homework.package}._")]:
        for item in _checks_in(imported):
            raise _unreadable(
                homework,
                _("{module} has the check of {item}: move it to a module of its own", module=imported, item=item.id),
            )
    listed = homework.pack.needs if homework.pack is not None else ()
    for need in checks[0].needs:
        if isinstance(need, PackNeed) and need not in listed:
            raise _unreadable(
                homework, _("{item} needs {need}, which its pack does not list", item=checks[0].id, need=need.name)
            )
    return checks[0]


@functools.cache
def _refuse_what_is_not_listed(homework: Homework) -> None:
    package = sys.modules[homework.package]
    listed = {item.replace("-", "_") for item in homework.items if isinstance(item, str)}
    for found in pkgutil.iter_modules(package.__path__):
        if not found.name.startswith("_") and found.name not in listed:
            raise _unreadable(
                homework, _("its list does not have the item of {module}", module=f"{homework.package}.{found.name}")
            )


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
        why = _("{module} cannot be imported: {error}", module=name, error=f"{where}{type(error).__name__}: {error}")
        raise UnreadableHomework(slug, distribution, why) from error


def _unreadable(homework: Homework, why: Message) -> UnreadableHomework:
    return UnreadableHomework(homework.slug, homework.distribution, why)


def import_fixtures(homework: Homework) -> list[ModuleType]:
    """The modules of its pack's fixtures."""
    names = homework.pack.fixtures if homework.pack is not None else ()
    return [_import(name, homework.slug, homework.distribution) for name in names]


def _checks_in(module_name: str) -> list[Item]:
    """The items whose checks are defined in this module, not those that it imports."""
    functions = vars(sys.modules[module_name]).values()
    items = [item for item in map(item_of, functions) if item is not None]
    return [item for item in items if item.function.__module__ == module_name]
