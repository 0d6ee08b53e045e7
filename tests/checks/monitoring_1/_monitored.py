"""A project that a real Prometheus watches, whose services are pages of metrics, and what the checks say of it."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.findings import Unverified, collecting
from pytest_dockerlab.messages import Message, text
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.run.verdict import decide
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import said
from tests.monitoring.servers import Exporter, exporter, job, prometheus

UI = "ui_health 1\nui_health_comment_availability 1\nui_health_post_availability 1\n"
COMMENT = "comment_health 1\ncomment_health_mongo_availability 1\n"
NODE = 'node_load1 0.5\nnode_cpu_seconds_total{cpu="0",mode="idle"} 10\n'
WELL = {"/ui": UI, "/comment": COMMENT, "/node": NODE}
"""What the services export when all is well, by path."""
FAST = Course(time_limits={"up": 1.0})
"""What is not there is not waited for."""


class Project:
    """A project whose parts are stopped as a test has it. ``stopped`` are those that are."""

    is_ours = True
    age = 0.0

    def __init__(self, server: PrometheusServer) -> None:
        self.prometheus = server
        self.missing: dict[str, Message] = {}
        self.stopped: list[str] = []
        self.started: list[str] = []

    def url(self, role: str) -> str | None:
        return None

    def stop(self, role: str) -> None:
        self.stopped.append(role)

    def start(self, role: str) -> None:
        self.started.append(role)

    def watch(self) -> None:
        pass


class Site:
    """A Prometheus whose targets are the pages of one server."""

    def __init__(self, url: str, pages: Exporter, jobs: Sequence[str]) -> None:
        self.server = PrometheusServer(url)
        self._pages = pages
        self._jobs = jobs
        self._marks = itertools.count(1)

    def export(self, pages: Mapping[str, str], *, unreadable: str = "") -> None:
        """Have the targets export these pages, and wait until Prometheus has seen them; one without a page is down."""
        mark = next(self._marks)
        self._pages.pages = {path: f"{page}mark {mark}\n" for path, page in pages.items()}
        well = set(pages) - {unreadable}

        def is_seen(server: PrometheusServer) -> bool:
            targets = {target.labels["path"]: target for target in server.targets()}
            up = {path: target.health for path, target in targets.items()}
            marks = [sample.value for sample in server.query("mark")]
            is_late = any("deadline" in target.last_error for target in targets.values())  # of a busy machine
            return (
                up == {path: "up" if path in well else "down" for path in self._jobs}
                and marks == [mark] * len(well)
                and not is_late
            )

        assert self.server.wait_for(is_seen, Deadline(60)), self.server.targets()


@contextlib.contextmanager
def site(folder: Path, jobs: Mapping[str, Mapping[str, Any]]) -> Iterator[Site]:
    """A :class:`Site`: by path, the settings of the job. A page may name its own job and instance."""
    with exporter(WELL) as pages:
        configured = []
        for path, settings in jobs.items():
            made = job(path.strip("/"), pages.address, metrics_path=path, honor_labels=True) | settings
            made["static_configs"][0]["labels"] = {"path": path, "instance": f"{path.strip('/')}:9292"}
            configured.append(made)
        with prometheus(folder, configured) as url:
            yield Site(url, pages, list(jobs))


def judge(id: str, project: Project, course: Course = FAST, folder: Path | None = None, **fixtures: Any) -> ItemResult:
    """What comes of an item where no other one is in the run: it tells everything itself."""
    item = catalogue.load().items[id]
    here = folder or Path(__file__).parent  # where there is no configuration to be compared with
    given = {"monitored": project, "hw_course": course, "submission": Submission("sample", WorkTree(here)), **fixtures}
    exception: Exception | None = None
    with collecting() as collected:
        try:
            names = item.function.__code__.co_varnames[: item.function.__code__.co_argcount]
            item.function(**{name: given[name] for name in names})
        except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
            exception = error
    cause = getattr(exception, "because_of", None)
    if isinstance(exception, Unverified) and cause is not None:
        collected.findings += exception.findings
        exception = None
    result = decide(item, item.level, 1.0, collected, exception, repr(exception))
    result.because_of = cause
    return result


def words(result: ItemResult) -> str:
    """All that a result says, in English."""
    remarks = [text(part) for part in (result.reason, result.remedy) if part is not None]
    return "\n".join([*(said(each) for each in result.findings), *remarks])


def is_wrong(result: ItemResult) -> bool:
    """Whether the item failed; an error is none."""
    assert result.verdict in (Verdict.PASSED, Verdict.FAILED), words(result)
    return result.verdict is Verdict.FAILED
