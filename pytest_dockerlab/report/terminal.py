"""The report of one submission: first what is as it should be, and last, right above the score, what is not.

Whoever sees nothing but the last screen sees what failed and what to do; the most important is the last of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ..findings import Finding
from ..homework import Homework, Kind, Level
from ..messages import Message, _
from ..results import ItemResult, SubmissionResult, Verdict
from .curves import curves
from .lines import Line, Lines, plain

__all__ = ["Report", "counts_of", "number", "plain_text", "symbols_for", "why_not_final", "word_of"]

_SYMBOLS = {
    Verdict.PASSED: ("✓", "+"),
    Verdict.FAILED: ("✗", "x"),
    Verdict.ADVISED: ("!", "!"),
    Verdict.NOT_ATTEMPTED: ("○", "o"),
    Verdict.UNVERIFIED: ("?", "?"),
    Verdict.ERROR: ("E", "E"),
}
_STYLES = {
    Verdict.PASSED: "pass",
    Verdict.FAILED: "fail",
    Verdict.ADVISED: "advice",
    Verdict.NOT_ATTEMPTED: "skip",
    Verdict.UNVERIFIED: "skip",
    Verdict.ERROR: "error",
}
_OPTIONAL_FAILED = "optional failed"
_COUNTS = {
    Verdict.PASSED: _("passed: {count}"),
    Verdict.FAILED: _("failed: {count}"),
    _OPTIONAL_FAILED: _("optional failed: {count}"),
    Verdict.ADVISED: _("advised: {count}"),
    Verdict.NOT_ATTEMPTED: _("not attempted: {count}"),
    Verdict.UNVERIFIED: _("unverified: {count}"),
    Verdict.ERROR: _("error: {count}"),
}
_TO_SEE_TO = (Verdict.ADVISED, _OPTIONAL_FAILED, Verdict.ERROR, Verdict.FAILED)
"""What somebody has to read, the most important last."""
_TITLE_WIDTH = 36
"""Where there is less room for it beside the item's name, a title stands below that."""


def symbols_for(encoding: str | None) -> dict[Verdict, str]:
    """The verdicts' symbols, in ASCII where ``encoding`` has no others."""
    try:
        "✓✗○".encode(encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return {verdict: pair[1] for verdict, pair in _SYMBOLS.items()}
    return {verdict: pair[0] for verdict, pair in _SYMBOLS.items()}


def word_of(result: ItemResult) -> str:
    """What a result is counted as: its verdict, but an optional item that failed is no failure."""
    return _OPTIONAL_FAILED if result.verdict is Verdict.FAILED and not result.fails else str(result.verdict)


def counts_of(results: Iterable[ItemResult]) -> Iterator[Message]:
    """How many there are of each verdict."""
    words = [word_of(result) for result in results]
    for word, message in _COUNTS.items():
        if count := words.count(word):
            yield Message(message.id, {"count": count})


def why_not_final(results: Iterable[ItemResult], *, is_final: bool) -> Message | None:
    """What is to be known of a score that may change without any change of the work."""
    if any(result.rehearsal is not None for result in results):
        return _("not final: this was a rehearsal, with a fake in the place of a server")
    return None if is_final else _("not final: not every required item could be verified")


def number(value: float) -> str:
    """Points as people write them."""
    return f"{value:g}"


def plain_text(result: ItemResult, language: str) -> str:
    """One result as text without styles: what JUnit and pytest's own sections hold."""
    report = Report(language=language)
    lines = [f"{result.id}: {report.say(Message(result.title))}"]
    for finding in result.findings:
        lines += [plain(line) for line in report.finding(finding, result)]
    if result.reason is not None:
        lines += [plain(line) for line in report.reason(result)]
    return "\n".join(lines)


@dataclass(slots=True)
class Report(Lines):
    """Renders results.

    :ivar asked: the items that were asked for by name: they are always shown by themselves.
    """

    symbols: dict[Verdict, str] = field(default_factory=lambda: symbols_for("utf-8"))
    verbose: int = 0
    asked: frozenset[str] = frozenset()

    def submission(self, result: SubmissionResult, homeworks: Sequence[Homework]) -> Iterator[Line]:
        """The whole report of one submission: every item, then the summary."""
        for homework in homeworks:
            items = [item for item in result.items if item.id.partition("/")[0] == homework.slug]
            if items:
                yield from self._homework(homework, items, result)
        yield from self._remedies(result)
        for word in _TO_SEE_TO:
            for item in result.items:
                if word_of(item) == word and not _is_folded(item, result.items):
                    yield []
                    yield from self._item(item, result.items, len(item.id))
        yield from self._summary(result)

    def finding(self, finding: Finding, result: ItemResult) -> Iterator[Line]:
        """One finding: what was expected, what was found, where, and what to do."""
        if finding.at is not None:
            yield [("    ", ""), (self.say(str(finding.at)), "title")]
        yield from self.field(_("expected"), finding.expected or Message(result.title))
        if finding.found not in (None, "", [], ()):
            yield from self.field(_("found"), finding.found)
        if finding.hint is not None:
            yield from self.field(_("to do"), finding.hint)

    def reason(self, result: ItemResult) -> Iterator[Line]:
        """Why an item has no verdict of its own, and what would give it one."""
        label = _("our error") if result.verdict is Verdict.ERROR else _("why")
        yield from self.field(label, result.reason)
        if result.remedy is not None:
            yield from self.field(_("to do"), result.remedy)

    def _homework(self, homework: Homework, items: Sequence[ItemResult], result: SubmissionResult) -> Iterator[Line]:
        """What need not be seen to: all but the items that stand at the end."""
        revision = result.revisions.get(homework.slug, {})
        commit = str(revision.get("commit") or "")[:10]
        where = _("working tree") if revision.get("worktree") else revision.get("why") or ""
        place = " ".join(f"{self.say(result.id)} {commit} ({self.say(where)})".split())
        title = f"{homework.slug} · {homework.number} · {self.say(Message(homework.title))}"
        yield []
        if len(title) + 3 + len(place) <= self.width:
            yield [(title, "title"), (f"   {place}", "dim")]
        else:
            yield from self.behind([], title, "title")
            yield from self.behind([("  ", "")], place, "dim")
        yield []
        width = max(len(item.id) for item in items)
        told: set[str] = set()
        for item in items:
            if item.id in told or word_of(item) in _TO_SEE_TO or _is_folded(item, result.items):
                continue
            alike = [other for other in items if self._are_alike(item, other)]
            if len(alike) > 1:
                told |= {other.id for other in alike}
                yield from self._many(alike, width)
            else:
                yield from self._item(item, result.items, width)

    def _are_alike(self, item: ItemResult, other: ItemResult) -> bool:
        """Whether the two say the same, and nobody asked for either of them: labs, and what nothing can be done for."""
        if self.verbose or {item.id, other.id} & self.asked or (item.kind, item.verdict) != (other.kind, other.verdict):
            return False
        if item.verdict is Verdict.PASSED:
            return item.kind is Kind.LAB
        is_alike = item.verdict is Verdict.UNVERIFIED and item.because_of is None and other.because_of is None
        return is_alike and item.reason == other.reason and (item.kind is Kind.LAB or item.remedy is None)

    def _many(self, items: Sequence[ItemResult], width: int) -> Iterator[Line]:
        first = items[0]
        count = _("labs: {count}") if first.kind is Kind.LAB else _("items: {count}")
        name = self.say(Message(count.id, {"count": len(items)}))
        if first.verdict is Verdict.PASSED:
            what = self.say(_("the docker host does what the exercises show"))
        else:
            what = self.say(first.reason)
        if first.kind is not Kind.LAB:
            what += f"  ({', '.join(item.id.partition('/')[2] for item in items)})"
        yield from self._row(first, name, what, width)

    def _item(self, item: ItemResult, others: Sequence[ItemResult], width: int) -> Iterator[Line]:
        tags = [self.say(tag) for tag in self._tags(item)]
        title = self.say(Message(item.title)) + (f"  ({', '.join(tags)})" if tags else "")
        yield from self._row(item, item.id, title, width)
        for finding in item.findings:
            yield from self.finding(finding, item)
        if item.reason is not None and (item.verdict is Verdict.ERROR or item.findings or self.verbose):
            yield from self.reason(item)
        for name, value in item.evidence.items():
            if drawn := list(curves(value, is_ascii=self.symbols[Verdict.PASSED].isascii())):
                yield from self._curves(drawn)
            elif self.verbose:
                yield from self.field(Message(name), value)
        if self.verbose > 1 and item.details:
            yield from ([("      " + self.say(row), "dim")] for row in item.details.splitlines())
        dependents = [other.id.partition("/")[2] for other in others if other.because_of == item.id]
        if dependents:
            yield from self.field(_("not verified because of it:"), dependents)

    def _curves(self, drawn: Sequence[tuple[str, str]]) -> Iterator[Line]:
        named = [(self.say(Message(name)), curve) for name, curve in drawn]  # what is no message stays as it is
        width = max(len(name) for name, _curve in named)
        for name, curve in named:
            if 6 + width + 2 + len(curve) <= self.width:
                yield [(f"      {name.ljust(width)}  ", "dim"), (curve, "")]
            else:
                yield [("      ", ""), (name, "dim")]
                yield [("        ", ""), (curve, "")]

    def _row(self, item: ItemResult, name: str, title: str, width: int) -> Iterator[Line]:
        style = "advice" if word_of(item) == _OPTIONAL_FAILED else _STYLES[item.verdict]
        symbol = (f" {self.symbols[item.verdict]} ", style)
        room = self.width - width - 5
        if room < min(_TITLE_WIDTH, len(title)):
            yield [symbol, (name, style)]
            yield from self.behind([("     ", "")], title)
        else:
            yield from self.behind([symbol, (name.ljust(width), style), ("  ", "")], title)

    def _tags(self, item: ItemResult) -> Iterator[Message]:
        if item.kind is Kind.LAB:
            yield _("lab")
        if item.rehearsal is not None:
            yield _("rehearsal, does not count")
        match item.verdict:
            case Verdict.FAILED if item.level is Level.OPTIONAL:
                yield _("optional: costs nothing")
            case Verdict.ADVISED:
                yield _("advice: costs nothing")
            case Verdict.NOT_ATTEMPTED if item.level is Level.ADVISORY and item.reason is not None:
                yield item.reason
            case Verdict.NOT_ATTEMPTED:
                yield _("optional, not attempted")
            case Verdict.UNVERIFIED | Verdict.ERROR if item.reason is not None and not self.verbose:
                yield item.reason if item.verdict is Verdict.UNVERIFIED else _("our fault, not yours")

    def _summary(self, result: SubmissionResult) -> Iterator[Line]:
        yield []
        failed = [item.id for item in result.items if item.fails]
        if len(failed) > 1:
            yield from self.behind([(f"{self.say(_('To correct:'))} ", "fail")], ", ".join(failed))
        if result.score.maximum:
            yield from self.behind([], self._score(result), "title")
        yield from self.behind([], self.listed(counts_of(result.items)))

    def _score(self, result: SubmissionResult) -> str:
        score = result.score
        message = _(
            "Score: {points} of {verified} verified, {maximum} in all",
            points=number(score.points),
            verified=number(score.verified_maximum),
            maximum=number(score.maximum),
        )
        parts = [self.say(message)]
        if score.bonus:
            parts.append(self.say(_("bonus: {points}", points=number(score.bonus))))
        if (why := why_not_final(result.items, is_final=score.is_final)) is not None:
            parts.append(self.say(why))
        return "; ".join(parts)

    def _remedies(self, result: SubmissionResult) -> Iterator[Line]:
        """What would verify the unverified: each remedy once, with how many items it is for."""
        remedies: dict[str, list[str]] = {}
        for item in result.items:
            if item.verdict is Verdict.UNVERIFIED and item.because_of is None and item.remedy is not None:
                remedies.setdefault(self.say(item.remedy), []).append(item.id)
        if remedies:
            yield []
            yield [(self.say(_("To verify more:")), "title")]
        for remedy, items in remedies.items():
            names = ", ".join(items) if len(items) <= 3 else self.say(_("{count} items", count=len(items)))
            if len(remedy) + len(names) + 8 <= self.width:
                yield [("  - ", ""), (remedy, ""), (f"  ({names})", "dim")]
            else:
                yield from self.behind([("  - ", "")], remedy)
                yield from self.behind([("    ", "")], f"({names})", "dim")


def _is_folded(item: ItemResult, items: Sequence[ItemResult]) -> bool:
    """Whether it stands under another one."""
    return item.because_of in {other.id for other in items}
