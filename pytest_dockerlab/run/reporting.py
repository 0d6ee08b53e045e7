"""What the controller makes of the reports: results.json, the exit code, and the report in the terminal."""

from __future__ import annotations

import contextlib
import functools
from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.terminal import TerminalReporter

from ..feedback import Shown
from ..homework import Tier
from ..messages import Message, _, reason_of
from ..report.code_quality import code_quality
from ..report.lines import Line, Lines
from ..report.roster import RosterReport
from ..report.terminal import Report, symbols_for, word_of
from ..results import ItemResult, SubmissionResult, Verdict, exit_code
from .gathered import INTERRUPTED, Gathered
from .output_files import is_replaceable, remove_old, write_json, write_text
from .results_file import ResultsFile
from .run import ONLY_SET_UP, Run
from .slice_results import SliceResults

if TYPE_CHECKING:
    from ..report.page.view import PageView

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
        self.verbose = getattr(config.option, "verbose", 0)  # with -p no:terminal there is no such option
        self.submissions: list[SubmissionResult] | None = None
        self._gathered = Gathered(run)
        self.further_notes: list[Message] = []
        """What else is to be said at the end."""
        self._file = ResultsFile(run)
        self._slice = SliceResults(run, self._file, self._exit_code_of) if run.slice_files else None
        self._code: int | None = None
        _quieten(config)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Remember a check module that could not be loaded: its items are errors."""
        if report.failed:
            self._gathered.collection_errors.append(str(report.longrepr))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep the result that came with the report; an item whose worker died has none, and becomes an error."""
        data: dict[str, Any] | None = getattr(report, "dockerlab", None)
        if data is None and str(report.when) == "???":
            data = self._gathered.of_a_dead_worker(report.nodeid).to_json()
            report.dockerlab = data  # type: ignore[attr-defined]
            report.when = "setup"  # JUnit: an error, not a failure
        if data is not None:
            self._gathered.results[report.nodeid] = ItemResult.from_json(data)
            self._save_now_and_then()

    @pytest.hookimpl(trylast=True)
    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Hand over a submission of a slice with its last item: what was set up for that is gone by now."""
        if self._slice is not None:
            for source in self.run.sources:
                if self._slice.is_finished_by(nodeid, source, self._gathered.results.keys()):
                    self._slice.save(self._gathered.submission(source))

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        """What the workers collected is what was left after whoever deselected something."""
        self.run.left_out = {id for id, _item, _source in self.run.asked_of()} - set(ids)

    @pytest.hookimpl(tryfirst=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """pytest's own category, which other plugins count by; the progress symbol and the word are ours."""
        data: dict[str, Any] | None = getattr(report, "dockerlab", None)
        if report.outcome not in ("passed", "failed", "skipped"):
            return None  # another plugin's, such as that of an attempt which is made again
        if data is None:
            return ("", "", "")
        verdict = Verdict(data["verdict"])
        category = "xfailed" if hasattr(report, "wasxfail") else str(report.outcome)
        if report.failed and report.when != "call":
            category = "error"
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        letter = symbols_for(self._encoding())[verdict] if getattr(reporter, "isatty", False) else ""
        return (category, letter, verdict.value.upper())

    def pytest_sessionstart(self) -> None:
        """Say beforehand that code will run. No "[100%]" on a line of its own: our report follows at once."""
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        if not hasattr(reporter, "write_line"):
            return  # there is none, or it is somebody else's
        if not getattr(reporter, "isatty", False):
            reporter._show_progress_info = False
        is_asked = self.run.settings.tier is Tier.APP and any(item.tier is Tier.APP for item in self.run.items)
        if is_asked and not self.config.option.collectonly:
            ids = [source.id for source in self.run.sources]
            shown: object = ids if len(ids) <= 3 else _("{count} submissions", count=len(ids))
            notice = _("--hw-tier app: the code of {submissions} is built and run on the docker host, within limits.",
                       submissions=shown)  # fmt: skip
            lines = Lines(self.run.settings.language, self._width())
            for row in lines.rows(lines.say(notice)):
                reporter.write_line(row)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self) -> None:
        """From the start there is a results.json of this run, and no file of another that might be taken for it."""
        if not self.config.option.collectonly:
            self._save_now_and_then()
            for file in filter(None, (self.run.settings.codequality, self.run.settings.report)):
                remove_old(Path(file))

    @pytest.hookimpl(trylast=True)
    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Ctrl-C is no trouble of anybody's: pytest's own line, without the place in the code where it came."""
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        memo = getattr(reporter, "_keyboardinterrupt_memo", None)
        if excinfo.type is KeyboardInterrupt and memo is not None and not self.config.option.fulltrace:
            memo.reprcrash.message = "interrupted"

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Write results.json and set the exit code. An interrupt (2) and trouble of pytest's own (3, 4) stay."""
        if self.config.option.collectonly or exitstatus == pytest.ExitCode.USAGE_ERROR:
            return
        if exitstatus == pytest.ExitCode.INTERRUPTED:
            self._gathered.stopped = INTERRUPTED
        elif exitstatus == pytest.ExitCode.INTERNAL_ERROR:
            self._gathered.stopped = _("the run broke off before this item")
        elif why := session.shouldfail or session.shouldstop:
            self._gathered.stopped = _("the run was stopped before it: {why}", why=str(why))
        elif getattr(self.config.option, "setuponly", False):  # --setup-plan implies it
            self._gathered.stopped = ONLY_SET_UP
        self.submissions = submissions = self._gathered.submissions()
        if exitstatus not in (pytest.ExitCode.INTERRUPTED, pytest.ExitCode.INTERNAL_ERROR):
            session.exitstatus = self._code = self._exit_code(submissions)
        code, settings = int(session.exitstatus), self.run.settings
        files: Sequence[tuple[str | None, Callable[[], None]]] = (
            (settings.results, lambda: self._file.save(submissions, code, is_partial=self._gathered.is_partial)),
            (settings.codequality, lambda: self._save_code_quality(submissions)),
            (settings.report, self._save_page),
        )
        for file, save in files:
            try:
                save()
            except OSError as error:
                session.exitstatus = pytest.ExitCode.INTERNAL_ERROR
                self.further_notes.append(_("{file} could not be written: {why}", file=file, why=reason_of(error)))

    def _save_code_quality(self, submissions: list[SubmissionResult]) -> None:
        if self.run.settings.codequality is None:
            return
        (source,), (results,) = self.run.sources, submissions
        entries = code_quality(results.items, self.run.settings.language, source.folder_in_repository)
        write_json(Path(self.run.settings.codequality), entries)

    def _save_page(self) -> None:
        if self.run.settings.report is None:
            return
        from ..report.page.html import html  # its templates are of use to nobody else
        from ..report.page.markdown import markdown

        path = Path(self.run.settings.report)
        write_text(path, html(self.page))
        if is_replaceable(path):
            write_text(path.with_suffix(".md"), markdown(self.page))

    @functools.cached_property
    def page(self) -> PageView:
        """What is shown of the only submission of a run that is over."""
        from ..report.page.viewing import page_view

        assert self.submissions is not None
        (result,) = self.submissions
        return page_view(result, self._file.about(), language=self.run.settings.language, shown=self.shown)

    @property
    def shown(self) -> Shown:
        """What the course shows of a result today."""
        now, course = datetime.now(UTC), self.run.course
        return Shown(course.feedback, [slug for slug, due in course.deadlines.items() if due <= now])

    def _exit_code(self, submissions: list[SubmissionResult]) -> int:
        code = max(map(self._exit_code_of, submissions), key=_EXIT_ORDER.index)
        # all were asked for: a gate must not take the rest for them
        return 3 if self.run.unreadable and code in (0, 5) else code

    def _exit_code_of(self, submission: SubmissionResult) -> int:
        settings = self.run.settings
        return exit_code(submission.items, strict=settings.strict, highest_tier=settings.tier, asked=self.run.asked)

    def _save_now_and_then(self) -> None:
        """What is done survives whatever happens to this process: the file then says that the run was interrupted."""
        if self._file.is_due:
            self._gathered.stopped = INTERRUPTED
            # what is wrong with the disk by now is said at the end
            with contextlib.suppress(OSError):
                self._file.save(self._gathered.submissions(), int(pytest.ExitCode.INTERRUPTED), is_partial=True)
            self._gathered.stopped = None

    @pytest.hookimpl(wrapper=True, trylast=True)
    def pytest_terminal_summary(self, terminalreporter: Any) -> Generator[None]:
        """Print the report; and let pytest's last line, after all that other plugins have to say, count as it does."""
        if self.submissions is not None:
            self._print(terminalreporter, self.submissions)
        yield
        if self.submissions is not None and type(terminalreporter) is TerminalReporter:  # others look into the reports
            # what was deselected is unverified
            for category in ("passed", "failed", "error", "skipped", "xfailed", "deselected"):
                terminalreporter.stats.pop(category, None)
            counted = {(each.id, each.submission): each for found in self.submissions for each in found.items}
            for word, count in Counter(word_of(each) for each in counted.values()).items():
                terminalreporter._add_stats(word, [None] * count)

    def _print(self, terminalreporter: Any, submissions: list[SubmissionResult]) -> None:
        language, width = self.run.settings.language, self._width()
        if len(submissions) > 1 and self.verbose <= 0:
            parts = [RosterReport(language, width).submissions(submissions)]
        else:
            symbols, asked = symbols_for(self._encoding()), frozenset(self.run.asked.items)
            report = Report(language, width, symbols, self.verbose, asked)
            parts = [report.submission(found, self.run.homeworks) for found in submissions]
        parts.append(self._notes())
        for lines in parts:
            for line in lines:
                for piece, style in line:
                    terminalreporter.write(self.writable(piece), **_MARKUP[style])
                terminalreporter.line("")
        terminalreporter.line("")

    def _width(self) -> int:
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        writer = getattr(reporter, "_tw", None)
        return min(writer.fullwidth, _WIDEST) if writer is not None and reporter.isatty else _WIDEST

    def writable(self, text: str) -> str:
        """``text`` with what the terminal cannot show as ``\\u2713``."""
        encoding = self._encoding()
        return text.encode(encoding, "backslashreplace").decode(encoding)

    def _encoding(self) -> str:
        reporter = self.config.pluginmanager.getplugin("terminalreporter")
        file = getattr(getattr(reporter, "_tw", None), "_file", None)
        return getattr(file, "encoding", None) or "ascii"

    def _notes(self) -> Iterator[Line]:
        lines = Lines(self.run.settings.language, self._width())
        for note in self._notices():
            yield []
            yield from lines.behind([], lines.say(note), "advice")

    def _notices(self) -> Iterator[Message]:
        if self.run.notes:
            yield _(
                "Note: pytest loaded {files} in this run. 'dockerlab check' runs without it.",
                files=self.run.notes,
            )
        yield from self.run.unreadable
        for source in self.run.sources:
            if source.unreadable is not None and any(each["worktree"] for each in source.revisions.values()):
                yield _("Note: {why}. The folder is checked as it lies there.", why=source.unreadable["reason"])
        yield from self.further_notes
        if self._code == pytest.ExitCode.NO_TESTS_COLLECTED:
            yield _("Exit code 5: what was asked for could not be verified.")
        if self._gathered.stopped is INTERRUPTED:
            done = sum(item.reason != INTERRUPTED for found in self.submissions or () for item in found.items)
            count = sum(len(found.items) for found in self.submissions or ())
            if self.run.settings.results:
                yield _("Interrupted: {done} of {count} items have their verdicts, which are kept in {file}.",
                        done=done, count=count, file=self.run.settings.results)  # fmt: skip
            else:
                yield _("Interrupted: {done} of {count} items have their verdicts. --hw-results FILE would keep them.",
                        done=done, count=count)  # fmt: skip
        elif self._gathered.is_partial:
            yield _("Note: a partial run: some items were left out.")


_WIDEST = 120
_EXIT_ORDER = (0, 5, 3, 1)
"""From best to worst: over several submissions the worst decides."""


def _quieten(config: pytest.Config) -> None:
    """Leave the terminal to our report: pytest's own sections say the same in the words of a programmer."""
    option = config.option
    if getattr(option, "verbose", 0) <= 0:
        option.verbose = -1
        option.no_header = True
    option.tbstyle = "no"
    option.reportchars = ""
    option.showcapture = "no"
