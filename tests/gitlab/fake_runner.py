"""A runner of the fake GitLab: it takes jobs as the autoscaling model says, and writes logs as a real one does.

Its time is the fake's, which goes on with every request: nothing waits for anything, and every run of a test is the
same. Jobs that come later change nothing of what happened before, so the model is asked again with all of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_dockerlab.gitlab.autoscaling.settings import Idle, Job, MachineSettings, Settings, Times
from pytest_dockerlab.gitlab.autoscaling.simulation import Event, What
from pytest_dockerlab.gitlab.autoscaling.simulator import simulate

from .fake import FakeGitlab
from .pipelines import script_of
from .state import DONE, Project

__all__ = ["FakeRunner"]

BEGIN = datetime(2026, 11, 20, 10, tzinfo=UTC)
_AN_AGE = 10.0**6
_SLEEP = re.compile(r"\bsleep (\d+)")


@dataclass(eq=False)
class FakeRunner:
    """A runner of the project, from the moment at which it is made.

    What it says and does may be changed at any time: ``says`` is the output of jobs by name, ``fails`` their failure
    reasons, ``hangs`` those that never end.
    """

    fake: FakeGitlab
    project: Project
    concurrent: int = 5
    settings: MachineSettings = field(default_factory=lambda: MachineSettings(limit=5, idle=Idle(1, 600)))
    times: Times = field(default_factory=Times)
    version: tuple[int, ...] = (18, 6, 0)
    executor: str = "docker+machine"
    machine_name: str = "gitlab-runner-%s"
    short_token: str = "be2265a1"
    step: float = 5.0
    """Seconds from one request to the next."""
    usual_seconds: float = 20.0
    says: dict[str, str] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    hangs: set[str] = field(default_factory=set)
    now: float = 300.0
    """Seconds since it was started: its first machine is idle."""
    data: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        self.data = self.fake.runner(self.project, version=".".join(map(str, self.version)))
        self._arrivals: list[tuple[float, int]] = []
        self._known: dict[tuple[Job, ...], tuple[Event, ...]] = {}
        self._scripts: dict[int, list[str]] = {}
        self._done = 0
        self.fake.clock = lambda: BEGIN + timedelta(seconds=self.now)
        self.fake.on_request.append(lambda: self.advance(self.step))
        self.fake.on_pipeline.append(lambda _project, pipeline: self._take(pipeline, self.now))

    def run_all(self) -> None:
        """Let time go on until no job can go on."""
        self.advance(24 * 3600)

    def advance(self, seconds: float) -> None:
        """Let time go on."""
        with self.fake.lock:
            until = self.now + seconds
            while self._next(until):
                pass
            self.now = until

    def machine(self, number: int) -> str:
        """The name of a machine."""
        stamp = f"{int(BEGIN.timestamp()) + number}-{number:08x}"
        return f"runner-{self.short_token.lower()}-{self.machine_name.replace('%s', stamp)}"

    def _take(self, pipeline: dict[str, Any], at: float) -> None:
        known = {job for _at, job in self._arrivals}
        for job in self.project.jobs.values():
            if job["pipeline"] == pipeline["id"] and job["status"] == "pending" and job["id"] not in known:
                self._arrivals.append((at, job["id"]))

    def _next(self, until: float) -> bool:
        """Let the next thing happen, if it does until then."""
        if self.data["paused"] or not self.data["online"]:
            return False
        self._arrivals = [each for each in self._arrivals if not self._was_canceled_in_time(each[1])]
        jobs = tuple(Job(at, self._seconds(id)) for at, id in self._arrivals)
        for event in self._events(jobs)[self._done :]:
            if event.at > until:
                return False
            self._done += 1
            if event.job is None or event.what not in (What.HANDED_OUT, What.STARTED, What.FINISHED):
                continue
            self.now = max(self.now, event.at)
            self._happens(event.what, self._arrivals[event.job - 1][1], event.machine)
            return True
        return False

    def _events(self, jobs: tuple[Job, ...]) -> tuple[Event, ...]:
        if jobs not in self._known:
            settings = Settings((self.settings,), self.concurrent, 5)
            self._known = {jobs: simulate(settings, jobs, self.times, self.version).events}
        return self._known[jobs]

    def _was_canceled_in_time(self, id: int) -> bool:
        job = self.project.jobs[id]
        return bool(job["status"] == "canceled" and job["started_at"] is None)

    def _happens(self, what: What, id: int, machine: int | None) -> None:
        job = self.project.jobs[id]
        pipeline = self.project.pipelines[job["pipeline"]]
        if job["status"] in DONE:
            return
        if what is What.HANDED_OUT:
            job |= {"status": "running", "runner": self.data["id"], "started_at": self.fake.clock()}
            self.fake.settle(self.project, pipeline)
        elif what is What.STARTED:
            self.project.traces[id] = self._log(job, machine or 0, ending="").encode()
        else:
            reason = self.fails.get(job["name"])
            ending = "\x1b[32;1mJob succeeded" if reason is None else "\x1b[31;1mERROR: Job failed: exit code 1"
            job["failure_reason"] = reason
            self.fake.finish(
                self.project, job, "success" if reason is None else "failed", runner=self.data["id"],
                started=job["started_at"], trace=self._log(job, machine or 0, f"{ending}\x1b[0;m\n").encode(),
            )  # fmt: skip
            self._go_on(pipeline)

    def _go_on(self, pipeline: dict[str, Any]) -> None:
        """Begin with the next stage, where the one before is over."""
        jobs = [each for each in self.project.jobs.values() if each["pipeline"] == pipeline["id"]]
        if any(each["status"] in ("pending", "running") for each in jobs):
            return
        waiting = [each for each in jobs if each["status"] == "created"]
        is_failed = any(each["status"] == "failed" and not each["allow_failure"] for each in jobs)
        for each in waiting:
            if is_failed:
                each["status"] = "skipped"
            elif each["stage"] == waiting[0]["stage"]:
                each["status"] = "pending"
        self.fake.settle(self.project, pipeline)
        self._take(pipeline, self.now + 0.001)

    def _seconds(self, id: int) -> float:
        job = self.project.jobs[id]
        if job["name"] in self.hangs:
            return _AN_AGE
        sleeps = [_SLEEP.search(line) for line in self._script(job)]
        return sum(float(found[1]) for found in sleeps if found) or self.usual_seconds

    def _script(self, job: dict[str, Any]) -> list[str]:
        if job["id"] not in self._scripts:
            sha = self.project.pipelines[job["pipeline"]]["sha"]
            self._scripts[job["id"]] = script_of(self.project, sha, job["name"])
        return self._scripts[job["id"]]

    def _log(self, job: dict[str, Any], machine: int, ending: str) -> str:
        is_old = self.version < (12, 9)
        host = self.machine(machine) if self.executor == "docker+machine" else "manager.example"
        clock = int(self.fake.clock().timestamp())

        def section(name: str, lines: list[str]) -> list[str]:
            begin, end = f"section_start:{clock}:{name}\r\x1b[0K", f"section_end:{clock}:{name}\r\x1b[0K"
            return [begin + (lines[0] if lines else ""), *lines[1:], end]

        commands = [f"\x1b[32;1m$ {line}\x1b[0;m" for line in self._script(job)]
        shown = [*commands, *self.says.get(job["name"], "").splitlines()]
        lines = [
            f"\x1b[0KRunning with gitlab-runner {'.'.join(map(str, self.version))} (abcdef01)\x1b[0;m",
            f"\x1b[0K  on {self.data['description']} {self.short_token}"
            f"{'' if self.version < (15, 8) else ', system ID: s_0123456789ab'}\x1b[0;m",
            *([] if is_old else section("prepare_executor", [f'Preparing the "{self.executor}" executor'])),
            *([f"Dialing instance i-{machine:04}...", f"Instance i-{machine:04} connected"]
              if self.executor in ("docker-autoscaler", "instance") else []),
            "Using Docker executor with image ruby:2.4.2 ...",
            *section("prepare_script", [f"Running on runner-{self.short_token}-project-1-concurrent-0 via {host}..."]),
            *section("build_script" if is_old else "step_script", shown),
        ]  # fmt: skip
        if self.version >= (18, 7):
            lines = [f"2026-11-20T10:00:00.000000Z 00O {line}" for line in lines]
        return "\n".join([*lines, ending])
