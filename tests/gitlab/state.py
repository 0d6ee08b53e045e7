"""What the fake GitLab knows: plain data, which tests change as they like while it runs."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from .pipelines import jobs_of

__all__ = ["CURRENT", "DONE", "SEED", "Commit", "Fault", "Project", "State", "User", "sha_of"]

CURRENT, SEED = (18, 6, 1), (10, 5, 3)
"""Releases: one of today, and the one of the day on which the homework was first done."""
DONE = ("success", "failed", "canceled", "skipped")
TOKEN = "glpat-0123456789abcdefTEST"


def sha_of(text: str) -> str:
    """A commit's id."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


@dataclass
class Commit:
    id: str
    message: str
    parents: list[str]
    files: dict[str, str]
    created_at: datetime


@dataclass
class Project:
    """A project. Pipelines, jobs and runners are objects as today's API has them, with times as ``datetime``."""

    id: int
    path: str
    default_branch: str = "master"
    auto_cancel: bool = True
    shared_runners: bool = True
    is_public: bool = False
    ci_config_path: str | None = None
    commits: dict[str, Commit] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    pipelines: dict[int, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[int, dict[str, Any]] = field(default_factory=dict)
    traces: dict[int, bytes] = field(default_factory=dict)
    runners: list[int] = field(default_factory=list)
    integrations: dict[str, dict[str, Any]] = field(default_factory=dict)
    pipeline_jobs: list[dict[str, Any]] = field(default_factory=lambda: [{"name": "test_unit_job", "stage": "test"}])
    """The jobs that each new pipeline has whose commit has no ``.gitlab-ci.yml`` with jobs."""
    lint_errors: Callable[[str], list[str]] = lambda content: []


@dataclass
class User:
    """Whose a token is, and what may be done with it."""

    scopes: frozenset[str] = frozenset({"api"})
    level: int = 40
    """30 is a Developer, 40 a Maintainer."""
    is_admin: bool = False
    is_member: bool = True


@dataclass
class Fault:
    """What is done in the place of an answer, where ``where`` is found in ``METHOD /path``; ``times``: so often."""

    where: str = ""
    status: int | None = None
    body: bytes = b'{"message":"a fault of the tests"}'
    headers: dict[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    delay: float = 0.0
    drops: bool = False
    """The connection is closed without an answer, or with the half of one if there is a status."""
    times: int | None = None


@dataclass
class State:
    """All of it. ``on_pipeline`` is called with each new pipeline and its project: there a runner would begin."""

    release: tuple[int, ...] = CURRENT
    projects: dict[int, Project] = field(default_factory=dict)
    runners: dict[int, dict[str, Any]] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=lambda: {TOKEN: User()})
    faults: list[Fault] = field(default_factory=list)
    clock_ahead: float = 0.0
    """Seconds that its clock is ahead of the machine's."""
    is_endless: bool = False
    """Every page of a list names a next one, with the same things on it."""
    has_links: bool = True
    external_url: str | None = None
    """How it calls itself in links; else as it is reached."""
    readiness: int = 404
    """The status at ``/-/readiness``: 404 for who is not on its own machine."""
    on_pipeline: list[Callable[[Project, dict[str, Any]], None]] = field(default_factory=list)
    on_request: list[Callable[[], None]] = field(default_factory=list)
    """Called before each answer: there time goes on."""
    requests: list[str] = field(default_factory=list)
    """``METHOD /path?query`` of each, in order."""
    tokens_seen: list[str | None] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    next_id: int = 100

    def id(self) -> int:
        """A new id."""
        self.next_id += 1
        return self.next_id

    def project(self, path: str = "homework/example", files: dict[str, str] | None = None, **fields: Any) -> Project:
        """Make a project with one commit on its default branch."""
        with self.lock:
            made = Project(self.id(), path, **fields)
            self.projects[made.id] = made
            self.commit(made, made.default_branch, files or {"README.md": "example\n"}, "Initial commit")
            return made

    def runner(self, *projects: Project, **fields: Any) -> dict[str, Any]:
        """Make a runner that is online; without projects it is the instance's."""
        with self.lock:
            id = self.id()
            kind = "project_type" if projects else "instance_type"
            self.runners[id] = {
                "id": id, "description": "my-autoscale-runner", "name": "gitlab-runner", "active": True,
                "paused": False,
                "online": True, "status": "online", "runner_type": kind, "is_shared": not projects, "ip_address": None,
                "tag_list": [], "run_untagged": True, "locked": False, "access_level": "not_protected",
                "maximum_timeout": None, "contacted_at": self.clock(), "version": "18.6.0", "revision": "abcdef01",
                "platform": "linux", "architecture": "amd64", **fields,
            }  # fmt: skip
            for each in projects:
                each.runners.append(id)
            return self.runners[id]

    def commit(self, project: Project, branch: str, files: dict[str, str], message: str, sha: str = "") -> Commit:
        """Make a commit on a branch, without a pipeline."""
        with self.lock:
            parent = project.branches.get(branch)
            before = project.commits[parent].files if parent else {}
            made = Commit(
                sha or sha_of(f"{project.path} {self.id()}"),
                message,
                [parent] if parent else [],
                {**before, **files},
                self.clock(),
            )
            project.commits[made.id] = made
            project.branches[branch] = made.id
            return made

    def push(self, project: Project, branch: str, source: str = "push") -> dict[str, Any]:
        """Make the pipeline of a branch's newest commit; what of older ones of the branch waits is canceled."""
        with self.lock:
            now, sha = self.clock(), project.branches[branch]
            pipeline: dict[str, Any] = {
                "id": self.id(), "iid": len(project.pipelines) + 1, "project_id": project.id, "status": "pending",
                "source": source, "ref": branch, "sha": sha, "web_url": f"http://gitlab.example/{project.path}/pipelines",
                "created_at": now, "updated_at": now, "started_at": None, "finished_at": None, "yaml_errors": None,
            }  # fmt: skip
            if project.auto_cancel:
                self._cancel_older(project, pipeline)
            project.pipelines[pipeline["id"]] = pipeline
            for each in jobs_of(project, sha):
                self.job(project, pipeline, **each)
        for call in self.on_pipeline:
            call(project, pipeline)
        return pipeline

    def job(self, project: Project, pipeline: dict[str, Any], **fields: Any) -> dict[str, Any]:
        """Make a job of a pipeline, one that waits for a runner."""
        with self.lock:
            id = self.id()
            project.jobs[id] = {
                "id": id, "name": f"job {id}", "stage": "test", "status": "pending", "ref": pipeline["ref"],
                "tag": False,
                "coverage": None, "allow_failure": False, "created_at": self.clock(), "started_at": None,
                "finished_at": None, "duration": None, "queued_duration": None, "runner": None, "tag_list": [],
                "failure_reason": None, "pipeline": pipeline["id"], "retried": False, **fields,
            }  # fmt: skip
            return project.jobs[id]

    def finish(
        self, project: Project, job: dict[str, Any], status: str = "success", *, runner: int | None = None,
        started: datetime | None = None, finished: datetime | None = None, trace: bytes = b"Job succeeded\n",
    ) -> None:  # fmt: skip
        """Let a job have run, and its pipeline be what its jobs make it."""
        with self.lock:
            job["status"], job["runner"] = status, runner
            job["started_at"], job["finished_at"] = started or self.clock(), finished or self.clock()
            job["duration"] = (job["finished_at"] - job["started_at"]).total_seconds()
            job["queued_duration"] = (job["started_at"] - job["created_at"]).total_seconds()
            project.traces[job["id"]] = trace
            self.settle(project, project.pipelines[job["pipeline"]])

    def settle(self, project: Project, pipeline: dict[str, Any]) -> None:
        """Give a pipeline the status that its jobs make it."""
        with self.lock:
            jobs = [
                each for each in project.jobs.values() if each["pipeline"] == pipeline["id"] and not each["retried"]
            ]
            states = {
                "success" if each["allow_failure"] and each["status"] == "failed" else each["status"] for each in jobs
            }
            pipeline["status"] = _status(states)
            pipeline["updated_at"] = self.clock()
            started = [each["started_at"] for each in jobs if each["started_at"]]
            pipeline["started_at"] = min(started, default=None)
            if pipeline["status"] in DONE:
                pipeline["finished_at"] = max(
                    (each["finished_at"] for each in jobs if each["finished_at"]), default=None
                )

    def cancel(self, project: Project, pipeline: dict[str, Any]) -> None:
        """Cancel what of a pipeline is not over."""
        with self.lock:
            for job in project.jobs.values():
                if job["pipeline"] == pipeline["id"] and job["status"] not in DONE:
                    job["status"] = "canceled"
                    job["finished_at"] = self.clock()
            pipeline["status"] = "canceled"
            pipeline["updated_at"] = self.clock()

    def _cancel_older(self, project: Project, newer: dict[str, Any]) -> None:
        """Auto-cancel: pipelines of the same branch, of another commit, of which nothing has started."""
        for older in project.pipelines.values():
            is_waiting = older["status"] in ("created", "pending")
            if older["ref"] == newer["ref"] and older["sha"] != newer["sha"] and is_waiting:
                self.cancel(project, older)


def _status(states: Iterable[str]) -> str:
    found = set(states)
    for state in ("running", "pending", "created"):
        if state in found:
            return "running" if state != "running" and found & {"success", "failed"} else state
    for state in ("failed", "canceled", "success"):
        if state in found:
            return state
    return "skipped"
