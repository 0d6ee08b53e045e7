"""What the controller makes of the reports: results.json, the exit code, and the report in the terminal."""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from .. import __version__
from ..homework import Item, Kind, Tier
from ..messages import Message, _
from ..report.terminal import Report, symbols_for
from ..results import SCHEMA_VERSION, ItemResult, SubmissionResult, Verdict, exit_code
from .ledger import Ledger, State
from .run import Run

__all__ = ["ReportingPlugin"]

_MARKUP: dict[str, dict[str, bool]] = {
    "pass": {"green": True},
    "fail": {"red": True, "bold": True},
    "error": {"red": True},
    "advice": {"yellow": True},
    "skip": {"cyan": True},
    "title": {"bold": True},
    "dim": {"light": True},
    "": {},
}


class ReportingPlugin:
    """Collects the results, on the controller (in a run without xdist: the only process)."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.config = config
        self.run = run
        self.verbose = config.option.verbose
        self.results: dict[str, ItemResult] = {}
        self.collection_errors: list[str] = []
        self._items = {item.id: item for item in run.items}
        _quieten(config)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a check module that could not be loaded: its items are errors."""
        if report.failed:
            self.collection_errors.append(str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result that came with the report; an item whose worker died has none, and becomes an error."""
        data: dict[str, Any] | None = getattr(report, "dockerlab", None)
        if data is None and str(report.when) == "???":
            data = self._died(report.nodeid).to_json()
            report.dockerlab = data  # type: ignore[attr-defined]
            report.when = "setup"  # JUnit: an error, not a failure
        if data is not None:
            self.results[report.nodeid] = ItemResult.from_json(data)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """The category that pytest's closing line counts, and the progress symbol."""
        data: dict[str, Any] | None = getattr(report, "dockerlab", None)
        if data is None:
            return ("", "", "")
        verdict = Verdict(data["verdict"])
        category = "advised" if hasattr(report, "wasxfail") else verdict.value
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        letter = symbols_for(self._encoding())[verdict] if reporter is not None and reporter.isatty else ""
        return (category, letter, verdict.value.upper())

    def pytest_sessionstart(self) -> None:
        """Say beforehand that code will run. No "[100%]" on a line of its own: our report follows at once."""
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if reporter is None:
            return
        if not reporter.isatty:
            reporter._show_progress_info = False
        is_asked = self.run.settings.tier is Tier.APP and any(item.tier is Tier.APP for item in self.run.items)
        if is_asked and not self.config.option.collectonly:
            ids = [source.id for source in self.run.sources]
            shown: object = ids if len(ids) <= 3 else _("{count} submissions", count=len(ids))
            notice = _("--hw-tier app: the code of {submissions} is built and run on the docker host, within limits.",
                       submissions=shown)  # fmt: skip
            reporter.write_line(Report(language=self.run.settings.language).say(notice))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write results.json and set the exit code. An interrupt (2) and trouble of pytest's own (3, 4) stay."""
        if self.config.option.collectonly or exitstatus in (
            pytest.ExitCode.INTERNAL_ERROR,
            pytest.ExitCode.USAGE_ERROR,
        ):
            return
        interrupted = exitstatus == pytest.ExitCode.INTERRUPTED
        self.submissions = list(self._submissions(interrupted))
        settings = self.run.settings
        code = max(
            (exit_code(found.items, strict=settings.strict, highest_tier=settings.tier) for found in self.submissions),
            key=_EXIT_ORDER.index,
        )
        if self.run.unreadable and code in (0, 5):
            code = 3  # all were asked for: a gate must not take the rest for them
        if not interrupted:
            session.exitstatus = code
        if settings.results:
            path = Path(settings.results)
            path.parent.mkdir(parents=True, exist_ok=True)
            document = json.dumps(self._document(int(session.exitstatus)), ensure_ascii=False, indent=2)
            path.write_text(document + "\n", "utf-8")

    @pytest.hookimpl(tryfirst=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        if not hasattr(self, "submissions"):
            return
        encoding = self._encoding()
        report = Report(
            language=self.run.settings.language,
            symbols=symbols_for(encoding),
            width=min(terminalreporter._tw.fullwidth, 120) if terminalreporter.isatty else 120,
            verbose=self.verbose,
        )
        many = len(self.submissions) > 1 and self.verbose <= 0
        parts = (
            [report.roster(self.submissions)]
            if many
            else [report.submission(found, self.run.homeworks) for found in self.submissions]
        )
        for lines in parts:
            for line in lines:
                for piece, style in line:
                    safe = piece.encode(encoding, "backslashreplace").decode(encoding)
                    terminalreporter.write(safe, **_MARKUP[style])
                terminalreporter.line("")
        for note in self._notes():
            terminalreporter.line("")
            terminalreporter.write(report.say(note), yellow=True)
            terminalreporter.line("")
        terminalreporter.line("")

    def _encoding(self) -> str:
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        file = getattr(getattr(reporter, "_tw", None), "_file", None)
        return getattr(file, "encoding", None) or "ascii"

    def _died(self, nodeid: str) -> ItemResult:
        """The result of an item in which a worker died. If it died in one that the item needs, that one is to blame."""
        item, source = self._asked(nodeid)
        result = self.run.error(item, source, _("the worker process died during this check"))
        ledger = Ledger(self.run.folder)
        if ledger.state(nodeid) is State.DONE:
            return ledger.result(nodeid)  # its last words, at its time limit
        cause = ledger.cause_of_death(item, source, self._items)
        if cause is not item:
            result.verdict, result.because_of = Verdict.UNVERIFIED, cause.id
            result.reason = _("it depends on {item}", item=cause.id)
        return result

    def _asked(self, nodeid: str) -> tuple[Item, str | None]:
        for item in self.run.items:
            for source in _sources(item, self.run):
                if nodeid == item.node_id(source):
                    return item, source
        raise AssertionError(f"{nodeid} is no check of this run")

    def _submissions(self, interrupted: bool) -> Iterator[SubmissionResult]:
        """Every submission with a result for every item, in catalogue order; labs are attached to each."""
        for source in self.run.sources:
            items = []
            for item in self.run.items:
                nodeid = item.node_id(source.id)
                result = self.results.get(nodeid)
                if result is None:
                    result = self._missing(item, source.id, interrupted)
                items.append(result)
            revisions = {slug: dict(revision) for slug, revision in source.revisions.items()}
            yield SubmissionResult(source.id, source.path, revisions, items, self.run.settings.tier)

    def _missing(self, item: Item, source: str, interrupted: bool) -> ItemResult:
        if interrupted:
            result = self.run.error(item, source, _("the run was interrupted before it"))
            result.verdict = Verdict.UNVERIFIED
        elif self.run.partial:
            result = self.run.error(item, source, _("left out by the command line"))
            result.verdict = Verdict.UNVERIFIED
        else:
            result = self.run.error(item, source, _("it never ran"))
            result.details = "\n".join(self.collection_errors) or None
        return result

    def _notes(self) -> Iterator[Message]:
        if self.run.notes:
            yield _(
                "Note: pytest loaded {files} in this run. 'dockerlab check' runs without it.",
                files=self.run.notes,
            )
        yield from self.run.unreadable
        if self.run.partial:
            yield _("Note: a partial run, as requested on the command line.")

    def _document(self, code: int) -> dict[str, Any]:
        run = self.run
        return {
            "schema": SCHEMA_VERSION,
            "tool": {
                "name": "pytest-dockerlab",
                "version": __version__,
                "python": platform.python_version(),
                "pytest": pytest.__version__,
                "platform": platform.platform(),
            },
            "course": run.course.name,
            "homework": [{"slug": hw.slug, "number": hw.number, "title": hw.title} for hw in run.homeworks],
            "tier": str(run.settings.tier),
            "strict": run.settings.strict,
            "partial": bool(run.partial),
            "docker_host": next(
                (r.evidence["docker host"] for r in self.results.values() if "docker host" in r.evidence), None
            ),
            "start": datetime.fromtimestamp(run.started, UTC).isoformat(timespec="seconds"),
            "duration": round(time.time() - run.started, 3),
            "exit": code,
            "submissions": [found.to_json() for found in self.submissions],
        }


_EXIT_ORDER = (0, 5, 3, 1)
"""From best to worst: over several submissions the worst decides."""


def _sources(item: Item, run: Run) -> list[str | None]:
    return [None] if item.kind is Kind.LAB else [source.id for source in run.sources]


def _quieten(config: pytest.Config) -> None:
    """Leave the terminal to our report: pytest's own sections say the same in the words of a programmer."""
    option = config.option
    if option.verbose <= 0:
        option.verbose = -1
        option.no_header = True
    option.tbstyle = "no"
    option.reportchars = ""
    option.showcapture = "no"
