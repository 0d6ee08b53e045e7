"""Runs one check: first what it needs, then the check, then what came of it, as pytest's report and as an ItemResult.

The verdict travels on the report (``report.dockerlab``), which xdist carries from a worker to the controller.
"""

from __future__ import annotations

import contextlib
import sys
import time
from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

from ..activity import working_on
from ..errors import DockerlabError, LimitExceeded
from ..findings import NotAttempted, Unverified
from ..homework import Kind, Level, Tier
from ..messages import Message, _
from ..report.lines import printable
from ..report.terminal import plain_text
from ..results import ItemResult, Verdict
from ..submission.budget import LIMITS, within
from .collection import CheckItem, LeftFindings
from .ledger import Ledger, State
from .progress import tell_controller
from .run import ONLY_SET_UP, Run
from .verdict import decide
from .watchdog import longer_than, watch

__all__ = ["ExecutionPlugin", "blocked_by"]

_DETAILS_LIMIT = 20_000
_POLL = 0.02
"""Seconds between two looks at what another worker does."""


class ExecutionPlugin:
    """The hooks around a check, in every process that runs checks."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self._results: dict[str, ItemResult] = {}
        self._reports: dict[str, list[pytest.TestReport]] = {}
        self._for_another: set[str] = set()
        """Items that run before their turn, because another wants to know their result."""
        self._ledger = Ledger(run.folder if run.is_worker else None)
        self._spent: defaultdict[str, float] = defaultdict(float)
        self._processor: defaultdict[str, float] = defaultdict(float)
        """Seconds of processor time of the items that only read, by submission."""
        self._at = ""
        """The node id of the check that is asked."""
        if run.is_worker:
            tell_controller(run.folder, lambda: self._at)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
        """Whether it can be judged at all. An item that cannot, or that already ran for another, is only reported."""
        if not isinstance(item, CheckItem):
            return None
        if item.nodeid in self._for_another:
            self._for_another.remove(item.nodeid)
            self._reports[item.nodeid] = runtestprotocol(item, log=False, nextitem=nextitem)
            return True
        if item.nodeid not in self._reports:
            self._prepare(item)
            if item.blocked is None or _is_watched(item):
                return None
            self._reports[item.nodeid] = self._reports_of_blocked(item)
        item.session._setupstate.teardown_exact(nextitem)  # of what was before, since no phase of this item does it
        self._log(item)
        return True

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> pytest.TestReport | None:
        """Turn what happened into the item's verdict, and the verdict into pytest's outcome.

        In pytest's place, and not around it: whatever is around, of whichever plugin, sees the report as it stays.
        """
        if not isinstance(item, CheckItem):
            return None
        report = pytest.TestReport.from_item_and_call(item, call)
        self._judge(item, call, report)
        return report

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch over the setting up."""
        with self._watch(item), self._within_budget(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch over the check."""
        with self._watch(item), self._within_budget(item):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, object, object]:
        """Watch over the clean-up, which has its own time: what a check used up may not prevent it."""
        with self._watch(item):
            return (yield)

    @contextlib.contextmanager
    def _watch(self, item: pytest.Item) -> Iterator[None]:
        if not isinstance(item, CheckItem):
            yield
            return
        seconds = self.run.course.seconds_for(item.check.time_limit)

        def last_words(stack: str) -> None:
            reason = longer_than(seconds)
            result = self.run.error(item.check, item.source.id if item.source else None, reason)
            result.details = stack[-_DETAILS_LIMIT:]
            self._ledger.finish(item.nodeid, result)
            if self.run.slice_files:
                sys.stderr.write(f"{item.nodeid}: {reason}\n{result.details}\n")
                sys.stderr.flush()

        self._at = item.nodeid
        of_many = f" ({item.source.id})" if item.source is not None and len(self.run.sources) > 1 else ""
        what = _("{item}", item=f"{item.check.id}{of_many}")
        with (
            working_on(what, time.time() - item.seconds),
            # a slice may die: somebody goes on with what is left of it
            watch(seconds, last_words if self.run.is_worker or self.run.slice_files else None),
        ):
            yield

    @contextlib.contextmanager
    def _within_budget(self, item: pytest.Item) -> Iterator[None]:
        """What only reads has its processor time. An item that runs something has other limits."""
        if not isinstance(item, CheckItem) or item.source is None or item.check.tier is not Tier.FILES:
            yield
            return
        begun = time.process_time()
        left = LIMITS.processor_seconds - self._processor[item.source.id]
        if left < LIMITS.check_seconds:
            seconds = max(0.0, left)
            reason = _("all items together took more than {limit} s of processor time",
                       limit=f"{LIMITS.processor_seconds:g}")  # fmt: skip
        else:
            seconds = LIMITS.check_seconds
            reason = _("it takes more than {limit} s of processor time", limit=f"{seconds:g}")
        try:
            with within(seconds, reason):
                yield
        finally:
            self._processor[item.source.id] += time.process_time() - begun

    def _prepare(self, item: CheckItem) -> None:
        if self._ledger.state(item.nodeid) is State.DIED:  # once is enough: it would take this process with it
            item.blocked = DockerlabError(_("the process that ran it died"))
            return
        self._ledger.start(item.nodeid)
        item.blocked = self._blocked(item)
        if item.blocked is None:
            list(self._told_by(item.check.told_by, item))  # judged now: not while this one is set up

    def _blocked(self, item: CheckItem) -> Exception | None:
        check, settings = item.check, self.run.settings
        if item.source is not None and self._spent[item.source.id] > self.run.course.seconds_for("submission"):
            return LimitExceeded(_("the checks of this submission ran longer than the limit for all of them together"))
        if check.is_planned:
            return None  # the check itself says so
        source = item.source
        if source is not None and source.unreadable is not None and not source.revisions[check.slug]["worktree"]:
            return Unverified(source.unreadable["reason"], source.unreadable["remedy"])
        for need in check.needs_items:
            result = self._result_of(need, item)
            if result.verdict is not Verdict.PASSED:
                return blocked_by(result, self.run.course.level_of(check))
        problem = item.problem or (item.source.problem if item.source is not None else None)
        if problem is not None:
            return DockerlabError(problem)
        if not check.tier.within(settings.tier):
            return Unverified(
                _("tier {tier} was not requested", tier=str(check.tier)),
                _tier_remedy(check.tier),
            )
        return None

    def _result_of(self, need: str, item: CheckItem) -> ItemResult:
        """The result of an item that ``item`` needs: known, known to another worker, or found out now."""
        if need in self.run.labs:
            return self.run.labs[need]
        needed = self.run.nodes[need, item.source.id if item.source else None]
        if needed.nodeid in self._results:
            return self._results[needed.nodeid]
        while (state := self._ledger.state(needed.nodeid)) is State.RUNNING:
            # another worker is at it; needs have no circles, so somebody's always goes on, or its process dies
            time.sleep(_POLL)
        if state is State.DIED:
            items = {check.id: check for check in self.run.items}
            submission = item.source.id if item.source else None
            cause = self._ledger.cause_of_death(needed.check, submission, items)
            return self.run.error(cause, submission, _("the process that ran it died"))
        if state is State.DONE:
            return self._ledger.result(needed.nodeid)
        self._prepare(needed)
        item.session._setupstate.teardown_exact(needed)  # it may be another homework's
        self._for_another.add(needed.nodeid)
        needed.ihook.pytest_runtest_protocol(item=needed, nextitem=item)  # with all that other plugins do around it
        if needed.nodeid in self.run.left_out:
            self._log(needed)  # its own turn never comes, and it may be the cause of what is to be said
        if needed.nodeid not in self._results:
            return self.run.unverified(needed.check, item.source.id if item.source else None, ONLY_SET_UP)
        return self._results[needed.nodeid]

    def _told_by(self, ids: Iterable[str], item: CheckItem) -> Iterator[ItemResult]:
        """The results of those of the items ``ids`` that are part of this run."""
        for id in ids:
            node = self.run.nodes.get((id, item.source.id if item.source else None))
            if node is not None and node.nodeid not in self.run.left_out:
                yield self._result_of(id, item)

    def _cause(self, stop: Unverified, item: CheckItem) -> str | None:
        """The item of this run under which ``item`` is folded, or ``None`` when nobody else tells the fault."""
        declared = [id for id in (*item.check.told_by, *item.check.needs_items) if id == stop.because_of]
        for teller in self._told_by(declared, item):
            if teller.verdict in (Verdict.FAILED, Verdict.ADVISED, Verdict.ERROR) or teller.because_of:
                return teller.because_of or teller.id
        return None

    def _reports_of_blocked(self, item: CheckItem) -> list[pytest.TestReport]:
        """What is told of an item that is not asked. The end of nothing is told too: with it an item ends in JUnit.

        Not by way of the hook: nobody else wants to see it (:func:`_is_watched`).
        """

        def stop() -> None:
            assert item.blocked is not None
            raise item.blocked

        calls = [pytest.CallInfo.from_call(stop, "call"), pytest.CallInfo.from_call(lambda: None, "teardown")]
        reports = [self.pytest_runtest_makereport(item, call) for call in calls]
        return [report for report in reports if report is not None]

    def _log(self, item: CheckItem) -> None:
        item.ihook.pytest_runtest_logstart(nodeid=item.nodeid, location=item.location)
        for report in self._reports.pop(item.nodeid):
            item.ihook.pytest_runtest_logreport(report=report)
        item.ihook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)

    def _judge(self, item: CheckItem, call: pytest.CallInfo[None], report: pytest.TestReport) -> None:
        if call.when == "setup":
            self._results.pop(item.nodeid, None)  # of an attempt before this one
        known = self._results.get(item.nodeid)
        item.seconds += call.duration
        if item.source is not None:
            self._spent[item.source.id] += call.duration
        exception = call.excinfo.value if call.excinfo else None
        if isinstance(exception, pytest.skip.Exception):
            exception = Unverified(_("{why}", why=exception.msg or "skipped"))
        if isinstance(exception, LeftFindings):
            exception = None
        because_of = getattr(exception, "because_of", None)
        if isinstance(exception, Unverified) and because_of is not None and exception is not item.blocked:
            because_of = self._cause(exception, item)
            if because_of is None:
                item.collected.findings += exception.findings
                exception = None
        if call.when == "teardown" and exception is not None and known is not None:
            _add_clean_up(known, exception, str(report.longrepr)[-_DETAILS_LIMIT:])
        elif call.excinfo is None and call.when != "call":
            return
        else:
            course = self.run.course
            known = decide(
                item.check,
                course.level_of(item.check),
                course.points_of(item.check),
                item.collected,
                exception,
                str(report.longrepr)[-_DETAILS_LIMIT:] if exception is not None else None,
            )
            if item.check.kind is Kind.LAB and known.findings and not self.run.may_fail_labs:
                known.verdict = Verdict.ERROR
                known.reason = _("this docker host does not behave as it should, and it is not the student's")
            known.submission = item.source.id if item.source else None
            known.because_of = None if known.findings else because_of
        from .redaction import mask_secrets  # where nothing is checked, readers of submissions are not imported

        mask_secrets(known)
        if item.source is not None and known.findings and not item.source.problem:
            from .excerpts import add_excerpts

            add_excerpts(known, self.run.submission(item.source, item.check.slug).tree)
        known.duration = item.seconds
        self._results[item.nodeid] = known
        self._ledger.finish(item.nodeid, known)
        # the item's list, which the report of the teardown takes too: from that one JUnit takes them
        item.user_properties[:] = [("verdict", str(known.verdict)), ("level", str(known.level))]
        if known.rehearsal is not None:
            item.user_properties.append(("rehearsal", str(known.rehearsal)))
        report.user_properties = list(item.user_properties)
        _set_outcome(report, known, self.run.settings.language)


def _add_clean_up(known: ItemResult, exception: BaseException, details: str) -> None:
    """Add to the result of a check what went wrong with its clean-up."""
    from ..engine.hosts.errors import LeftBehind  # only here: the files tier has nothing to do with hosts

    if isinstance(exception, LeftBehind):
        known.evidence[_("clean-up").id] = _("{why}; {remedy}", why=exception.reason, remedy=exception.remedy)
        return
    # the check itself was judged; that its clean-up broke is our trouble, and not to be kept quiet
    known.verdict, known.points, known.findings = Verdict.ERROR, 0.0, []
    known.reason = _("clean-up after the check failed: {why}", why=str(exception))
    known.details = details


def _is_watched(item: CheckItem) -> bool:
    """Whether another plugin makes something of every report: such a one counts on all phases of an item."""
    hooks = item.ihook.pytest_runtest_makereport.get_hookimpls()
    return any(not hook.function.__module__.startswith(("_pytest.", "pytest_dockerlab.")) for hook in hooks)


def blocked_by(result: ItemResult, level: Level) -> Exception:
    """Why an item of this level cannot be judged, since the one that it needs has ``result``."""
    exception: NotAttempted | Unverified
    # advice on what nobody has to have is none: only what the course requires is wrong where its ground is missing
    if result.verdict is Verdict.NOT_ATTEMPTED and level is not Level.ADVISORY:
        exception = NotAttempted(_("it depends on {item}, which was not attempted", item=result.id))
    else:
        exception = Unverified(_("it depends on {item}", item=result.id))
    exception.because_of = result.because_of or result.id  # one fault, one message: the first cause
    return exception


def _tier_remedy(tier: Tier) -> Message:
    if tier is Tier.APP:
        return _("--hw-tier app: this builds and runs the code of the submission")
    return _("--hw-tier {tier}", tier=str(tier))


def _set_outcome(report: pytest.TestReport, result: ItemResult, language: str) -> None:
    """pytest's outcome for a verdict (DESIGN: the table of verdict, outcome and exit)."""
    text = plain_text(result, language)
    carried: Any = report
    carried.dockerlab = result.to_json()
    match result.verdict:
        case Verdict.PASSED:
            report.outcome, report.longrepr = "passed", None
        case Verdict.FAILED if result.level is Level.REQUIRED:
            report.outcome, report.longrepr = "failed", text
            report.when = "call"  # also what a fixture found: JUnit calls a failure of any other phase an error
        case Verdict.FAILED | Verdict.ADVISED:
            report.outcome, report.longrepr = "skipped", text
            carried.wasxfail = text
        case Verdict.NOT_ATTEMPTED | Verdict.UNVERIFIED:
            report.outcome, report.longrepr = "skipped", (result.id, 0, text)
        case Verdict.ERROR:
            report.outcome, report.longrepr = "failed", f"{text}\n\n{printable(result.details or '')}".rstrip()
            # JUnit tells an error from a failure by the phase, and so do pytest's own reporters
            report.when = "teardown" if report.when == "teardown" else "setup"
