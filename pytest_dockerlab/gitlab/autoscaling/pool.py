"""The machines of one ``[[runners]]``, in the order of their names, which is that of their creation."""

from __future__ import annotations

import enum
import heapq
from dataclasses import dataclass

from .rules import Counts, Rules, enough_waiting, is_at_limit, is_surplus
from .settings import Idle, MachineSettings
from .simulation import Machine

__all__ = ["Pool", "PooledMachine", "State"]


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
        self._idle: list[int] = []  # a heap of negative numbers, so the newest first; some are removed meanwhile
        self._has_adopted = False
        self.seen = Counts()
        self.all = Counts()

    def add(self, machine: PooledMachine) -> None:
        """A machine more, newer than all others."""
        self._machines[machine.life.number] = machine
        self._count(machine, 1)
        self._if_idle(machine)
        self._has_adopted |= machine.uses > 0

    def move(self, machine: PooledMachine, state: State) -> None:
        """Have a machine in another state."""
        self._count(machine, -1)
        machine.state = state
        self._count(machine, 1)
        self._if_idle(machine)

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
        if not self._may_be_unwanted(idle):
            return []
        found = []
        before = Counts()
        for machine in self._machines.values():
            if not machine.is_seen:
                continue
            state = machine.state
            if state is State.IDLE and (reason := self._why_unwanted(machine, idle, before, now)):
                found.append((machine, reason))
                state = State.REMOVING
            setattr(before, state.value, getattr(before, state.value) + 1)
        return found

    def next_expiry(self, idle: Idle, since: int) -> int | None:
        """After which moment another machine may be one too many, for those that were not at ``since``."""
        if not self._may_be_unwanted(idle):
            return None
        ends = (machine.used + _span(idle) for machine in self._machines.values() if machine.state is State.IDLE)
        return min((end for end in ends if end >= since), default=None)

    def _may_be_unwanted(self, idle: Idle) -> bool:
        """Whether a look at every machine is worth while: there may be ten thousand."""
        counts = self.seen
        if not counts.idle:
            return False
        if (self._has_adopted and self.settings.max_builds) or 0 < self.settings.limit < counts.total:
            return True
        others = counts.available - 1
        if self._rules.removes_by_idle_only:
            return counts.idle - 1 >= idle.count
        return others >= idle.count or (idle.scale_factor > 0 and enough_waiting(idle, Counts(idle=others)))

    def _why_unwanted(self, machine: PooledMachine, idle: Idle, before: Counts, now: int) -> str:
        if 0 < self.settings.max_builds <= machine.uses:
            return "Too many builds"
        if is_at_limit(self.settings.limit, before):
            return "Too many machines"
        if now - machine.used > _span(idle) and is_surplus(self._rules, idle, before):
            return "Too many idle machines"
        return ""

    def _if_idle(self, machine: PooledMachine) -> None:
        if machine.state is State.IDLE:
            heapq.heappush(self._idle, -machine.life.number)

    def _count(self, machine: PooledMachine, change: int) -> None:
        name = machine.state.value
        setattr(self.all, name, getattr(self.all, name) + change)
        if machine.is_seen:
            setattr(self.seen, name, getattr(self.seen, name) + change)


def _span(idle: Idle) -> int:
    """The idle time in microseconds: none at all is over at once, even at the moment of a release."""
    return round(idle.time * 1_000_000) or -1
