"""A runner at work, event by event.

Time is in whole microseconds, so that what falls together does so exactly. Then a poll comes first, as the recordings
of the real runner show: what an earlier poll set going was begun a moment after that, and ends a moment after this one.
Between others the order is that in which they were begun.
"""

from __future__ import annotations

import datetime
import heapq
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from ...errors import DockerlabError
from ...messages import _
from .pool import Pool, PooledMachine, State
from .rules import CURRENT, Rules, may_create, may_create_on_demand
from .settings import USUAL_TIMES, Idle, Job, MachineSettings, Settings, Times
from .simulation import Event, JobRun, Machine, Simulation, States, What

__all__ = ["NOON", "TooLong", "simulate"]

NOON = datetime.datetime(2018, 2, 28, 12, tzinfo=datetime.UTC)
"""A Wednesday at noon, when people work."""
_SECOND = 1_000_000
_MINUTE = 60 * _SECOND
_AGES = 36_500 * 86_400 * _SECOND
"""What a calendar goes on for after the start."""
_MOST_EVENTS = 1_000_000
_MOST_MACHINES = 30_000
_MOST_PERIODS = 200
_STEPS = 1000
"""Of the time until something is known to happen, after one of which it is asked whether another period is on."""
_DEFAULT_INTERVAL = 3
_ROUNDS = 10
"""Of polls without any change, after which none comes."""
_PROVISIONS = 3
_TRIES = 3
_PAUSE = 1 * _SECOND
"""Between one of a job's tries to get a machine and the next."""
_PREPARATIONS = 3
_BETWEEN_PREPARATIONS = 3 * _SECOND


class TooLong(DockerlabError):
    """A simulation that does not come to an end in reasonable time."""

    remedy = _("simulate fewer jobs and fewer machines")


def simulate(
    settings: Settings,
    jobs: Sequence[Job],
    times: Times = USUAL_TIMES,
    version: tuple[int, ...] = CURRENT,
    *,
    on_disk: int = 0,
    clock: datetime.datetime = NOON,
) -> Simulation:
    """Have a runner of that version start, take the jobs as they come, and come to rest.

    ``on_disk`` machines of the first section are there when it starts, and ``clock`` is the time then. The same input
    gives the same result. Raises :class:`TooLong`, and :class:`.periods.UnreadablePeriod`.
    """
    return _Runner(settings, jobs, times, Rules.of(version), clock).run(on_disk)


@dataclass(eq=False, slots=True)
class _Section:
    """One ``[[runners]]``: its machines, and what the runner counts for it."""

    number: int
    settings: MachineSettings
    pool: Pool
    builds: int = 0
    requests: int = 0
    growing: int = 0
    to_grow: deque[Callable[[], None]] = field(default_factory=deque)
    waiting: deque[_Attempt] = field(default_factory=deque)
    """Jobs that wait for any machine, since 13.6."""
    quiet_since: int = -1
    """The last change after which a poll changed nothing."""
    looked: int = 0
    """When machines were looked at last, and with which settings."""
    idle: Idle | None = None


@dataclass(eq=False, slots=True)
class _Attempt:
    """A worker with a job on the way to its machine."""

    section: _Section
    run: JobRun
    tries: int = 0


class _Runner:
    """The workers, the feeder, the lock and the queue."""

    def __init__(
        self, settings: Settings, jobs: Sequence[Job], times: Times, rules: Rules, clock: datetime.datetime
    ) -> None:
        self._rules = rules
        self._times = times
        self._clock = clock
        self._sections = []
        for number, each in enumerate(settings.runners):
            read = each.as_read_by(rules)
            self._sections.append(_Section(number, read, Pool(read, rules)))
        if sum(runner.expressions for runner in settings.runners) > _MOST_PERIODS:
            raise TooLong(_("there are more than {count} periods", count=_MOST_PERIODS))
        interval = settings.check_interval if settings.check_interval > 0 else _DEFAULT_INTERVAL
        self._interval = max(_micros(interval) // max(len(self._sections), 1), 1)
        self._long = _ROUNDS * (
            self._interval * max(len(self._sections), 1)
            + _micros(times.request)
            + _micros(times.acquire) * min(settings.concurrent, _ROUNDS)
        )
        self._free_workers = settings.concurrent
        self._is_feeder_blocked = False
        self._next_section = 0
        self._is_locked = False
        self._lock_queue: deque[tuple[_Section, Callable[[], None]]] = deque()
        self._runs = [JobRun(number, job) for number, job in enumerate(sorted(jobs, key=lambda job: job.at), 1)]
        self._arrived = 0
        self._handed_out = 0
        self._open_jobs = len(jobs)
        self._machines: list[Machine] = []
        self._creations = 0
        self._events: list[Event] = []
        self._states = [States(0.0)]
        self._change = 0
        self._changed = 0
        self._now = 0
        self._rank = 1
        self._heap: list[tuple[int, int, int, bool, Callable[[], None]]] = []
        self._pending = 0  # of them, those that are not a poll's
        self._sequence = 0
        self._is_at_rest = False

    def run(self, on_disk: int) -> Simulation:
        """Until nothing changes any more."""
        for _number in range(on_disk):
            self._adopt(self._sections[0])
        self._poll_later(0, self._feed, is_feeder=True)
        taken = 0
        while self._heap and not self._is_at_rest:
            self._now, self._rank, _sequence, is_poll, action = heapq.heappop(self._heap)
            self._pending -= not is_poll
            action()
            taken += 1
            if taken > _MOST_EVENTS:
                raise TooLong(_("the simulation did not end within {count} events", count=_MOST_EVENTS))
        return Simulation(
            tuple(self._states), tuple(self._machines), tuple(self._runs), tuple(self._events), self._changed / _SECOND
        )

    # The feeder gives a section to a free worker, and sleeps.

    def _feed(self) -> None:
        self._note_arrivals()
        if not self._free_workers:
            self._is_feeder_blocked = True
            return
        if (pause := self._quiet_polls()) is None:
            self._is_at_rest = True
            return
        if pause:
            self._next_section = (self._next_section + pause) % len(self._sections)
            self._poll_later(pause * self._interval, self._feed, is_feeder=True)
            return
        section = self._sections[self._next_section]
        self._next_section = (self._next_section + 1) % len(self._sections)
        self._poll_later(self._interval, self._feed, is_feeder=True)
        self._work(section)

    def _quiet_polls(self) -> int | None:
        """How many polls from now on change nothing, as the last one of every section did; ``None`` for all to come."""
        if any(
            section.quiet_since != self._change or self._idle(section) != section.idle for section in self._sections
        ):
            return 0
        moments = []
        if self._arrived < len(self._runs):
            moments.append(_micros(self._runs[self._arrived].job.at))
        for section in self._sections:
            if (end := section.pool.next_expiry(self._idle(section), section.looked)) is not None:
                moments.append(end + 1)
        # Polls that are answered after the next one began never leave the heap empty.
        if not moments and not self._pending and (not self._heap or self._now - self._changed > self._long):
            return None
        if self._heap:
            moments.append(self._heap[0][0])
        until = min(moments)
        if any(section.settings.periods or section.settings.off_peak for section in self._sections):
            until = min(until, self._now + max(_MINUTE, (until - self._now) // _STEPS))
        return max(-(-(until - self._now) // self._interval), 0)

    def _work(self, section: _Section) -> None:
        """A worker takes a section: what may be done about a job is asked before or after machines are looked at."""
        self._free_workers -= 1
        if self._rules.acquires_first or self._reserves(section):
            self._lock(section, lambda: self._acquire(section))
        else:
            self._poll_ends(section, self._change)

    def _reserves(self, section: _Section) -> bool:
        if 0 < section.settings.limit <= section.builds:
            return False
        if section.requests >= max(section.settings.request_concurrency, 1):
            return False
        section.builds += 1
        section.requests += 1
        return True

    def _poll_ends(self, section: _Section, change: int) -> None:
        """A poll without a job."""
        if change == self._change:
            section.quiet_since = change
        self._worker_is_free()

    def _worker_is_free(self) -> None:
        self._free_workers += 1
        if self._is_feeder_blocked:
            self._is_feeder_blocked = False
            self._poll_later(0, self._feed, is_feeder=True)

    # Machines are looked at by one worker at a time.

    def _lock(self, section: _Section, action: Callable[[], None]) -> None:
        self._lock_queue.append((section, action))
        if not self._is_locked:
            self._is_locked = True
            self._poll_later(0, self._locked)

    def _locked(self) -> None:
        self._lock_queue.popleft()[1]()

    def _unlock(self) -> None:
        self._is_locked = bool(self._lock_queue)
        if self._is_locked:
            self._poll_later(0, self._locked)

    def _acquire(self, section: _Section) -> None:
        pool, settings, idle = section.pool, section.settings, self._idle(section)
        change = self._change
        section.looked, section.idle = self._now, idle
        for machine, reason in pool.unwanted(idle, self._now):
            self._remove(section, machine, reason)
        counts = pool.seen.copy()
        while may_create(idle, settings.limit, settings.max_growth_rate, counts):
            self._create(section)
            counts.creating += 1
        if change != self._change:
            change = -1
        if (free := pool.take_newest_idle()) is not None:
            self._poll_later(_micros(self._times.acquire), lambda: self._acquired(section, free, change))
            return
        self._unlock()
        on_demand = idle.count <= 0 and (
            self._rules.on_demand_above_limit
            or may_create_on_demand(idle, settings.limit, settings.max_growth_rate, counts)
        )
        if on_demand:
            self._ask(section, None, change)
        else:
            self._release_reservation(section)
            self._poll_ends(section, change)

    def _acquired(self, section: _Section, machine: PooledMachine, change: int) -> None:
        self._unlock()
        self._ask(section, machine, change)

    def _release_reservation(self, section: _Section) -> None:
        if not self._rules.acquires_first:
            section.builds -= 1
            section.requests -= 1

    def _idle(self, section: _Section) -> Idle:
        if not section.settings.periods and section.settings.off_peak is None:
            return section.settings.idle
        return section.settings.idle_at(self._clock + datetime.timedelta(microseconds=min(self._now, _AGES)))

    # A job is asked for.

    def _ask(self, section: _Section, machine: PooledMachine | None, change: int) -> None:
        if self._rules.acquires_first and not self._reserves(section):
            self._without_job(section, machine, change)
            return
        self._poll_later(_micros(self._times.request), lambda: self._answered(section, machine, change))

    def _answered(self, section: _Section, machine: PooledMachine | None, change: int) -> None:
        section.requests -= 1
        self._note_arrivals()
        if self._handed_out == self._arrived:
            section.builds -= 1
            self._without_job(section, machine, change)
            return
        run = self._runs[self._handed_out]
        self._handed_out += 1
        self._note_change()
        run.handed_out = self._seconds()
        self._happened(What.HANDED_OUT, machine, run)
        if self._free_workers and not section.settings.strict_check_interval:
            self._work(section)
        attempt = _Attempt(section, run)
        if machine is not None:
            self._later(_micros(self._times.use), lambda: self._start(attempt, machine))
        else:
            self._find_machine(attempt)

    def _without_job(self, section: _Section, machine: PooledMachine | None, change: int) -> None:
        if machine is not None:
            self._release(section, machine)
        self._poll_ends(section, change)

    def _note_arrivals(self) -> None:
        while self._arrived < len(self._runs) and _micros(self._runs[self._arrived].job.at) <= self._now:
            self._arrived += 1
            self._note_change()

    # A job gets its machine, and runs.

    def _find_machine(self, attempt: _Attempt) -> None:
        section = attempt.section
        if (free := section.pool.take_newest_idle()) is not None:
            self._later(_micros(self._times.acquire + self._times.use), lambda: self._start(attempt, free))
        elif self._rules.own_machine_only:
            self._create(section, attempt)
        else:
            section.waiting.append(attempt)
            self._create(section, attempt)

    def _no_machine(self, attempt: _Attempt) -> None:
        """The creation failed that a job waited for."""
        section = attempt.section
        if not self._rules.own_machine_only:
            if attempt not in section.waiting:
                return  # it has another one
            section.waiting.remove(attempt)
        attempt.tries += 1
        if attempt.tries == _TRIES * _PREPARATIONS:
            attempt.run.finished = self._seconds()
            self._happened(What.GIVEN_UP, None, attempt.run)
            self._end_job(section)
            return
        pause = _PAUSE + (_BETWEEN_PREPARATIONS if attempt.tries % _TRIES == 0 else 0)
        self._later(pause, lambda: self._find_machine(attempt))

    def _start(self, attempt: _Attempt, machine: PooledMachine) -> None:
        run = attempt.run
        machine.used = self._now
        machine.uses += 1
        machine.life.jobs.append(run.number)
        self._move(attempt.section, machine, State.USED)
        run.started, run.machine = self._seconds(), machine.life.number
        self._happened(What.STARTED, machine, run)
        self._later(_micros(run.job.seconds), lambda: self._finish(attempt, machine))

    def _finish(self, attempt: _Attempt, machine: PooledMachine) -> None:
        attempt.run.finished = self._seconds()
        self._happened(What.FINISHED, machine, attempt.run)
        self._release(attempt.section, machine)
        self._end_job(attempt.section)

    def _end_job(self, section: _Section) -> None:
        self._note_change()
        section.builds -= 1
        self._worker_is_free()

    def _release(self, section: _Section, machine: PooledMachine) -> None:
        if machine.state is State.USED:
            machine.used = self._now
        if 0 < section.settings.max_builds <= machine.uses:
            self._remove(section, machine, "Too many builds")
            return
        self._move(section, machine, State.IDLE)
        self._offer(section)

    def _offer(self, section: _Section) -> None:
        """The longest waiting job takes a machine that is free."""
        if section.waiting and (free := section.pool.take_newest_idle()) is not None:
            attempt = section.waiting.popleft()
            self._later(_micros(self._times.acquire + self._times.use), lambda: self._start(attempt, free))

    # Machines come and go.

    def _adopt(self, section: _Section) -> None:
        life = Machine(len(self._machines) + 1, section.number, None)
        self._machines.append(life)
        section.pool.add(PooledMachine(life, State.IDLE, 0, uses=1))
        self._record()

    def _create(self, section: _Section, attempt: _Attempt | None = None) -> None:
        self._creations += 1
        if self._creations > _MOST_MACHINES:
            raise TooLong(_("the simulation created more than {count} machines", count=_MOST_MACHINES))
        life = Machine(len(self._machines) + 1, section.number, self._seconds())
        self._machines.append(life)
        is_seen = not self._rules.sees_directories_only or not self._times.directory
        machine = PooledMachine(life, State.CREATING, self._now, is_seen=is_seen)
        section.pool.add(machine)
        self._note_change()
        self._record()
        self._happened(What.ORDERED, machine)
        creation = self._creations
        if 0 < section.settings.max_growth_rate <= section.growing:
            section.to_grow.append(lambda: self._grow(section, machine, creation, attempt))
        else:
            self._grow(section, machine, creation, attempt)

    def _grow(self, section: _Section, machine: PooledMachine, creation: int, attempt: _Attempt | None) -> None:
        section.growing += 1
        failures = self._times.failures
        seconds, is_ready = self._times.creation, True
        if failures is not None and creation in failures.which:
            seconds, is_ready = failures.after, False
            machine.has_directory = failures.leaves_directory
            if self._rules.provisions_again:
                is_ready = failures.is_provisioned
                seconds += (1 if is_ready else _PROVISIONS) * (_PAUSE / _SECOND + failures.provision)
        if not machine.is_seen and machine.has_directory:
            self._later(_micros(min(self._times.directory, seconds)), lambda: self._see(section, machine))
        self._later(_micros(seconds), lambda: self._created(section, machine, is_ready, attempt))

    def _see(self, section: _Section, machine: PooledMachine) -> None:
        section.pool.see(machine)
        self._note_change()

    def _created(self, section: _Section, machine: PooledMachine, is_ready: bool, attempt: _Attempt | None) -> None:
        section.growing -= 1
        if section.to_grow:
            section.to_grow.popleft()()
        if not is_ready:
            self._happened(What.FAILED, machine)
            self._remove(section, machine, "Failed to create")
            if attempt is not None:
                self._no_machine(attempt)
            return
        machine.life.ready = self._seconds()
        machine.used = self._now
        self._happened(What.READY, machine)
        if attempt is not None and self._rules.own_machine_only:
            self._move(section, machine, State.ACQUIRED)
            self._later(_micros(self._times.use), lambda: self._start(attempt, machine))
            return
        self._move(section, machine, State.IDLE)
        self._offer(section)

    def _remove(self, section: _Section, machine: PooledMachine, reason: str) -> None:
        machine.used = self._now
        machine.life.removal, machine.life.reason = self._seconds(), reason
        self._move(section, machine, State.REMOVING)
        self._happened(What.REMOVING, machine, reason=reason)
        seconds = self._times.removal if machine.has_directory else 0.0
        self._later(_micros(seconds), lambda: self._gone(section, machine))

    def _gone(self, section: _Section, machine: PooledMachine) -> None:
        machine.life.gone = self._seconds()
        section.pool.drop(machine)
        self._note_change()
        self._record()
        self._happened(What.REMOVED, machine)

    # Bookkeeping.

    def _move(self, section: _Section, machine: PooledMachine, state: State) -> None:
        waits = (State.IDLE, State.ACQUIRED)
        is_change = not (machine.state in waits and state in waits)
        section.pool.move(machine, state)
        if is_change:
            self._note_change()
            self._record()

    def _note_change(self) -> None:
        self._change += 1
        self._changed = self._now

    def _record(self) -> None:
        totals = [section.pool.all for section in self._sections]
        states = States(
            self._seconds(),
            sum(each.idle + each.acquired for each in totals),
            sum(each.creating for each in totals),
            sum(each.used for each in totals),
            sum(each.removing for each in totals),
        )
        if self._states[-1].at == states.at:
            self._states.pop()
        if not self._states or self._states[-1][1:] != states[1:]:
            self._states.append(states)

    def _happened(
        self, what: What, machine: PooledMachine | None = None, run: JobRun | None = None, reason: str = ""
    ) -> None:
        self._events.append(
            Event(
                self._seconds(),
                what,
                machine.life.number if machine is not None else None,
                run.number if run is not None else None,
                reason,
            )
        )

    def _poll_later(self, micros: int, action: Callable[[], None], *, is_feeder: bool = False) -> None:
        self._push(micros, action, is_poll=True, is_feeder=is_feeder)

    def _later(self, micros: int, action: Callable[[], None]) -> None:
        self._pending += 1
        self._push(micros, action, is_poll=False, is_feeder=False)

    def _push(self, micros: int, action: Callable[[], None], *, is_poll: bool, is_feeder: bool) -> None:
        self._sequence += 1
        # What a poll does in no time is done before others come to it.
        rank = 0 if is_feeder else self._rank if micros == 0 else 1
        heapq.heappush(self._heap, (self._now + micros, rank, self._sequence, is_poll, action))

    def _seconds(self) -> float:
        return self._now / _SECOND


def _micros(seconds: float) -> int:
    return round(seconds * _SECOND)
