"""What has happened so far: the machines, the events, and how many machines were in which state."""

from __future__ import annotations

from .rules import Counts
from .simulation import Event, JobRun, Machine, States, What
from .timeline import Timeline

__all__ = ["Chronicle"]


class Chronicle:
    """The record of a simulation, as it goes on. ``counts`` are those of every section."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self.counts: list[Counts] = []
        self.machines: list[Machine] = []
        self.events: list[Event] = []
        self.states = [States(0.0)]

    def new_machine(self, section: int, ordered: float | None) -> Machine:
        """The life of another machine begins."""
        life = Machine(len(self.machines) + 1, section, ordered)
        self.machines.append(life)
        return life

    def happened(self, what: What, machine: Machine | None = None, run: JobRun | None = None, reason: str = "") -> None:
        """Keep an event of this moment."""
        number = machine.number if machine is not None else None
        job = run.number if run is not None else None
        self.events.append(Event(self._timeline.seconds, what, number, job, reason))

    def count(self) -> None:
        """Keep the states of this moment, if they are others; the last of several in one moment counts."""
        states = States(
            self._timeline.seconds,
            sum(each.idle + each.acquired for each in self.counts),
            sum(each.creating for each in self.counts),
            sum(each.used for each in self.counts),
            sum(each.removing for each in self.counts),
        )
        if self.states[-1].at == states.at:
            self.states.pop()
        if not self.states or self.states[-1][1:] != states[1:]:
            self.states.append(states)
