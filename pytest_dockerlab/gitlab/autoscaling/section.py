"""One ``[[runners]]`` at work: its machines come and go, and jobs that were handed out get theirs."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from ...messages import _
from .chronicle import Chronicle
from .pool import Pool, PooledMachine, State
from .rules import Counts, Rules, may_create
from .settings import Idle, MachineSettings, Times
from .simulation import JobRun, What
from .timeline import SECOND, Timeline, TooLong

__all__ = ["Attempt", "Section"]

_MOST_MACHINES = 30_000
_AGES = 36_500 * 86_400 * SECOND
"""What a calendar goes on for after the start."""
_PROVISIONS = 3
_TRIES = 3
_PAUSE = 1.0
"""Between one of a job's tries to get a machine and the next."""
_PREPARATIONS = 3
_BETWEEN_PREPARATIONS = 3.0


@dataclass(eq=False, slots=True)
class Attempt:
    """A job on the way to its machine, and what comes of it."""

    run: JobRun
    start: Callable[[PooledMachine], None]
    give_up: Callable[[], None]
    tries: int = 0


class Section:
    """The machines of one section, and what the runner counts for it."""

    def __init__(
        self,
        number: int,
        settings: MachineSettings,
        times: Times,
        rules: Rules,
        timeline: Timeline,
        chronicle: Chronicle,
        clock: datetime.datetime,
    ) -> None:
        self.number = number
        self.settings = settings.as_read_by(rules)
        self.pool = Pool(self.settings, rules)
        self.builds = 0
        self.requests = 0
        self.quiet_since = -1
        """The last change after which a poll changed nothing."""
        self.looked = 0
        """When machines were looked at last, and with which settings."""
        self.looked_with: Idle | None = None
        self._times = times
        self._rules = rules
        self._timeline = timeline
        self._chronicle = chronicle
        self._clock = clock
        self._growing = 0
        self._to_grow: deque[Callable[[], None]] = deque()
        self._waiting: deque[Attempt] = deque()  # for any machine, since 13.6
        chronicle.counts.append(self.pool.all)

    @property
    def has_periods(self) -> bool:
        """Whether the idle settings depend on the time."""
        return bool(self.settings.periods) or self.settings.off_peak is not None

    @property
    def idle(self) -> Idle:
        """The idle settings now."""
        if not self.has_periods:
            return self.settings.idle
        return self.settings.idle_at(self._clock + datetime.timedelta(microseconds=min(self._timeline.now, _AGES)))

    def reserve(self) -> bool:
        """Whether there may be another job, and another request for one; then they are counted."""
        if 0 < self.settings.limit <= self.builds:
            return False
        if self.requests >= max(self.settings.request_concurrency, 1):
            return False
        self.builds += 1
        self.requests += 1
        return True

    def look_after(self) -> Counts:
        """Remove machines that are too many, and order those that are missing. Returns what there is then."""
        idle, settings = self.idle, self.settings
        self.looked, self.looked_with = self._timeline.now, idle
        for machine, reason in self.pool.unwanted(idle, self._timeline.now):
            self._remove(machine, reason)
        counts = self.pool.seen.copy()
        while may_create(idle, settings.limit, settings.max_growth_rate, counts):
            self._create()
            counts.creating += 1
        return counts

    # Jobs get a machine, and give it back.

    def find_machine(self, attempt: Attempt) -> None:
        """Give a job without a machine any that is idle, else have one created."""
        if (free := self.pool.take_newest_idle()) is not None:
            self._give(attempt, free)
            return
        if not self._rules.own_machine_only:
            self._waiting.append(attempt)
        self._create(attempt)

    def use(self, machine: PooledMachine, run: JobRun) -> None:
        """A job begins on a machine."""
        machine.used = self._timeline.now
        machine.uses += 1
        machine.life.jobs.append(run.number)
        self._move(machine, State.USED)

    def release(self, machine: PooledMachine) -> None:
        """A machine has no job any more, or was given none."""
        if machine.state is State.USED:
            machine.used = self._timeline.now
        if 0 < self.settings.max_builds <= machine.uses:
            self._remove(machine, "Too many builds")
            return
        self._move(machine, State.IDLE)
        self._offer()

    def _offer(self) -> None:
        """The job that waits longest takes a machine that is free."""
        if self._waiting and (free := self.pool.take_newest_idle()) is not None:
            self._give(self._waiting.popleft(), free)

    def _give(self, attempt: Attempt, machine: PooledMachine) -> None:
        self._timeline.later(self._times.acquire + self._times.use, lambda: attempt.start(machine))

    def _fail(self, attempt: Attempt) -> None:
        """The creation failed that a job waited for."""
        if not self._rules.own_machine_only:
            if attempt not in self._waiting:
                return  # it has another machine
            self._waiting.remove(attempt)
        attempt.tries += 1
        if attempt.tries == _TRIES * _PREPARATIONS:
            attempt.give_up()
            return
        pause = _PAUSE + (_BETWEEN_PREPARATIONS if attempt.tries % _TRIES == 0 else 0)
        self._timeline.later(pause, lambda: self.find_machine(attempt))

    # Machines come and go.

    def adopt(self) -> None:
        """A machine is there from the beginning."""
        self.pool.add(PooledMachine(self._chronicle.new_machine(self.number, None), State.IDLE, 0, uses=1))
        self._chronicle.count()

    def _create(self, attempt: Attempt | None = None) -> None:
        life = self._chronicle.new_machine(self.number, self._timeline.seconds)
        if life.number > _MOST_MACHINES:
            raise TooLong(_("the simulation created more than {count} machines", count=_MOST_MACHINES))
        is_seen = not self._rules.sees_directories_only or not self._times.directory
        machine = PooledMachine(life, State.CREATING, self._timeline.now, is_seen=is_seen)
        self.pool.add(machine)
        self._changed()
        self._chronicle.happened(What.ORDERED, life)
        if 0 < self.settings.max_growth_rate <= self._growing:
            self._to_grow.append(lambda: self._grow(machine, attempt))
        else:
            self._grow(machine, attempt)

    def _grow(self, machine: PooledMachine, attempt: Attempt | None) -> None:
        self._growing += 1
        failures = self._times.failures
        seconds, is_ready = self._times.creation, True
        if failures is not None and machine.life.number in failures.which:
            seconds, is_ready = failures.after, False
            machine.has_directory = failures.leaves_directory
            if self._rules.provisions_again:
                is_ready = failures.is_provisioned
                seconds += (1 if is_ready else _PROVISIONS) * (_PAUSE + failures.provision)
        if not machine.is_seen and machine.has_directory:
            self._timeline.later(min(self._times.directory, seconds), lambda: self._see(machine))
        self._timeline.later(seconds, lambda: self._created(machine, attempt, is_ready=is_ready))

    def _see(self, machine: PooledMachine) -> None:
        self.pool.see(machine)
        self._timeline.note_change()

    def _created(self, machine: PooledMachine, attempt: Attempt | None, *, is_ready: bool) -> None:
        self._growing -= 1
        if self._to_grow:
            self._to_grow.popleft()()
        if not is_ready:
            self._chronicle.happened(What.FAILED, machine.life)
            self._remove(machine, "Failed to create")
            if attempt is not None:
                self._fail(attempt)
            return
        machine.life.ready = self._timeline.seconds
        machine.used = self._timeline.now
        self._chronicle.happened(What.READY, machine.life)
        if attempt is not None and self._rules.own_machine_only:
            self._move(machine, State.ACQUIRED)
            self._timeline.later(self._times.use, lambda: attempt.start(machine))
            return
        self._move(machine, State.IDLE)
        self._offer()

    def _remove(self, machine: PooledMachine, reason: str) -> None:
        machine.used = self._timeline.now
        machine.life.removal, machine.life.reason = self._timeline.seconds, reason
        self._move(machine, State.REMOVING)
        self._chronicle.happened(What.REMOVING, machine.life, reason=reason)
        self._timeline.later(self._times.removal if machine.has_directory else 0.0, lambda: self._gone(machine))

    def _gone(self, machine: PooledMachine) -> None:
        machine.life.gone = self._timeline.seconds
        self.pool.drop(machine)
        self._changed()
        self._chronicle.happened(What.REMOVED, machine.life)

    def _move(self, machine: PooledMachine, state: State) -> None:
        waits = (State.IDLE, State.ACQUIRED)
        is_change = not (machine.state in waits and state in waits)
        self.pool.move(machine, state)
        if is_change:
            self._changed()

    def _changed(self) -> None:
        self._timeline.note_change()
        self._chronicle.count()
