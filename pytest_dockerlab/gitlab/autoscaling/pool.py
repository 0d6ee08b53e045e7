"""The machines of one ``[[runners]]``, in the order of their names, which is that of their creation."""

from __future__ import annotations

import bisect
import enum
import heapq
from collections.abc import Iterator
from dataclasses import dataclass

from .rules import Counts, Rules, enough_waiting, is_at_limit, is_surplus
from .settings import Idle, MachineSettings
from .simulation import Machine

__all__ = ["Pool", "PooledMachine", "State"]

_TOO_MANY_IDLE = "Too many idle machines"


class State(enum.Enum):
    """What the runner takes a machine for; the value is the name of its count."""

    IDLE = "idle"
    ACQUIRED = "acquired"
    CREATING = "creating"
    USED = "used"
    REMOVING = "removing"


@dataclass(eq=False, slots=True)
class PooledMachine:
    """A machine as the runner sees it. ``used`` is since when it has nothing to do, in microseconds."""

    life: Machine
    state: State
    used: int
    uses: int = 0
    is_seen: bool = True
    has_directory: bool = True


class Pool:
    """The machines of one section, counted as they change."""

    def __init__(self, settings: MachineSettings, rules: Rules) -> None:
        self.settings = settings
        self._rules = rules
        self._machines: dict[int, PooledMachine] = {}
        # Heaps, of which some are idle no more: by number, the newest first, and by since when they have no work.
        self._idle: list[int] = []
        self._idle_since: list[tuple[int, int]] = []
        # The numbers of those that count when it is asked whether a younger one is one too many, in order.
        self._counted: list[int] = []
        self._counted_states = {State.IDLE}
        if not rules.removes_by_idle_only:
            self._counted_states |= {State.ACQUIRED, State.CREATING}
        self._has_adopted = False
        self.seen = Counts()
        self.all = Counts()

    def add(self, machine: PooledMachine) -> None:
        """A machine more, newer than all others."""
        self._machines[machine.life.number] = machine
        self._count(machine, 1)
        self._has_adopted |= machine.uses > 0
        if machine.state is State.IDLE:
            self._begin_idle(machine)

    def move(self, machine: PooledMachine, state: State) -> None:
        """Have a machine in another state."""
        before = machine.state
        self._count(machine, -1)
        machine.state = state
        self._count(machine, 1)
        if state is State.IDLE and before is State.ACQUIRED:
            heapq.heappush(self._idle, -machine.life.number)
        elif state is State.IDLE:
            self._begin_idle(machine)

    def see(self, machine: PooledMachine) -> None:
        """A machine's directory is there."""
        self._count(machine, -1)
        machine.is_seen = True
        self._count(machine, 1)

    def drop(self, machine: PooledMachine) -> None:
        """A machine is gone."""
        self._count(machine, -1)
        del self._machines[machine.life.number]

    def take_newest_idle(self) -> PooledMachine | None:
        """Acquire the machine that the next job is given."""
        while self._idle:
            machine = self._machines.get(-heapq.heappop(self._idle))
            if machine is not None and machine.state is State.IDLE:
                self.move(machine, State.ACQUIRED)
                return machine
        return None

    def unwanted(self, idle: Idle, now: int) -> list[tuple[PooledMachine, str]]:
        """Machines to remove, and why: each is judged by those that are older."""
        if not self._is_one_unwanted(idle, now):
            return []
        if not self._judges_all and idle.scale_factor <= 0:
            since = now - _span(idle)
            return [(machine, _TOO_MANY_IDLE) for machine in self._younger(idle) if machine.used < since]
        return self._judged(idle, now)

    def _judged(self, idle: Idle, now: int) -> list[tuple[PooledMachine, str]]:
        """The same, one machine after the other."""
        found = []
        before = Counts()
        since = now - _span(idle)
        judges_all = self._judges_all
        for machine in self._machines.values():
            state = machine.state
            if not machine.is_seen:
                continue
            if state is State.USED:
                before.used += 1
            elif state is State.IDLE:
                is_over = machine.used < since
                if (is_over or judges_all) and (reason := self._why_unwanted(machine, idle, before, is_over=is_over)):
                    found.append((machine, reason))
                    before.removing += 1
                else:
                    before.idle += 1
            elif state is State.CREATING:
                before.creating += 1
            elif state is State.ACQUIRED:
                before.acquired += 1
            else:
                before.removing += 1
        return found

    def next_expiry(self, idle: Idle, since: int) -> int | None:
        """After which moment another machine may be one too many, for those that were not at ``since``."""
        if not self._is_one_too_many(idle):
            return None
        machines = self._younger(idle) if idle.scale_factor <= 0 else self._machines.values()
        ends = (machine.used + _span(idle) for machine in machines if machine.state is State.IDLE)
        return min((end for end in ends if end >= since), default=None)

    def _younger(self, idle: Idle) -> Iterator[PooledMachine]:
        """Idle machines, but for those among the oldest that shall be there."""
        for number in self._counted[max(idle.count, 0) :]:
            machine = self._machines[number]
            if machine.state is State.IDLE:
                yield machine

    def _is_one_unwanted(self, idle: Idle, now: int) -> bool:
        """Whether a look at every machine may be worth while: there may be ten thousand."""
        if not self.seen.idle:
            return False
        return self._judges_all or (self._is_one_too_many(idle) and now - self._oldest() > _span(idle))

    @property
    def _judges_all(self) -> bool:
        """Whether more than the idle time may decide."""
        return bool(self._has_adopted and self.settings.max_builds) or 0 < self.settings.limit < self.seen.total

    def _is_one_too_many(self, idle: Idle) -> bool:
        """Whether the newest may be, in the best case."""
        if not self.seen.idle:
            return False
        if self._rules.removes_by_idle_only:
            return self.seen.idle > idle.count
        others = self.seen.available - 1
        return others >= idle.count or (idle.scale_factor > 0 and enough_waiting(idle, Counts(idle=others)))

    def _oldest(self) -> int:
        """Since when the one has no work that has had none for longest."""
        while self._idle_since:
            since, number = self._idle_since[0]
            machine = self._machines.get(number)
            if machine is not None and machine.used == since and machine.state in (State.IDLE, State.ACQUIRED):
                return since
            heapq.heappop(self._idle_since)
        raise AssertionError("no machine is idle")

    def _why_unwanted(self, machine: PooledMachine, idle: Idle, before: Counts, *, is_over: bool) -> str:
        if 0 < self.settings.max_builds <= machine.uses:
            return "Too many builds"
        if is_at_limit(self.settings.limit, before):
            return "Too many machines"
        if is_over and is_surplus(self._rules, idle, before):
            return _TOO_MANY_IDLE
        return ""

    def _begin_idle(self, machine: PooledMachine) -> None:
        heapq.heappush(self._idle, -machine.life.number)
        heapq.heappush(self._idle_since, (machine.used, machine.life.number))

    def _count(self, machine: PooledMachine, change: int) -> None:
        name = machine.state.value
        setattr(self.all, name, getattr(self.all, name) + change)
        if machine.is_seen:
            setattr(self.seen, name, getattr(self.seen, name) + change)
            if machine.state in self._counted_states:
                place = bisect.bisect_left(self._counted, machine.life.number)
                if change > 0:
                    self._counted.insert(place, machine.life.number)
                else:
                    del self._counted[place]


def _span(idle: Idle) -> int:
    """The idle time in microseconds: none at all is over at once, even at the moment of a release."""
    return round(idle.time * 1_000_000) or -1
