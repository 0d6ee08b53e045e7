"""The digests of items: another one where a verdict may be another for reasons of ours.

An item has two. ``check`` covers its module, what may run of the modules that it imports (:mod:`.reach`), the fixtures
that it asks for and what these come to, data files that any of it names, and the modules that turn what a check says
into a verdict (``JUDGES``). ``settings`` covers what the course file sets for it: its level, its time limit, and those
of the course's further settings that it can come to. Points are not in it: they follow from the verdict.

Not covered: comments, docstrings, explanations and translations, which change no verdict; the course's name and
numbers; Python, libraries and outside programs, whose versions results.json has beside it (:mod:`.outside`); the
options of the run, and what is up at an endpoint; packages that a pack uses from outside of its own distribution; code
that is found only when it runs, by a name that is put together there, outside of classes with a base.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib
import inspect
import json
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from .. import __version__
from ..course import Course
from ..homework import Homework, Item
from ..installed import OWN_DISTRIBUTION, installed
from . import stored
from .code import Module, read_module
from .reach import Reached, reach
from .sources import Sources

__all__ = ["JUDGES", "Digests"]

JUDGES = ("run.collection", "run.execution", "run.needs", "run.redaction", "run.verdict", "run.watchdog", "results",
           "findings", "homework", "errors", "submission.budget")  # fmt: skip
"""What stands between a check and its verdict; a change there is one of every item."""
_BEHIND = {"submission": ("submission.files.git_tree", "submission.files.worktree")}
"""What stands behind a fixture where no import says it: a submission reads a commit or a folder, as the run has it."""
_BY_ITEM = ("levels", "points", "numbers", "name", "digest")
"""Settings that are looked at by the item, or change no verdict."""
_FILE = "digests.json"
_KEPT = 8
"""Of so many installations it is kept: a checkout, a virtual environment with a pack."""
_OWN = __name__.partition(".")[0]


class Digests:
    """The digests of the items of some homeworks, as they are installed now.

    To read all code takes a second: what came of it is kept (:mod:`.stored`) until a file is changed.
    """

    def __init__(self, homeworks: Iterable[Homework]) -> None:
        self._homeworks = {homework.slug: homework for homework in homeworks}
        self._sources = {OWN_DISTRIBUTION: [_sources(_OWN)]}
        for homework in self._homeworks.values():
            if homework.distribution != OWN_DISTRIBUTION:
                self._sources[homework.distribution] = [_sources(each) for each in sorted(_packages(homework))]
        parts = [part for each in self._sources.values() for part in each]
        self._where = _digest([str(each.root) for each in parts])
        stamp = _digest([__version__, *(each.stamp() for each in parts)])
        self._known = stored.read(_FILE).get(self._where, {})
        if self._known.get("stamp") != stamp:
            packs = {name: _digest([each.digest() for each in parts]) for name, parts in self._sources.items()}
            self._known = {"stamp": stamp, "packs": packs, "items": {}}

    def packs(self) -> dict[str, str]:
        """The digest of each distribution that the homeworks are of, and of ours."""
        return dict(self._known["packs"])

    def of(self, items: Iterable[Item], course: Course) -> dict[str, dict[str, str]]:
        """``check`` and ``settings`` of each item in this course, by its id."""
        items = list(items)
        known = self._known["items"]
        if new := [item for item in items if item.id not in known and not item.is_planned]:
            for item in new:
                known[item.id] = self._code.of(item, self._homeworks[item.slug])
            others = {where: each for where, each in stored.read(_FILE).items() if where != self._where}
            stored.write(_FILE, dict([*others.items(), (self._where, self._known)][-_KEPT:]))
        found = {}
        for item in items:
            of_code = known.get(item.id, {"check": _digest("planned"), "course": []})
            settings = _settings(item, course, of_code["course"])
            found[item.id] = {"check": of_code["check"], "settings": _digest(settings)}
        return found

    def reached(self, item: Item) -> frozenset[tuple[str, str]]:
        """What of our code counts for an item: functions by module and name, and modules with ``""``."""
        return frozenset(self._code.reached(item, self._homeworks[item.slug]).units)

    @functools.cached_property
    def _code(self) -> _Code:
        return _Code([part for each in self._sources.values() for part in each])


class _Code(Mapping[str, Module]):
    """All code of some distributions; a module is read when it is asked for."""

    def __init__(self, sources: Iterable[Sources]) -> None:
        self._paths: dict[str, Path] = {}
        self._data: dict[str, str] = {}
        for each in sources:
            self._paths |= each.modules()
            for name, digest in each.data().items():
                self._data[name] = _digest([self._data[name], digest]) if name in self._data else digest
        self._read: dict[str, Module] = {}
        self._packages = frozenset(each.package for each in installed())
        judges = [(name, self[f"{_OWN}.{name}"].units) for name in JUDGES]
        self._judges = _digest(
            [(name, [unit.digest for unit in each]) for name, units in judges for each in units.values()]
        )

    def __getitem__(self, name: str) -> Module:
        if name not in self._read:
            self._read[name] = read_module(name, self._paths[name], self._paths)
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._paths)

    def __len__(self) -> int:
        return len(self._paths)

    def of(self, item: Item, homework: Homework) -> dict[str, object]:
        """The digest of an item's code, and which further settings of the course it can come to."""
        reached = self.reached(item, homework)
        course: frozenset[str] = frozenset()
        if "hw_course" in reached.fixtures:
            said = (unit for (name, _function), each in reached.units.items() if name != _COURSE for unit in each)
            mentioned = {name for unit in said for name in unit.attributes}
            course = _FURTHER & (mentioned | {"time_limits"} if "seconds_for" in mentioned else mentioned)
        return {"check": _digest([self._judges, reached.digest(self._data)]), "course": sorted(course)}

    def reached(self, item: Item, homework: Homework) -> Reached:
        """All code that the item's check can come to."""
        function = inspect.unwrap(item.function)
        fixtures = [name for name in self._paths if name.startswith(f"{_OWN}.fixtures.")]
        fixtures += homework.pack.fixtures if homework.pack is not None else ()
        behind = {name: [f"{_OWN}.{each}" for each in modules] for name, modules in _BEHIND.items()}
        return reach(function.__module__, function.__name__, self, fixtures, self._packages, behind)


_COURSE = Course.__module__
_FURTHER = frozenset(each.name for each in dataclasses.fields(Course)) - {*_BY_ITEM}


def _settings(item: Item, course: Course, further: Iterable[str]) -> dict[str, object]:
    """What the course sets for an item."""
    set_for_it: dict[str, object] = {
        "level": str(course.level_of(item)),
        "seconds": course.seconds_for(item.time_limit),
        "all together": course.seconds_for("submission"),
    }
    for name in further:
        set_for_it[name] = getattr(course, name, None)
    return set_for_it


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, default=_plain)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _plain(value: object) -> object:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {each.name: getattr(value, each.name) for each in dataclasses.fields(value)}
    return dict(value) if isinstance(value, Mapping) else str(value)


def _packages(homework: Homework) -> set[str]:
    """The top-level packages with the homework, its pack and the pack's fixtures, without ours."""
    pack = homework.pack
    names = [homework.package, *((pack.package, *pack.fixtures) if pack is not None else ())]
    return {name.partition(".")[0] for name in names} - {_OWN}


def _sources(package: str) -> Sources:
    # the folder that the package's own file is in: what it is imported from, whatever else is on the path
    file = importlib.import_module(package).__file__
    return Sources(package, Path(str(file)).parent)
