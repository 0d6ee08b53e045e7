"""The report of a run as lines of text. Knows no pytest: a line is pieces of text, each with a style.

Text of a submission is hostile here too: control characters never reach the terminal.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..findings import Finding
from ..homework import Homework, Kind, Level
from ..messages import Message, _, text
from ..results import ItemResult, Score, SubmissionResult, Verdict

__all__ = ["Line", "Report", "Style", "plain_text", "printable", "symbols_for", "word_of"]

Style = str  # "pass", "fail", "advice", "skip", "error", "title", "dim", ""
Line = list[tuple[str, Style]]

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
# GitHub's runner reads the first form behind blanks, the second one anywhere; Azure's reads ##vso[ too.
_WORKFLOW_COMMAND = re.compile(r"(?<!\S)(?=::[A-Za-z])|(?<=##)(?=\[)|(?<=##vso)(?=\[)")


def printable(value: str) -> str:
    """``value`` without control characters (escape sequences, bidirectional overrides): they are shown as ``\\x1b``.

    Nor are there workflow commands in it, at the beginning of a line or of a word that may come there: they are shown
    as ``\\::error`` and ``##\\[error]``
    (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands).
    """
    value = _WORKFLOW_COMMAND.sub(r"\\", value)
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode("ascii") for c in value)


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


def plain_text(result: ItemResult, language: str) -> str:
    """One result as text without styles: what JUnit and pytest's own sections hold."""
    report = Report(language=language)
    lines = [f"{result.id}: {report.say(Message(result.title))}"]
    for finding in result.findings:
        lines += ["".join(piece for piece, _style in line) for line in report.finding(finding, result)]
    if result.reason is not None:
        lines += ["".join(piece for piece, _style in line) for line in report.reason(result)]
    return "\n".join(line.rstrip() for line in lines)


@dataclass(slots=True)
class Report:
    """Renders results in one language."""

    language: str = "en"
    symbols: dict[Verdict, str] | None = None
    width: int = 100
    verbose: int = 0

    def say(self, value: object) -> str:
        """A message or a value, safe to print."""
        return printable(text(value, self.language))

    def submission(self, result: SubmissionResult, homeworks: Sequence[Homework]) -> Iterator[Line]:
        """The whole report of one submission: every item, then the summary."""
        for homework in homeworks:
            items = [item for item in result.items if item.id.partition("/")[0] == homework.slug]
            if items:
                yield from self._homework(homework, items, result)
        yield from self._summary(result)

    def roster(self, results: Sequence[SubmissionResult]) -> Iterator[Line]:
        """Many submissions, each in one line and its faults in one more; results.json and ``-v`` have the rest."""
        yield []
        width = max(len(result.id) for result in results)
        for result in results:
            score = result.score
            counts = self._counts(result)
            points = f"{_number(score.points)}/{_number(score.verified_maximum)}/{_number(score.maximum)}"
            failed = any(item.fails for item in result.items)
            trouble = any(item.verdict is Verdict.ERROR for item in result.items)
            style = "fail" if failed else "error" if trouble else "pass" if score.is_final else "skip"
            yield [(printable(result.id).ljust(width), style), (f"  {points:>10}  ", "title"), (counts, "")]
            faults = [item.id for item in result.items if item.fails]
            if faults:
                yield from self._field(_("failed"), faults)
            errors = sorted({self.say(item.reason) for item in result.items if item.verdict is Verdict.ERROR})
            for error in errors:
                yield from self._field(_("our error"), error)
        yield []
        yield [
            (self.say(_("Scores: points / of those verified / in all. With -v every item of every submission.")), "dim")
        ]

    def finding(self, finding: Finding, result: ItemResult) -> Iterator[Line]:
        """One finding: what was expected, what was found, where, and what to do."""
        if finding.at is not None:
            yield [("    ", ""), (printable(str(finding.at)), "title")]
        yield from self._field(_("expected"), finding.expected or Message(result.title))
        if finding.found not in (None, "", [], ()):
            yield from self._field(_("found"), finding.found)
        if finding.hint is not None:
            yield from self._field(_("to do"), finding.hint)

    def reason(self, result: ItemResult) -> Iterator[Line]:
        """Why an item has no verdict of its own, and what would give it one."""
        label = _("our error") if result.verdict is Verdict.ERROR else _("why")
        yield from self._field(label, result.reason)
        if result.remedy is not None:
            yield from self._field(_("to do"), result.remedy)

    def _homework(self, homework: Homework, items: Sequence[ItemResult], result: SubmissionResult) -> Iterator[Line]:
        revision = result.revisions.get(homework.slug, {})
        commit = str(revision.get("commit") or "")[:10]
        where = _("working tree") if revision.get("worktree") else str(revision.get("why") or "")
        place = f"{printable(result.id)} {commit} ({self.say(where)})".replace("  ", " ")
        yield []
        title = f"{homework.slug} · {homework.number} · {self.say(Message(homework.title))}"
        yield [(title, "title"), (f"   {place}", "dim")]
        yield []
        folded = {item.id for item in items if item.because_of in {other.id for other in items}}
        width = max(len(item.id) for item in items)
        for item in items:
            if item.id in folded:
                continue
            yield from self._item(item, width)
            dependents = [other for other in items if other.because_of == item.id]
            if dependents:
                names = ", ".join(other.id.partition("/")[2] for other in dependents)
                yield from self._field(_("not verified because of it:"), names)

    def _item(self, item: ItemResult, width: int) -> Iterator[Line]:
        style = _STYLES[item.verdict]
        if item.verdict is Verdict.FAILED and item.level is not Level.REQUIRED:
            style = "advice"
        symbol = (self.symbols or symbols_for("utf-8"))[item.verdict]
        tags = [self.say(tag) for tag in self._tags(item)]
        title = self.say(Message(item.title)) + (f"  ({', '.join(tags)})" if tags else "")
        indent = width + 5
        rows = textwrap.wrap(title, max(self.width - indent, 30), break_long_words=False) or [""]
        yield [(f" {symbol} ", style), (item.id.ljust(width), style), (f"  {rows[0]}", "")]
        yield from ([(" " * indent + row, "")] for row in rows[1:])
        for finding in item.findings:
            yield from self.finding(finding, item)
        if item.reason is not None and (item.verdict is Verdict.ERROR or item.findings or self.verbose):
            yield from self.reason(item)
        if self.verbose:
            for name, value in item.evidence.items():
                yield from self._field(Message(name), value)
        if self.verbose > 1 and item.details:
            yield from ([("      " + printable(row), "dim")] for row in item.details.splitlines())

    def _tags(self, item: ItemResult) -> Iterator[Message]:
        if item.kind is Kind.LAB:
            yield _("lab")
        match item.verdict:
            case Verdict.FAILED if item.level is Level.OPTIONAL:
                yield _("optional: costs nothing")
            case Verdict.ADVISED:
                yield _("advice: costs nothing")
            case Verdict.NOT_ATTEMPTED:
                yield _("optional, not attempted")
            case Verdict.UNVERIFIED | Verdict.ERROR if item.reason is not None and not self.verbose:
                yield item.reason if item.verdict is Verdict.UNVERIFIED else _("our fault, not yours")

    def _field(self, label: Message, value: object) -> Iterator[Line]:
        """A labelled value, wrapped; a value of several lines keeps them."""
        name = self.say(label)
        indent = " " * 18
        lead = f"      {name}".ljust(len(indent))
        if not lead.endswith(" "):
            lead += " "
        first = True
        for row in self.say(value).splitlines() or [""]:
            wrapped = textwrap.wrap(row, max(self.width - len(indent), 30), break_long_words=False) or [""]
            for piece in wrapped:
                yield [(lead if first else indent, "dim"), (piece, "")]
                first = False

    def _summary(self, result: SubmissionResult) -> Iterator[Line]:
        yield []
        if result.score.maximum:
            yield [(self._score(result.score), "title")]
        yield [(self._counts(result), "")]
        yield from self._remedies(result)

    def _counts(self, result: SubmissionResult) -> str:
        return " · ".join(
            self.say(Message(message.id, {"count": count}))
            for word, message in _COUNTS.items()
            if (count := sum(word_of(item) == word for item in result.items))
        )

    def _score(self, score: Score) -> str:
        message = _(
            "Score: {points} of {verified} verified, {maximum} in all",
            points=_number(score.points),
            verified=_number(score.verified_maximum),
            maximum=_number(score.maximum),
        )
        parts = [self.say(message)]
        if score.bonus:
            parts.append(self.say(_("bonus: {points}", points=_number(score.bonus))))
        if not score.is_final:
            parts.append(self.say(_("not final: not every required item could be verified")))
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
            yield [("  - ", ""), (remedy, ""), (f"  ({names})", "dim")]


def _number(value: float) -> str:
    return f"{value:g}"
