"""The course file: an instructor's settings, in TOML. Documented in ``docs/instructors.md``."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, tzinfo
from enum import StrEnum
from functools import partial
from hashlib import sha256
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import ConfigurationError
from .feedback import Feedback, ShownLevel
from .homework import MOST_POINTS, Item, Kind, Level
from .messages import Message, _, reason_of
from .moments import moment
from .wanted_metrics import SEED_METRICS, WantedMetric, parse_metrics
from .workflow_paths import is_workflow

__all__ = ["TIME_LIMITS", "Course", "load_course", "parse_size"]

E = TypeVar("E", bound=StrEnum)

_UNITS = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}

_VERSION = re.compile(r"\d{1,3}\.\d{1,3}(?:\.\d{1,3})?")

TIME_LIMITS = {
    "files": 60.0,
    "engine": 180.0,
    "app": 3600.0,
    "remote": 300.0,
    "submission": 7200.0,
    "build": 900.0,
    "up": 120.0,
    "burst": 1800.0,
}
"""Seconds: generous, because a limit is against what never ends, not against what is slow."""


@dataclass(frozen=True, slots=True)
class Course:
    """The settings of one course; the defaults are those of the seed's cohort."""

    name: str = ""
    numbers: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, Level] = field(default_factory=dict)
    points: Mapping[str, float] = field(default_factory=dict)
    image_sizes: Mapping[str, int] = field(default_factory=dict)
    """The limit of an image's size by service, in bytes (sum of uncompressed layers)."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Old base images and the ones to use instead."""
    time_limits: Mapping[str, float] = field(default_factory=dict)
    """Seconds: of one check by its tier, of all checks of one ``submission``, of one image's ``build``, until an
    application whose containers run is ``up``, and of the check with a ``burst`` of pipelines. Those that are not set:
    :data:`TIME_LIMITS`."""
    allowed_addresses: tuple[IPv4Network, ...] = ()
    """What builds may reach beside the public internet: a mirror of packages, a proxy."""
    metrics: tuple[WantedMetric, ...] = SEED_METRICS
    """What Prometheus has to have of the application and its machine."""

    runner_version: str = ""
    """The GitLab Runner of the course, where a homework names none: ``17.5``."""
    feedback: Feedback = field(default_factory=Feedback)
    """How much of a result its student is shown on their page."""
    zone: tzinfo | None = None
    """Of moments that do not say their own, here and in the roster."""
    deadlines: Mapping[str, datetime] = field(default_factory=dict)
    """Until when a homework may be handed in, by its slug; a row of the roster may have another."""
    late_policy: str = ""
    """What the course does about lateness, in its own words: it is told, and nothing is done about it here."""
    workflows: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    """The course's templates of what a submission has at a path of :func:`is_workflow`: each of them is right."""
    digest: str | None = None
    """The sha256 of the course file."""

    def level_of(self, item: Item) -> Level:
        """The item's level in this course."""
        return self.levels.get(item.id, item.level)

    def seconds_for(self, what: str) -> float:
        """The time limit of a check of tier ``what``, or of what else has one (:data:`TIME_LIMITS`), in seconds."""
        return self.time_limits.get(what, TIME_LIMITS[what])

    def points_of(self, item: Item) -> float:
        """What the item is worth: 1 for required and optional items about the submission, else 0, unless set here."""
        counts = item.kind is Kind.SUBMISSION and self.level_of(item) is not Level.ADVISORY
        return self.points.get(item.id, 1.0 if counts else 0.0)


def parse_size(value: object) -> int:
    """A size in bytes: a whole number, or text such as ``100 MB`` (10⁶, as ``docker images`` prints) or ``95 MiB``.

    Raises ``ValueError`` for anything else.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    if isinstance(value, str):
        match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kKMG]i?B|B)\s*", value)
        if match and match[2] in _UNITS:
            return round(float(match[1]) * _UNITS[match[2]])
    raise ValueError(_("a size is a whole number of bytes or a string such as '100 MB' or '95 MiB'"))


def load_course(
    path: Path | None, items: Mapping[str, Item], slugs: Collection[str], left_out: Collection[str] = ()
) -> Course:
    """Read and validate a course file; ``None`` is the default course.

    What it says of the homeworks ``left_out``, which cannot be read, is not looked at.
    Raises :class:`ConfigurationError` naming the key, with near names for an unknown one.
    """
    if path is None:
        return Course()
    import tomllib  # here: most runs have no course file

    try:
        content = path.read_bytes()
        data = tomllib.loads(content.decode("utf-8"))
    except OSError as error:
        raise ConfigurationError(
            _("the course file {file} cannot be read: {why}", file=path, why=reason_of(error))
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            _("the course file {file} is not valid TOML: {why}", file=path, why=str(error))
        ) from error
    reader = _Reader(path, left_out)
    reader.known(data, ("name", "numbers", "levels", "points", "image-sizes", "images", "time-limits",
                        "allowed-addresses", "metrics", "runner-version", "feedback",
                        "timezone", "deadlines", "late-policy", "workflows"), "")  # fmt: skip
    runner_version = data.get("runner-version", "")
    if runner_version and not (isinstance(runner_version, str) and _VERSION.fullmatch(runner_version)):
        raise reader.error("runner-version", _("must be a version of GitLab Runner such as '17.5'"))
    name, late_policy = reader.string(data, "name"), reader.string(data, "late-policy")
    zone = reader.zone(data, "timezone")
    return Course(
        name=name,
        numbers=reader.table(data, "numbers", slugs, _number),
        levels=reader.table(data, "levels", items, _level),
        points=reader.table(data, "points", items, _points),
        image_sizes=reader.table(data, "image-sizes", None, parse_size),
        images=reader.table(data, "images", None, _text),
        time_limits=reader.table(data, "time-limits", TIME_LIMITS, _seconds),
        allowed_addresses=reader.addresses(data, "allowed-addresses"),
        metrics=reader.metrics(data, "metrics"),
        runner_version=runner_version,
        digest=sha256(content).hexdigest(),
        feedback=reader.feedback(data, items),
        zone=zone,
        deadlines=reader.table(data, "deadlines", slugs, lambda value: _deadline(value, zone)),
        late_policy=late_policy,
        workflows=reader.workflows(data, "workflows"),
    )


class _Reader:
    def __init__(self, path: Path, left_out: Collection[str]) -> None:
        self.path = path
        self.left_out = left_out

    def error(self, key: str, why: Message) -> ConfigurationError:
        return ConfigurationError(_("the course file {file}: {key}: {why}", file=self.path, key=key, why=why))

    def known(self, table: Mapping[str, object], names: Collection[str], prefix: str) -> None:
        for key in table:
            if key not in names:
                near = difflib.get_close_matches(key, names, n=3, cutoff=0.4)
                if near:
                    raise self.error(prefix + key, _("unknown key; did you mean {near}?", near=near))
                raise self.error(prefix + key, _("unknown key; known are {names}", names=sorted(names)))

    def table(
        self, data: Mapping[str, Any], section: str, names: Collection[str] | None, convert: Callable[[Any], Any]
    ) -> dict[str, Any]:
        table = data.get(section, {})
        if not isinstance(table, dict):
            raise self.error(section, _("must be a table: [{section}]", section=section))
        if names is not None:
            table = {key: value for key, value in table.items() if key.partition("/")[0] not in self.left_out}
            self.known(table, names, f"{section}.")
        values = {}
        for key, value in table.items():
            try:
                values[key] = convert(value)
            except ValueError as error:
                raise self.error(f"{section}.{key}", error.args[0]) from error
        return values

    def string(self, data: Mapping[str, Any], key: str) -> str:
        value = data.get(key, "")
        if not isinstance(value, str):
            raise self.error(key, _("must be a string"))
        return value

    def zone(self, data: Mapping[str, Any], key: str) -> tzinfo | None:
        name = self.string(data, key)
        try:
            return ZoneInfo(name) if name else None
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise self.error(key, _("must be a time zone such as Europe/Moscow")) from None

    def addresses(self, data: Mapping[str, Any], key: str) -> tuple[IPv4Network, ...]:
        value = data.get(key, [])
        try:
            if not isinstance(value, list):
                raise ValueError(value)
            return tuple(IPv4Network(str(each)) for each in value)
        except ValueError:
            problem = _("must be a list of addresses and ranges such as 10.0.0.5 or 10.1.0.0/24")
            raise self.error(key, problem) from None

    def feedback(self, data: Mapping[str, Any], items: Mapping[str, Item]) -> Feedback:
        section = data.get("feedback", {})
        if not isinstance(section, dict):
            raise self.error("feedback", _("must be a table: [{section}]", section="feedback"))
        self.known(section, ("level", "after-deadline", "hidden", "items"), "feedback.")
        try:
            level = _shown_level(section.get("level", ShownLevel.FULL))
            after = _shown_level(section["after-deadline"]) if "after-deadline" in section else None
        except ValueError as error:
            raise self.error("feedback", error.args[0]) from error
        hidden = section.get("hidden", [])
        if not isinstance(hidden, list) or not all(isinstance(each, str) for each in hidden):
            raise self.error("feedback.hidden", _("must be a list of items"))
        hidden = [each for each in hidden if each.partition("/")[0] not in self.left_out]
        self.known(dict.fromkeys(hidden), items, "feedback.hidden: ")
        own = self.table({"feedback.items": section.get("items", {})}, "feedback.items", items, _shown_level)
        return Feedback(level, after, own, _with_dependents(hidden, items))

    def workflows(self, data: Mapping[str, Any], section: str) -> dict[str, tuple[Path, ...]]:
        found = self.table(data, section, None, _files)
        for path in found:
            if not is_workflow(path):
                raise self.error(f"{section}.{path}", _("must be .github/workflows/NAME.yml or .gitlab-ci.yml"))
        folder = self.path.absolute().parent
        return {path: tuple(folder / file for file in files) for path, files in found.items()}

    def metrics(self, data: Mapping[str, Any], key: str) -> tuple[WantedMetric, ...]:
        try:
            return parse_metrics(data.get(key, []))
        except ValueError as error:
            place, why = error.args
            raise self.error(key + place, why) from None


def _with_dependents(hidden: Collection[str], items: Mapping[str, Item]) -> frozenset[str]:
    """The hidden items, and those that stand under one: whether they have a verdict would say whether it passed."""
    found = set(hidden)
    while hidden:
        hidden = [id for id, item in items.items() if id not in found and found & {*item.needs_items, *item.told_by}]
        found |= set(hidden)
    return frozenset(found)


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    raise ValueError(_("a homework's number is a whole number from 1"))


def _one_of(choices: type[E], value: object) -> E:
    if isinstance(value, str) and value in tuple(choices):
        return choices(value)
    raise ValueError(_("{value} is none of {choices}", value=repr(value), choices=tuple(choices)))


_level = partial(_one_of, Level)
_shown_level = partial(_one_of, ShownLevel)


def _points(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value < MOST_POINTS:
        return float(value)
    raise ValueError(_("points are a number from 0"))


def _deadline(value: object, zone: tzinfo | None) -> datetime:
    """A moment of TOML, or as a string."""
    return moment(value.isoformat() if isinstance(value, date) else str(value), zone)


def _seconds(value: object) -> float:
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value <= 86_400:
        return float(value)
    raise ValueError(_("a time limit is a number of seconds, at most a day"))


def _files(value: object) -> list[str]:
    files: list[Any] = value if isinstance(value, list) else [value]
    if files and all(isinstance(each, str) and each and "\0" not in each for each in files):
        return files
    raise ValueError(_("must be the name of a file beside the course file, or a list of such names"))


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise ValueError(_("an image is a string such as 'ruby:2.7'"))
