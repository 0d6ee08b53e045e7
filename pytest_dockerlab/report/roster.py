"""The report of many submissions: each in a line or two, with the commit that was checked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from ..homework import Kind
from ..messages import Message, _
from ..results import ItemResult, SubmissionResult, Verdict
from .lines import Line, Lines
from .terminal import counts_of, number

__all__ = ["RosterReport"]

_COMMIT = 10


@dataclass(slots=True)
class RosterReport(Lines):
    """Renders the results of a roster; results.json and ``-v`` have the rest."""

    def submissions(self, results: Sequence[SubmissionResult]) -> Iterator[Line]:
        """All of it. The labs are nobody's: they stand once, so that the lines add up."""
        labs = {item.id: item for result in results for item in result.items if item.kind is Kind.LAB}
        name = self.say(_("docker host"))
        width = max(len(self.say(result.id)) for result in results)
        yield []
        for result in results:
            yield from self._submission(result, width)
        if labs:
            yield from self.behind([(f"{name.ljust(width)}  ", "title")], self.listed(counts_of(labs.values())))
            yield from self._faults(list(labs.values()), set())
        yield []
        legend = _("Scores: points / of those verified / in all. With -v every item of every submission.")
        yield from self.behind([], self.say(legend), "dim")

    def _submission(self, result: SubmissionResult, width: int) -> Iterator[Line]:
        items = [item for item in result.items if item.kind is not Kind.LAB]
        score = result.score
        failed = any(item.fails for item in items)
        trouble = any(item.verdict is Verdict.ERROR for item in items)
        style = "fail" if failed else "error" if trouble else "pass" if score.is_final else "skip"
        points = f"{number(score.points)}/{number(score.verified_maximum)}/{number(score.maximum)}"
        commits = dict.fromkeys(str(each.get("commit") or "-")[:_COMMIT] for each in result.revisions.values())
        commit = next(iter(commits), "-") if len(commits) == 1 else self.say(_("{count} commits", count=len(commits)))
        lead: Line = [
            (self.say(result.id).ljust(width), style),
            (f"  {commit:{_COMMIT}}", "dim"),
            (f"  {points:>8}  ", "title"),
        ]
        whys = dict.fromkeys(self.say(why) for why in _not_as_usual(result))
        counts = self.listed(counts_of(items))
        yield from self.behind(lead, f"({'; '.join(whys)})  {counts}" if whys else counts, indent=width + 4)
        if len(commits) > 1:
            named = {slug: str(each.get("commit") or "-")[:_COMMIT] for slug, each in result.revisions.items()}
            yield from self.field(_("commits"), named)
        yield from self._faults(items, {self.say(why) for why in _not_to_be_had(result)})

    def _faults(self, items: Sequence[ItemResult], not_to_be_had: Collection[str]) -> Iterator[Line]:
        """What failed, and what was not checked: for a reason of the roster's, or because of an error of ours."""
        faults = [item.id for item in items if item.fails]
        if faults:
            yield from self.field(_("failed"), faults)
        errors = sorted({self.say(item.reason) for item in items if item.verdict is Verdict.ERROR})
        for error in errors:
            yield from self.field(_("not checked") if error in not_to_be_had else _("our error"), error)
        alike = {self.say(item.reason) for item in items if item.verdict is Verdict.UNVERIFIED and item.reason}
        if len(alike) == 1 and all(item.verdict is Verdict.UNVERIFIED for item in items):
            yield from self.field(_("why"), items[0].reason)
            if items[0].remedy is not None:
                yield from self.field(_("to do"), items[0].remedy)


def _not_to_be_had(result: SubmissionResult) -> Iterator[object]:
    """Why a row of the roster has nothing to check: its folder, its repository or its revision is not there."""
    for revision in result.revisions.values():
        if revision.get("commit") is None and not revision.get("worktree"):
            yield revision.get("why")


def _not_as_usual(result: SubmissionResult) -> Iterator[Message | str]:
    """What has to be known beside a score: that it is not of the homework's merge, or of no commit at all."""
    for revision in result.revisions.values():
        why = revision.get("why")
        if revision.get("worktree"):
            yield _("working tree")
        elif str(why).startswith("HEAD:"):  # no revision can be called so
            assert isinstance(why, (Message, str))
            yield why
