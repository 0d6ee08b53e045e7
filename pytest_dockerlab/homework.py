"""Homework, its items, and the decorator that makes a function a check.

Nothing here imports pytest: a check is a plain function that carries its :class:`Item`, so that the catalogue can be
read, listed and explained without a test run.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar

from .findings import Unverified
from .messages import Message, _

__all__ = [
    "MOST_POINTS",
    "Homework",
    "Item",
    "Kind",
    "Level",
    "Need",
    "Pack",
    "PackNeed",
    "Planned",
    "Tier",
    "check",
    "item_of",
    "item_of_planned",
    "planned",
]

MOST_POINTS = 1000
"""An item has fewer, whoever says how many: a course file, a result, a person."""

_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ITEM_ID = re.compile(rf"{_SLUG.pattern}/{_SLUG.pattern}")
_ATTRIBUTE = "__dockerlab_item__"

CheckFunction = TypeVar("CheckFunction", bound=Callable[..., Any])


class Kind(StrEnum):
    """Whether an item is about the submission, or a lab: a behaviour of the docker host itself."""

    SUBMISSION = "submission"
    LAB = "lab"


class Level(StrEnum):
    """What a failure means: required fails the homework, advisory never does, optional fails only itself."""

    REQUIRED = "required"
    ADVISORY = "advisory"
    OPTIONAL = "optional"


class Tier(StrEnum):
    """The most a check may do."""

    FILES = "files"
    """Reads the repository: no engine, no network, nothing of it is run."""
    ENGINE = "engine"
    """Starts containers of our own on a Docker Engine; nothing of the student's is run."""
    APP = "app"
    """Builds and runs the student's images."""
    REMOTE = "remote"
    """Talks to something that already runs and whose endpoint the user gave."""

    def within(self, highest: Tier) -> bool:
        """Whether a run up to ``highest`` covers this tier; remote items run whenever their endpoint is given."""
        order = [Tier.FILES, Tier.ENGINE, Tier.APP]
        return self is Tier.REMOTE or order.index(self) <= order.index(highest)


class Need(StrEnum):
    """What a check must have beside the submission. A need that is missing makes the item unverified."""

    COMPOSE = "compose"
    HADOLINT = "hadolint"
    PROMTOOL = "promtool"
    ENGINE = "engine"
    DOCKER_HOST = "docker-host"
    """An endpoint the user named: the engine a default would lead to does not count."""
    GITLAB_URL = "gitlab-url"
    PROMETHEUS_URL = "prometheus-url"
    APP_URL = "app-url"
    RUNNER_METRICS_URL = "runner-metrics-url"
    REGISTRY_MIRROR_URL = "registry-mirror-url"
    REGISTRY = "registry"
    CACHE_URL = "cache-url"
    VM = "vm"


@dataclass(frozen=True, slots=True, eq=False)
class PackNeed:
    """A need of a pack's own, such as a program that only its checks use."""

    name: str
    """Shown as it stands: a program's name."""
    probe: Callable[[], str | None] = field(repr=False)
    """Says what is here of it, a version for example, and ``None`` when nothing is."""
    remedy: Message
    """What to do where it is missing."""
    tier: Tier = Tier.FILES
    """The tier of the items it is for."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """What the homeworks of another distribution have in common, and ours have not."""

    package: str
    """Its package, in most cases ``__name__``. Translations of its messages are in the package's
    ``locale/<language>/LC_MESSAGES/<package>.mo``."""
    fixtures: tuple[str, ...] = ()
    """Modules with pytest fixtures, by import name: there for its own checks only."""
    needs: tuple[PackNeed, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a homework, and the check that asserts it."""

    id: str
    title: str
    kind: Kind
    level: Level
    tier: Tier
    needs_items: tuple[str, ...]
    told_by: tuple[str, ...]
    """Items whose findings may explain why this one cannot be judged; they are judged before it."""
    needs: tuple[Need | PackNeed, ...]
    is_planned: bool
    time_limit: str
    """The course's time limit for it: that of its tier, where it has none of its own."""
    endpoint: Need | None
    """Where this endpoint is given, the item is asked of what is up there, and nothing is built or started."""
    function: Callable[..., Any] = field(repr=False, compare=False)

    def asked_with(self, endpoints: Container[str]) -> Item:
        """The item as it is asked with these endpoints: of tier remote, and in need of no other, where it has one."""
        if self.endpoint is None or self.endpoint not in endpoints:
            return self
        return dataclasses.replace(self, tier=Tier.REMOTE, needs_items=(), needs=(self.endpoint,))

    @property
    def slug(self) -> str:
        """The homework's slug: what stands before the slash."""
        return self.id.partition("/")[0]

    @property
    def name(self) -> str:
        """The item's own name: what stands behind the slash."""
        return self.id.partition("/")[2]

    def node_id(self, submission: str | None) -> str:
        """pytest's node id of this item for a submission; a lab has none."""
        name = f"{self.slug}::{self.name}"
        return name if self.kind is Kind.LAB or submission is None else f"{name}[{submission}]"


@dataclass(frozen=True, slots=True)
class Planned:
    """An item that is listed and not built yet: always *unverified*, so that coverage is visible."""

    name: str
    title: str
    level: Level
    kind: Kind
    tier: Tier


@dataclass(frozen=True, slots=True)
class Homework:
    """A homework: its slug (stable, the key), its number in the default cohort, its title and its items in order.

    It stands in the ``__init__.py`` of the homework's package, and ``items`` there is the registry: each is the name of
    an item whose check is in the module of that name, or one that is :func:`planned`. ``aliases`` are other names of
    the same homework, such as the branch name it had in one cohort. ``merged_with`` are the homeworks on whose branches
    it is handed in where it has none of its own.
    """

    slug: str
    number: int
    title: str
    items: tuple[str | Planned, ...] = ()
    aliases: tuple[str, ...] = ()
    merged_with: tuple[str, ...] = ()
    pack: Pack | None = None
    """The pack it belongs to, where that has something of its own."""
    package: str = ""
    distribution: str = ""
    """The import name of its package, and the distribution that brings it; the catalogue knows them."""

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for a slug that is none, and for a name that is listed twice."""
        if not _SLUG.fullmatch(self.slug) or self.slug in ("all", "auto"):
            raise ValueError(f"{self.slug!r} is no slug: lower case with hyphens, and neither 'all' nor 'auto'")
        if not isinstance(self.number, int):  # another course's too: all of them are sorted by it
            raise ValueError(f"the number of {self.slug} is {self.number!r}")
        for name in self.names:
            if not _SLUG.fullmatch(name):
                raise ValueError(f"the list of {self.slug} names {name!r}, which is no item's name")
            if self.names.count(name) > 1:
                raise ValueError(f"the list of {self.slug} names {name!r} twice")

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its items, in the order of the homework's text."""
        return tuple(item.name if isinstance(item, Planned) else item for item in self.items)

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of its items, in the order of the homework's text."""
        return tuple(f"{self.slug}/{name}" for name in self.names)


def check(
    id: str,
    title: str,
    *,
    level: str = Level.REQUIRED,
    kind: str = Kind.SUBMISSION,
    tier: str = Tier.FILES,
    needs: Sequence[str | PackNeed] = (),
    told_by: Sequence[str] = (),
    time_limit: str = "",
    endpoint: Need | None = None,
) -> Callable[[CheckFunction], CheckFunction]:
    """Make the decorated function the check of item ``id``.

    ``title`` is the English message id of one short sentence that says what holds when the item passes. ``needs`` names
    other items (``docker-4/compose-file``), without which this one cannot be judged, :class:`Need` members, and needs
    of the pack. ``told_by`` names the items under which this one may fold itself (``Unverified(…, told_by=…)``) without
    needing them. ``time_limit`` names one of the course's for an item that takes longer than others of its tier.
    ``endpoint`` is for an item of tier app that can be asked of what is already up there.
    Raises ``ValueError`` for an id or a value that does not exist: a mistake in the check module.
    """
    if not _ITEM_ID.fullmatch(id):
        raise ValueError(f"{id!r} is no item id: <slug>/<item> in lower case with hyphens")

    def decorate(function: CheckFunction) -> CheckFunction:
        item = Item(
            id=id,
            title=title,
            kind=Kind(kind),
            level=Level(level),
            tier=Tier(tier),
            needs_items=tuple(str(need) for need in needs if _is_item(need)),
            told_by=tuple(told_by),
            needs=tuple(need if isinstance(need, PackNeed) else Need(need) for need in needs if not _is_item(need)),
            is_planned=False,
            time_limit=time_limit or tier,
            endpoint=endpoint,
            function=function,
        )
        setattr(function, _ATTRIBUTE, item)
        return function

    return decorate


def _is_item(need: str | PackNeed) -> bool:
    return isinstance(need, str) and "/" in need


def planned(
    name: str,
    title: str,
    *,
    level: str = Level.REQUIRED,
    kind: str = Kind.SUBMISSION,
    tier: str = Tier.FILES,
) -> Planned:
    """An item of a homework's list that is not built yet."""
    return Planned(name, title, Level(level), Kind(kind), Tier(tier))


def item_of_planned(slug: str, planned: Planned) -> Item:
    """The item of a :class:`Planned`: its check says that there is none."""

    def not_built() -> None:
        raise Unverified(_("not built yet"))

    return Item(
        f"{slug}/{planned.name}",
        planned.title,
        planned.kind,
        planned.level,
        planned.tier,
        (),
        (),
        (),
        True,
        planned.tier,
        None,
        not_built,
    )


def item_of(function: object) -> Item | None:
    """The item whose check ``function`` is, or ``None``."""
    item = getattr(function, _ATTRIBUTE, None)
    return item if isinstance(item, Item) else None
