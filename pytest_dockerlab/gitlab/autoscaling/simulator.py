"""A runner at work: its feeder, its workers, and the lock under which they look after machines."""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Callable, Sequence

from ...messages import _
from .chronicle import Chronicle
from .pool import PooledMachine
from .rules import CURRENT, Rules, may_create_on_demand
from .section import Attempt, Section
from .settings import USUAL_TIMES, Job, Settings, Times
from .simulation import JobRun, Simulation, What
from .timeline import SECOND, Timeline, TooLong, micros

__all__ = ["NOON", "simulate"]

NOON = datetime.datetime(2018, 2, 28, 12, tzinfo=datetime.UTC)
"""A Wednesday at noon, when people work."""
_MINUTE = 60 * SECOND
_MOST_PERIODS = 200
_STEPS = 1000
"""Of the time until something is known to happen, after one of which it is asked whether another period is on."""
_DEFAULT_INTERVAL = 3
_ROUNDS = 10
"""Of polls without any change, after which none comes."""


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
    gives the same result. Raises :class:`.timeline.TooLong`, and :class:`.periods.UnreadablePeriod`.
    """
    if sum(runner.expressions for runner in settings.runners) > _MOST_PERIODS:
        raise TooLong(_("there are more than {count} periods", count=_MOST_PERIODS))
    return _Runner(settings, jobs, times, Rules.of(version), clock).run(on_disk)


class _Runner:
    """The feeder, the workers, the lock and the queue."""

    def __init__(
        self, settings: Settings, jobs: Sequence[Job], times: Times, rules: Rules, clock: datetime.datetime
    ) -> None:
        self._rules = rules
        self._times = times
        self._timeline = Timeline()
        self._chronicle = Chronicle(self._timeline)
        self._sections = [
            Section(number, each, times, rules, self._timeline, self._chronicle, clock)
            for number, each in enumerate(settings.runners)
        ]
        interval = micros(settings.check_interval if settings.check_interval > 0 else _DEFAULT_INTERVAL)
        self._interval = max(interval // max(len(self._sections), 1), 1)
        self._long = _ROUNDS * (
            interval + micros(times.request) + micros(times.acquire) * min(settings.concurrent, _ROUNDS)
        )
        self._free_workers = settings.concurrent
        self._is_feeder_blocked = False
        self._next_section = 0
        self._is_locked = False
        self._lock_queue: deque[Callable[[], None]] = deque()
        self._runs = [JobRun(number, job) for number, job in enumerate(sorted(jobs, key=lambda job: job.at), 1)]
        self._arrived = 0
        self._handed_out = 0

    def run(self, on_disk: int) -> Simulation:
        """Until nothing changes any more."""
        for _number in range(on_disk):
            self._sections[0].adopt()
        self._timeline.feed_later(0, self._feed)
        self._timeline.run()
        told = self._chronicle
        end = self._timeline.changed / SECOND
        return Simulation(tuple(told.states), tuple(told.machines), tuple(self._runs), tuple(told.events), end)

    # The feeder gives a section to a free worker, and sleeps.

    def _feed(self) -> None:
        self._note_arrivals()
        if not self._free_workers:
            self._is_feeder_blocked = True
            return
        if (quiet := self._quiet_polls()) is None:
            self._timeline.stop()
            return
        section = self._sections[self._next_section]
        turns = quiet or 1
        self._next_section = (self._next_section + turns) % len(self._sections)
        self._timeline.feed_later(turns * self._interval, self._feed)
        if not quiet:
            self._work(section)

    def _quiet_polls(self) -> int | None:
        """How many polls from now on change nothing, as the last one of every section did; ``None`` for all to come."""
        timeline = self._timeline
        if any(each.quiet_since != timeline.change or each.idle != each.looked_with for each in self._sections):
            return 0
        moments = []
        if self._arrived < len(self._runs):
            moments.append(micros(self._runs[self._arrived].job.at))
        for section in self._sections:
            if (end := section.pool.next_expiry(section.idle, section.looked)) is not None:
                moments.append(end + 1)
        # Polls that are answered after the next one began are always to come.
        is_long = timeline.next is None or timeline.now - timeline.changed > self._long
        if not moments and not timeline.pending and is_long:
            return None
        if timeline.next is not None:
            moments.append(timeline.next)
        until = min(moments)
        if any(section.has_periods for section in self._sections):
            until = min(until, timeline.now + max(_MINUTE, (until - timeline.now) // _STEPS))
        return max(-(-(until - timeline.now) // self._interval), 0)

    def _work(self, section: Section) -> None:
        """A worker takes a section: what may be done about a job is asked before or after machines are looked at."""
        self._free_workers -= 1
        if self._rules.acquires_first or section.reserve():
            self._lock(lambda: self._acquire(section))
        else:
            self._poll_ends(section, self._timeline.change)

    def _poll_ends(self, section: Section, change: int) -> None:
        """A poll without a job."""
        if change == self._timeline.change:
            section.quiet_since = change
        self._worker_is_free()

    def _worker_is_free(self) -> None:
        self._free_workers += 1
        if self._is_feeder_blocked:
            self._is_feeder_blocked = False
            self._timeline.feed_later(0, self._feed)

    # Machines are looked after by one worker at a time.

    def _lock(self, action: Callable[[], None]) -> None:
        self._lock_queue.append(action)
        if not self._is_locked:
            self._is_locked = True
            self._timeline.poll_later(0, self._locked)

    def _locked(self) -> None:
        self._lock_queue.popleft()()

    def _unlock(self) -> None:
        self._is_locked = bool(self._lock_queue)
        if self._is_locked:
            self._timeline.poll_later(0, self._locked)

    def _acquire(self, section: Section) -> None:
        change = self._timeline.change
        counts = section.look_after()
        if change != self._timeline.change:
            change = -1
        if (free := section.pool.take_newest_idle()) is not None:
            self._timeline.poll_later(self._times.acquire, lambda: self._acquired(section, free, change))
            return
        self._unlock()
        idle, settings = section.idle, section.settings
        if idle.count <= 0 and (
            self._rules.on_demand_above_limit
            or may_create_on_demand(idle, settings.limit, settings.max_growth_rate, counts)
        ):
            self._ask(section, None, change)
            return
        if not self._rules.acquires_first:
            section.builds -= 1
            section.requests -= 1
        self._poll_ends(section, change)

    def _acquired(self, section: Section, machine: PooledMachine, change: int) -> None:
        self._unlock()
        self._ask(section, machine, change)

    # A job is asked for, and runs.

    def _ask(self, section: Section, machine: PooledMachine | None, change: int) -> None:
        if self._rules.acquires_first and not section.reserve():
            self._without_job(section, machine, change)
            return
        self._timeline.poll_later(self._times.request, lambda: self._answered(section, machine, change))

    def _answered(self, section: Section, machine: PooledMachine | None, change: int) -> None:
        section.requests -= 1
        self._note_arrivals()
        if self._handed_out == self._arrived:
            section.builds -= 1
            self._without_job(section, machine, change)
            return
        run = self._runs[self._handed_out]
        self._handed_out += 1
        self._timeline.note_change()
        run.handed_out = self._timeline.seconds
        self._chronicle.happened(What.HANDED_OUT, machine.life if machine is not None else None, run)
        if self._free_workers and not section.settings.strict_check_interval:
            self._work(section)
        if machine is not None:
            self._timeline.later(self._times.use, lambda: self._start(section, run, machine))
        else:
            section.find_machine(
                Attempt(run, lambda found: self._start(section, run, found), lambda: self._give_up(section, run))
            )

    def _without_job(self, section: Section, machine: PooledMachine | None, change: int) -> None:
        if machine is not None:
            section.release(machine)
        self._poll_ends(section, change)

    def _note_arrivals(self) -> None:
        while self._arrived < len(self._runs) and micros(self._runs[self._arrived].job.at) <= self._timeline.now:
            self._arrived += 1
            self._timeline.note_change()

    def _start(self, section: Section, run: JobRun, machine: PooledMachine) -> None:
        section.use(machine, run)
        run.started, run.machine = self._timeline.seconds, machine.life.number
        self._chronicle.happened(What.STARTED, machine.life, run)
        self._timeline.later(run.job.seconds, lambda: self._finish(section, run, machine))

    def _finish(self, section: Section, run: JobRun, machine: PooledMachine) -> None:
        run.finished = self._timeline.seconds
        self._chronicle.happened(What.FINISHED, machine.life, run)
        section.release(machine)
        self._end_job(section)

    def _give_up(self, section: Section, run: JobRun) -> None:
        run.finished = self._timeline.seconds
        self._chronicle.happened(What.GIVEN_UP, None, run)
        self._end_job(section)

    def _end_job(self, section: Section) -> None:
        self._timeline.note_change()
        section.builds -= 1
        self._worker_is_free()
