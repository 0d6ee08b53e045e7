"""What is wrong, on the lines of a pull request: annotations of the results of one submission.

GitHub shows ten of each kind for a step and drops the rest without a word (``_maxCountPerIssueType`` in
``src/Runner.Worker/ExecutionContext.cs`` of actions/runner): the worst come first, and one more says how many there are
besides. A file is named relative to the repository's root, as the runner hands it on (``IssueCommandExtension`` in
``ActionCommandManager.cs``); what has no place in a file names none.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from ...feedback import ALL_OF_IT, Shown, ShownLevel
from ...findings import Finding
from ...messages import Message, _, shortened, text
from ...results import ItemResult, Verdict
from ..lines import printable
from .commands import command

__all__ = ["MOST", "Annotation", "about_run", "annotations_of"]

MOST = 10
"""Of one kind."""
_KINDS = ("error", "warning", "notice")
_LONGEST_MESSAGE = 4000
"""Letters. The runner cuts at 4096 (``_maxIssueMessageLength``), and says nothing of it."""
_LONGEST_TITLE = 250
"""GitHub refuses one of more than 255 letters (its Checks API)."""
_NAMED = 8
"""Items that are named in the line about the rest."""


@dataclass(frozen=True, slots=True)
class Annotation:
    """One of them: ``kind`` is error, warning or notice."""

    kind: str
    title: str
    message: str
    file: str | None = None
    line: int | None = None
    item: str = ""
    rank: tuple[int, ...] = field(default=(), compare=False)
    """Of two of one kind the lower one is shown rather."""

    def __str__(self) -> str:
        """As a workflow command."""
        return command(self.kind, self.message, file=self.file, line=self.line, title=self.title)


def annotations_of(
    results: Sequence[ItemResult],
    language: str,
    *,
    folder: str = ".",
    shown: Shown = ALL_OF_IT,
    unverified_fails: frozenset[str] = frozenset(),
    more_in: str = "",
) -> list[Annotation]:
    """Those that GitHub will show, in the order in which they are to be printed.

    :param folder: where the submission lies in its repository.
    :param unverified_fails: the items that fail a strict run because they could not be verified.
    :param more_in: the file with all of the results.
    """
    maker = _Maker(results, language, folder, shown, unverified_fails)
    found = sorted(maker.annotations(), key=lambda each: (_KINDS.index(each.kind), each.rank))
    room = dict.fromkeys(_KINDS, MOST)
    counts = Counter(each.kind for each in found)
    if any(counts[kind] > room[kind] for kind in _KINDS):
        room["notice"] -= 1  # for the one about the rest
    kept: list[Annotation] = []
    rest: list[Annotation] = []
    for each in found:
        (kept if room[each.kind] > 0 else rest).append(each)
        room[each.kind] -= 1
    return [*kept, maker.about(rest, more_in)] if rest else kept


def about_run(code: int, results: Sequence[ItemResult], language: str) -> Annotation | None:
    """Why a run failed of which no item's annotation says so; ``None`` where there is nothing to say.

    :param code: what the run exits with.
    """
    errors = sum(each.verdict is Verdict.ERROR for each in results)
    title = _("not verified")
    match code:
        case 1 if any(each.fails for each in results):
            title = _("failed")
            said = [_("Something required is not as asked. The course shows after the deadline what it is.")]
        case 0 | 1:
            return None
        case 2:
            said = [_("The run was interrupted: what it had not come to was not verified.")]
        case 3 if errors:
            said = [
                _("Our fault, not yours: {count} items came to no verdict. Nothing required failed.", count=errors),
                _("to do: {hint}", hint=_("run it again; if it stays so, tell us, with the log of this step")),
            ]
        case 5:
            said = [
                _("What was asked for could not be verified, so this is no pass."),
                _("to do: {hint}", hint=_('see "To verify more" in the log of this step or in its summary')),
            ]
        case _:
            said = [
                _(
                    "Our fault, not yours: the run could not be finished (exit code {code}). Its log says why.",
                    code=code,
                )
            ]
    message = "\n".join(printable(each.render(language)) for each in said)
    return Annotation("error", printable(title.render(language)), message)


@dataclass(frozen=True, slots=True)
class _Maker:
    results: Sequence[ItemResult]
    language: str
    folder: str
    shown: Shown
    unverified_fails: frozenset[str]

    def annotations(self) -> Iterator[Annotation]:
        dependents = Counter(each.because_of for each in self.results)
        for order, result in enumerate(self.results):
            level = self.shown.of(result.id)
            kind = self._kind(result)
            if kind is None or level is None:
                continue
            for index, (finding, message) in enumerate(self._messages(result, level)):
                place = finding.at if finding is not None and level is not ShownLevel.VERDICT_ONLY else None
                path = posixpath.normpath(posixpath.join(self.folder, place.file)) if place else None
                if path and not path.isprintable():
                    # another than the real one would be no file of the pull request
                    message = shortened(f"{self._say(str(place))}\n{message}", _LONGEST_MESSAGE)
                    place = path = None
                yield Annotation(
                    kind,
                    self._title(result),
                    message,
                    file=path,
                    line=place.line if place else None,
                    item=result.id,
                    # each item has a say before any has two; first what others wait for, what costs most, what is
                    # wrong in many places
                    rank=(index, -dependents[result.id], -int(result.max_points * 1000), -len(result.findings), order),
                )

    def about(self, rest: Sequence[Annotation], more_in: str) -> Annotation:
        """How many there are that GitHub would not show, of which items, and where they can be read."""
        counts = Counter(each.item for each in rest)
        named = ", ".join(f"{item} ({count})" for item, count in list(counts.items())[:_NAMED])
        if len(counts) > _NAMED:
            named += ", …"
        said: list[object] = [
            named,
            _("GitHub shows ten of a kind. All of them stand in the log of this step and in its summary."),
        ]
        if more_in:
            said.append(_("As data: {file}", file=more_in))
        title = self._say(_("and {count} more", count=len(rest)))
        return Annotation("notice", title, "\n".join(map(self._say, said)))

    def _kind(self, result: ItemResult) -> str | None:
        match result.verdict:
            case Verdict.FAILED:
                return "error" if result.fails else "warning"
            case Verdict.ERROR:
                return "warning"
            case Verdict.ADVISED:
                return "notice"
            case Verdict.UNVERIFIED if result.id in self.unverified_fails:
                return "error"
        return None

    def _title(self, result: ItemResult) -> str:
        title = self._say(Message(result.title))
        if result.verdict is Verdict.ERROR:
            title = self._say(_("our fault, not yours"))
        return shortened(" ".join(f"{result.id}: {title}".split()), _LONGEST_TITLE)

    def _messages(self, result: ItemResult, level: ShownLevel) -> Iterator[tuple[Finding | None, str]]:
        if level is ShownLevel.VERDICT_ONLY:
            yield None, self._say(Message(str(result.verdict)))
            return
        is_full = level is ShownLevel.FULL
        for finding in result.findings:
            yield finding, self._of_finding(finding, result, is_full=is_full)
        if not result.findings:
            remedy = [_("to do: {hint}", hint=result.remedy)] if result.remedy is not None and is_full else []
            yield None, self._lines([result.reason or Message(str(result.verdict)), *remedy])

    def _of_finding(self, finding: Finding, result: ItemResult, *, is_full: bool) -> str:
        parts: list[object] = []
        if is_full:
            parts.append(_("expected: {expected}", expected=finding.expected or Message(result.title)))
        if finding.found not in (None, "", [], ()):
            parts.append(_("found: {found}", found=finding.found))
        if is_full and finding.hint is not None:
            parts.append(_("to do: {hint}", hint=finding.hint))
        if not result.fails:
            is_advice = result.verdict is Verdict.ADVISED
            parts.append(_("advice: costs nothing") if is_advice else _("optional: costs nothing"))
        return self._lines(parts or [Message(str(result.verdict))])

    def _lines(self, parts: Iterable[object]) -> str:
        return shortened("\n".join(self._say(part) for part in parts), _LONGEST_MESSAGE)

    def _say(self, value: object) -> str:
        return printable(text(value, self.language))
