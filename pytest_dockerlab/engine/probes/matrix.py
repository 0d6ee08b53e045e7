"""Who reaches whom among stand-ins: measured from inside each, by name and by address.

In this order: every stand-in answers itself; then every name is looked up and tried, and every address on a shared
network; only then, when all of that has ended everywhere, the addresses that should not be reached. Whoever is not
reached there was seen to answer somebody else before, or the cell is not decided (:attr:`Cell.is_controlled`): that
nobody answers where nobody ever answered shows nothing.

One ``exec`` measures everything that a stand-in should reach, all stand-ins at the same time; a second one what it
should not, for those which have any: it waits for a connection that does not come, and has to follow the first ones.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from ..probe_answers import ProbeError
from .connections import Lookup, Outcome, Reach, lookup_script, parse_lookups, parse_reaches, reach_script
from .probe import Probe

__all__ = ["LOOKUPS", "ByAddress", "ByName", "Cell", "Member", "measure"]

LOOKUPS = 5
"""How often a name is looked up: one that two services have gives now the one and now the other."""
_PATIENCE = 5
"""Seconds for servers that just start."""
_NEGATIVE = 1
"""Seconds to wait for a connection that should not come. On one kernel it comes in microseconds, or is dropped."""
_TRIES = 5
"""Whenever any network is made, Docker Engine takes its jump to the isolation rules out of the packet filter and puts
it in again: on 20.10 it was missing in 26 of 1858 looks while 25 networks were made, and 2 of 30 skeletons met such a
moment. What really is reachable is so five times running. A moment that ends before the answer leaves a connection on
which nobody says who they are."""
_AT_ONCE = 8
_NAME = re.compile(r"(?!-)[A-Za-z0-9._-]{1,253}")


@dataclass(frozen=True, slots=True)
class Member:
    """A stand-in that runs."""

    service: str
    root: str
    """Whose network namespace it is in: its own, as a rule."""
    probe: Probe = field(repr=False)
    """Its token is the root's: that one listens for both."""
    ports: tuple[int, ...]
    names: Mapping[str, tuple[str, ...]]
    """By network; none for one in another's namespace."""
    addresses: Mapping[str, str]
    """By network."""
    links: Mapping[str, str]

    def names_for(self, source: Member) -> tuple[str, ...]:
        """The names by which ``source`` should find this one: those on shared networks, and its own links."""
        found = [name for network in source.addresses for name in self.names.get(network, ())]
        if found:  # a link is only another name for one who is found
            found += [alias for alias, target in source.links.items() if target == self.service]
        return tuple(dict.fromkeys(found))


@dataclass(frozen=True, slots=True)
class ByName:
    """What came of one name."""

    name: str
    addresses: frozenset[str]
    """Every address that any of the lookups gave."""
    owners: frozenset[str]
    """The services that have them; empty text for a stranger's."""
    misses: int
    """How many of the lookups found nothing."""
    answered: str | None
    """The service that answered there; empty for a stranger, ``None`` where nobody did."""
    reach: Reach | None

    def leads_to(self, root: str) -> bool:
        """Whether every lookup led there and nowhere else, and it answered."""
        return self.owners == {root} and not self.misses and self.answered == root


@dataclass(frozen=True, slots=True)
class ByAddress:
    """What came of one address."""

    address: str
    network: str
    answered: str | None
    reach: Reach


@dataclass(frozen=True, slots=True)
class Cell:
    """What one stand-in saw of another."""

    source: str
    target: str
    root: str
    """Whose namespace the target is in: that one answers for it."""
    names: tuple[ByName, ...]
    by_address: tuple[ByAddress, ...]
    is_controlled: bool
    """Whether somebody reached the target: only then does it mean anything that another does not."""

    @property
    def is_reached(self) -> bool:
        """Whether the target answered by any of its addresses or names."""
        return self.root in [*(each.answered for each in self.names), *(each.answered for each in self.by_address)]

    @property
    def wrong_names(self) -> tuple[ByName, ...]:
        """The names that do not lead to the target alone."""
        return tuple(each for each in self.names if not each.leads_to(self.root))


@dataclass(frozen=True, slots=True)
class _Task:
    """What one stand-in has to try, in the order it is told."""

    source: Member
    lookups: tuple[str, ...]
    names: tuple[tuple[str, int], ...]
    near: tuple[tuple[str, int], ...]
    far: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class _Seen:
    lookups: list[Lookup] = field(default_factory=list)
    reaches: dict[tuple[str, int], Reach] = field(default_factory=dict)


def measure(
    members: Mapping[str, Member], wanted: Collection[tuple[str, str]], others: Collection[tuple[str, str]] = ()
) -> list[Cell]:
    """Measure the cells ``wanted`` (source, target) by every name, and ``others`` by one name and one lookup.

    Raises :class:`ProbeError` when a stand-in does not answer itself: nothing it says would mean anything.
    """
    pairs = [*wanted, *(pair for pair in others if pair not in wanted)]
    tasks = [_task(members, source, [b for a, b in pairs if a == source], wanted) for source in members]
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        seen = dict(zip(members, pool.map(_try_positives, tasks), strict=True))
        for task, reaches in zip(tasks, pool.map(_try_negatives, tasks), strict=True):
            seen[task.source.service].reaches.update(reaches)
    owners = {address: each.root for each in members.values() for address in each.addresses.values()}
    tokens = {each.probe.token: each.root for each in members.values()}
    controlled = {
        tokens[reach.token]
        for name, each in seen.items()
        for reach in each.reaches.values()
        if reach.token in tokens and tokens[reach.token] != members[name].root
    }
    return [_cell(members[a], members[b], seen[a], owners, tokens, controlled) for a, b in pairs]


def _task(
    members: Mapping[str, Member], source: str, targets: Sequence[str], wanted: Collection[tuple[str, str]]
) -> _Task:
    own = members[source]
    lookups: list[str] = []
    names: list[tuple[str, int]] = []
    near: list[tuple[str, int]] = []
    far: list[tuple[str, int]] = []
    for target in targets:
        member = members[target]
        found = member.names_for(own)
        is_wanted = (source, target) in wanted
        # Nobody's name is asked for too, where it should be somebody's: the outside may know it.
        asked = found if is_wanted else found[:1]
        lookups += (asked or (member.service,) * is_wanted) * (LOOKUPS if is_wanted else 1)
        names += [(name, member.ports[0]) for name in asked]
        for network, address in member.addresses.items():
            is_near = network in own.addresses
            (near if is_near else far).append((address, member.ports[0]))
    return _Task(
        source=own,
        lookups=tuple(name for name in lookups if _is_askable(name)),
        names=tuple(dict.fromkeys(names)),
        near=tuple(dict.fromkeys(near)),
        far=tuple(dict.fromkeys(far)),
    )


def _is_askable(name: str) -> bool:
    # RFC 1035. A plan holds no other aliases, but a service may be called so.
    return bool(_NAME.fullmatch(name)) and all(0 < len(label) < 64 for label in name.split("."))


def _try_positives(task: _Task) -> _Seen:
    own = task.source
    targets = [("127.0.0.1", own.ports[0]), *task.names, *task.near]
    scripts = [reach_script(targets[:1], patience=10), reach_script(targets[1:], patience=_PATIENCE)]
    if len(targets) == 1:
        scripts.pop()
    if task.lookups:
        scripts.append(lookup_script(task.lookups))
    answers = own.probe.measure(*scripts)
    (self_reach,) = parse_reaches(answers[0])
    if not self_reach.answered_by(own.probe.token):
        raise ProbeError(f"the stand-in of {own.service} does not answer itself: {self_reach}")
    seen = _Seen()
    if task.lookups:
        seen.lookups = parse_lookups(answers.pop())
    if len(targets) > 1:
        seen.reaches = dict(zip(targets[1:], parse_reaches(answers[1]), strict=True))
    return seen


def _try_negatives(task: _Task) -> dict[tuple[str, int], Reach]:
    """Try what should not be reached; what is reached all the same, again: see :data:`_TRIES`."""
    reaches: dict[tuple[str, int], Reach] = {}
    left = task.far
    for _try in range(_TRIES):
        if left:
            answer = task.source.probe.measure(reach_script(left, timeout=_NEGATIVE))[0]
            reaches.update(zip(left, parse_reaches(answer), strict=True))
            left = tuple(each for each in left if reaches[each].outcome in (Outcome.ANSWERED, Outcome.SILENT))
    return reaches


def _cell(
    source: Member,
    target: Member,
    seen: _Seen,
    owners: Mapping[str, str],
    tokens: Mapping[str, str],
    controlled: Collection[str],
) -> Cell:
    port = target.ports[0]

    def answerer(reach: Reach | None) -> str | None:
        if reach is None or reach.outcome is not Outcome.ANSWERED:
            return None
        return tokens.get(reach.token or "", "")

    by_name = []
    for name in target.names_for(source) or (target.service,):
        found = [each for each in seen.lookups if each.name == name]
        reach = seen.reaches.get((name, port))
        if found or reach is not None:
            addresses = frozenset(str(address) for each in found for address in each.addresses)
            led_to = frozenset(owners.get(address, "") for address in addresses)
            misses = sum(not each for each in found)
            by_name.append(ByName(name, addresses, led_to, misses, answerer(reach), reach))
    by_address = tuple(
        ByAddress(address, network, answerer(reach), reach)
        for network, address in target.addresses.items()
        if (reach := seen.reaches.get((address, port))) is not None
    )
    return Cell(source.service, target.service, target.root, tuple(by_name), by_address, target.root in controlled)
