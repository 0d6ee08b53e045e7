"""What is known of each submission by now: the results that have come, and of an item without one, why it has none."""

from __future__ import annotations

from ..homework import Item
from ..messages import Message, _
from ..results import ItemResult, SubmissionResult, Verdict
from ..source import Source
from .ledger import Ledger, State
from .run import Run
from .workflows import Workflows

__all__ = ["INTERRUPTED", "Gathered"]

INTERRUPTED = _("the run was interrupted before it")


class Gathered:
    """The results of one run, on the controller."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._workflows = Workflows(run)
        self.results: dict[str, ItemResult] = {
            item.node_id(None): run.labs[item.id] for item in run.items if item.id in run.labs
        }
        """By node id."""
        self.collection_errors: list[str] = []
        """What is wrong with modules of checks that could not be loaded."""
        self.stopped: Message | None = None
        """Why what has no result by now will have none."""

    @property
    def is_partial(self) -> bool:
        """Whether something was left out, or the run was stopped on purpose."""
        return bool(self._run.left_out or self.stopped)

    def submissions(self) -> list[SubmissionResult]:
        """Every submission with a result for every item, in catalogue order; labs are attached to each."""
        return [self.submission(source) for source in self._run.sources]

    def submission(self, source: Source) -> SubmissionResult:
        """One of them."""
        found = [self.results.get(item.node_id(source.id)) for item in self._run.items]
        items = [result or self._missing(item, source.id) for item, result in zip(self._run.items, found, strict=True)]
        is_begun = any(result is not None and result.submission is not None for result in found)
        revisions = {
            slug: {**revision, **(self._workflows.of(source, slug) if is_begun else {})}
            for slug, revision in source.revisions.items()
        }
        return SubmissionResult(source.id, source.path, revisions, items, self._run.settings.tier)

    def _missing(self, item: Item, source: str) -> ItemResult:
        why = self.stopped
        if item.node_id(source) in self._run.left_out:
            why = _("left out by the command line or by a pytest plugin")
        if why is not None:
            return self._run.unverified(item, source, why)
        result = self._run.error(item, source, _("it never ran"))
        result.details = "\n".join(self.collection_errors) or None
        return result

    def of_a_dead_worker(self, nodeid: str) -> ItemResult:
        """The result of an item in which a worker died. If it died in one that the item needs, that one is to blame."""
        ((item, source),) = ((item, source) for id, item, source in self._run.asked_of() if id == nodeid)
        result = self._run.error(item, source, _("the worker process died during this check"))
        ledger = Ledger(self._run.folder)
        if ledger.state(nodeid) is State.DONE:
            return ledger.result(nodeid)  # its last words, at its time limit
        cause = ledger.cause_of_death(item, source, {each.id: each for each in self._run.items})
        if cause is not item:
            result.verdict, result.because_of = Verdict.UNVERIFIED, cause.id
            result.reason = _("it depends on {item}", item=cause.id)
        return result
