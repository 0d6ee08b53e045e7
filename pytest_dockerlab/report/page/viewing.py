"""From results to what stands on the page: rendered in its reader's language, and only what they may see.

Here, and nowhere after it, is decided what is shown: templates and Markdown get no more than they may write.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ...feedback import ALL_OF_IT, Shown, ShownLevel
from ...findings import Finding
from ...homework import Kind, Level
from ...messages import Message, _, shortened, text
from ...results import ItemResult, SubmissionResult, Verdict
from ..lines import printable
from ..terminal import counts_of, number, symbols_for, why_not_final, word_of
from .curves import curves_picture
from .explained import explanation
from .layers import layers_picture
from .networks import networks_picture
from .view import FindingView, Fold, Group, ItemView, Line, PageView, Picture

__all__ = ["Override", "Totals", "page_view"]

_TO_CORRECT, _IN_PART, _ADVICE, _ERROR, _UNVERIFIED, _RIGHT, _LATER = range(7)
_GROUPS = {
    _TO_CORRECT: ("fail", _("To correct")),
    _IN_PART: ("advice", _("Marked by hand: not all of the points")),
    _ADVICE: ("advice", _("Advice, and what is optional: costs nothing")),
    _ERROR: ("error", _("Our errors: not your fault, and nothing for you to do")),
    _UNVERIFIED: ("skip", _("Could not be verified")),
    _RIGHT: ("pass", _("Right")),
    _LATER: ("later", _("Shown after the deadline")),
}
_MOST_TEXT = 4_000
"""Characters of one value: what is longer is in results.json."""
_PRIVATE = frozenset({"docker host"})
"""Evidence about the machine that graded, and not about the submission."""


@dataclass(frozen=True, slots=True)
class Totals:
    """The points as the gradebook has them: after overrides. The total is points and bonus."""

    points: float
    bonus: float
    verified_maximum: float
    maximum: float
    is_final: bool
    """Nothing required is left that only we could verify."""


@dataclass(frozen=True, slots=True)
class Override:
    """What an instructor has said of an item instead."""

    verdict: Verdict
    points: float
    reason: str
    who: str = ""
    when: str = ""


def page_view(
    result: SubmissionResult,
    run: Mapping[str, Any],
    *,
    language: str,
    who: str = "",
    shown: Shown = ALL_OF_IT,
    totals: Totals | None = None,
    overrides: Mapping[str, Override] | None = None,
    notes: Sequence[Message] = (),
) -> PageView:
    """What is shown of ``result``, whose results.json says ``run`` besides its submissions.

    :param who: whose submission it is, where the roster says it.
    :param totals: the points as the gradebook has them; by default those of the result.
    :param overrides: by item, what an instructor said of it instead.
    :param notes: what has to be known of the score: that it was late, say.
    """
    maker = _Maker(result, language, shown, _hidden(shown, result.items), overrides or {})
    say = maker.say
    homeworks = [f"{each['number']} · {each['slug']} · {say(Message(each['title']))}" for each in run["homework"]]
    groups = [
        maker.group(style, title, items)
        for kind, (style, title) in _GROUPS.items()
        if (items := [each for each in maker.items if maker.group_of(each) == kind])
    ]
    held_back = any(group.style == "later" for group in groups)
    if totals is None:
        score = result.score
        totals = Totals(score.points, score.bonus, score.verified_maximum, score.maximum, score.is_final)
    is_all = totals.is_final and totals.verified_maximum == totals.maximum
    nothing = _("Nothing to correct.") if is_all else _("Nothing to correct in what could be verified.")
    return PageView(
        language=language,
        title=say(f"{result.id} · {', '.join(each['slug'] for each in run['homework'])}"),
        homeworks=homeworks,
        course=say(run["course"]),
        submission=say(result.id),
        who=say(who),
        revisions=list(maker.revisions()),
        when=say(run["start"]).replace("T", " ").replace("+00:00", " UTC"),
        score="" if held_back or not totals.maximum else maker.score(totals),
        bar=None if held_back else _bar(totals),
        score_notes=[say(_("the score is shown after the deadline"))] if held_back else list(maker.score_notes(totals)),
        counts=maker.counts(),
        groups=groups,
        nothing_to_correct=say(nothing) if totals.verified_maximum and not held_back and not _is_wrong(groups) else "",
        notes=[say(note) for note in notes],
        made_by=f"{run['tool']['name']} {run['tool']['version']}",
    )


def _is_wrong(groups: Sequence[Group]) -> bool:
    return any(group.style == "fail" for group in groups)


def _bar(totals: Totals) -> tuple[float, float] | None:
    if not totals.maximum:
        return None
    earned, verified = (max(0.0, min(1.0, each / totals.maximum)) for each in (totals.points, totals.verified_maximum))
    return earned, max(earned, verified)


def _hidden(shown: Shown, items: Sequence[ItemResult]) -> frozenset[str]:
    """The items of which nothing is shown; with those that stand under one: they would say that it did not pass."""
    hidden = {item.id for item in items if shown.of(item.id) is None}
    return frozenset(hidden | {item.id for item in items if item.because_of in hidden})


def _overridden(item: ItemResult, override: Override | None) -> ItemResult:
    return item if override is None else replace(item, verdict=override.verdict, points=override.points)


@dataclass(slots=True)
class _Maker:
    result: SubmissionResult
    language: str
    shown: Shown
    hidden: frozenset[str]
    overrides: Mapping[str, Override]
    items: list[ItemResult] = field(init=False)
    """As the instructor says; the result has them as they were judged."""

    def __post_init__(self) -> None:
        self.items = [_overridden(item, self.overrides.get(item.id)) for item in self.result.items]

    def say(self, value: object) -> str:
        return shortened(printable(text(value, self.language)), _MOST_TEXT)

    def group_of(self, item: ItemResult) -> int:
        if item.id in self.hidden:
            return _LATER
        match item.verdict:
            case Verdict.FAILED if item.fails:
                return _TO_CORRECT
            case Verdict.ADVISED if item.level is Level.REQUIRED and item.points < item.max_points:
                return _IN_PART  # no check says so
            case Verdict.FAILED | Verdict.ADVISED:
                return _ADVICE
            case Verdict.ERROR:
                return _ERROR
            case Verdict.UNVERIFIED:
                return _UNVERIFIED
        return _RIGHT

    def group(self, style: str, title: Message, items: Sequence[ItemResult]) -> Group:
        """A group of ``items``, of which those that say the same are folded."""
        views = [(item, self.item(item)) for item in items]
        alike: dict[tuple[str, str], list[ItemView]] = {}
        for item, view in views:
            if style == "pass" and item.kind is Kind.LAB and not (view.override or view.pictures):
                alike.setdefault((self.say(_("the docker host does what the exercises show")), ""), []).append(view)
            elif style == "skip" and not (view.override or view.dependents or view.pictures):
                alike.setdefault((view.reason, view.remedy), []).append(view)
        folds = [Fold(why, remedy, same) for (why, remedy), same in alike.items() if len(same) > 1]
        folded = {id(view) for fold in folds for view in fold.items}
        return Group(style, self.say(title), [view for _item, view in views if id(view) not in folded], folds)

    def item(self, item: ItemResult) -> ItemView:
        level = self.shown.of(item.id)
        if item.id in self.hidden:
            later = self.say(_("shown after the deadline"))
            return ItemView(self.say(item.id), self.say(Message(item.title)), "later", "…", later, [], "")
        view = ItemView(
            id=self.say(item.id),
            title=self.say(Message(item.title)),
            style=_GROUPS[self.group_of(item)][0],
            symbol=symbols_for("utf-8")[item.verdict],
            verdict=self.say(_VERDICTS[item.verdict]),
            tags=[self.say(tag) for tag in _tags(item)],
            number=next(at for at, each in enumerate(self.items) if each is item),
            points=self._points(item),
        )
        if (override := self.overrides.get(item.id)) is not None:
            automatic = self.result.items[view.number]
            said = (self.say(each) for each in (override.reason, override.who, override.when))
            before = (self.say(_VERDICTS[automatic.verdict]), self._points(automatic))
            view.override = " · ".join(filter(None, said)), ", ".join(filter(None, before))
        if level is ShownLevel.VERDICT_ONLY:
            return view
        is_full = level is ShownLevel.FULL
        view.findings = [self._finding(each, item, is_full=is_full) for each in item.findings]
        view.reason = self.say(item.reason) if item.reason is not None else ""
        view.remedy = self.say(item.remedy) if item.remedy is not None and is_full else ""
        view.evidence = [
            (self.say(Message(name)), self.say(value))
            for name, value in item.evidence.items()
            if name not in _PRIVATE
            and value not in (None, "", [], {})
            and curves_picture(name, value, self.say) is None
        ]
        view.pictures = list(self._pictures(item, is_full=is_full))
        if is_full and item.findings:
            view.explanation = explanation(item.id, self.language)
        view.dependents = [self.say(each.id) for each in self.items if each.because_of == item.id]
        return view

    def _pictures(self, item: ItemResult, *, is_full: bool) -> Iterator[Picture]:
        """What was measured for the item, and for what is folded under it: that is looked at here."""
        if item.because_of is not None and not item.findings:
            return
        folded = [each for each in self.items if each.because_of == item.id and self._shows_measured(each)]
        figures = [figure for each in (item, *folded) for figure in each.figures]
        measured = [figure for figure in figures if figure["kind"] == "networks" and figure["reach"]]
        for figure in figures:
            if figure["kind"] == "layers":
                yield layers_picture(figure, self.say, with_limit=is_full)
            elif figure in measured[:1] or not (measured or (not item.findings and self._is_measured_beside(item))):
                yield networks_picture(figure, self.say, with_judgement=is_full)
        for name, value in item.evidence.items():
            if (curves := curves_picture(name, value, self.say)) is not None:
                yield curves

    def _is_measured_beside(self, item: ItemResult) -> bool:
        return any(self._has_measured(each) for each in self.items if each is not item and self._shows_measured(each))

    def _shows_measured(self, item: ItemResult) -> bool:
        return item.id not in self.hidden and self.shown.of(item.id) is not ShownLevel.VERDICT_ONLY

    @staticmethod
    def _has_measured(item: ItemResult) -> bool:
        return any(figure["kind"] == "networks" and figure["reach"] for figure in item.figures)

    def _finding(self, finding: Finding, item: ItemResult, *, is_full: bool) -> FindingView:
        lines: tuple[Line, ...] = ()
        if finding.lines is not None and finding.at is not None:
            lines = tuple(
                Line(at, printable(line.expandtabs(4)), at == finding.at.line)
                for at, line in enumerate(finding.lines.text, start=finding.lines.first)
            )
        return FindingView(
            place=self.say(str(finding.at)) if finding.at is not None else "",
            lines=lines,
            expected=self.say(finding.expected or Message(item.title)) if is_full else "",
            found=self.say(finding.found) if finding.found not in (None, "", [], ()) else "",
            hint=self.say(finding.hint) if finding.hint is not None and is_full else "",
        )

    def _points(self, item: ItemResult) -> str:
        if not item.max_points and not item.points:
            return ""
        return self.say(_("{points} of {maximum}", points=number(item.points), maximum=number(item.max_points)))

    def revisions(self) -> Iterator[str]:
        """What was checked: of each homework, or once where it is the same for all."""
        said = {slug: self._revision(each) for slug, each in self.result.revisions.items()}
        if len(set(said.values())) <= 1:
            yield from set(said.values())
        else:
            yield from (f"{self.say(slug)}: {revision}" for slug, revision in said.items())

    def _revision(self, revision: Mapping[str, object]) -> str:
        commit = str(revision.get("commit") or "")[:10]
        where = _("working tree") if revision.get("worktree") else revision.get("why") or ""
        return " ".join(filter(None, (commit, f"({self.say(where)})")))

    def score(self, totals: Totals) -> str:
        """The points of what is required."""
        points, maximum = number(totals.points), number(totals.maximum)
        if totals.verified_maximum == totals.maximum:
            return self.say(_("{points} of {maximum}", points=points, maximum=maximum))
        verified = number(totals.verified_maximum)
        return self.say(
            _("{points} of {verified} verified, {maximum} in all", points=points, verified=verified, maximum=maximum)
        )

    def score_notes(self, totals: Totals) -> Iterator[str]:
        """What is to be known of it."""
        if totals.bonus:
            said = _("bonus: {points}", points=number(totals.bonus))
            total = _("total: {points}", points=number(totals.points + totals.bonus))
            yield f"{self.say(said)} · {self.say(total)}"
        if not totals.maximum:
            return
        if (why := why_not_final(self.items, is_final=totals.is_final)) is not None:
            yield self.say(why)

    def counts(self) -> list[tuple[str, str]]:
        """The style of each verdict that is shown, and how many there are of it; what is to be corrected first."""
        alike: dict[str, list[ItemResult]] = {}
        for item in sorted(self.items, key=self.group_of):
            if item.id not in self.hidden:
                alike.setdefault(word_of(item), []).append(item)
        return [
            (_GROUPS[self.group_of(items[0])][0], self.say(message))
            for items in alike.values()
            for message in counts_of(items)
        ]


_VERDICTS = {
    Verdict.PASSED: _("passed"),
    Verdict.FAILED: _("failed"),
    Verdict.ADVISED: _("advised"),
    Verdict.NOT_ATTEMPTED: _("not attempted"),
    Verdict.UNVERIFIED: _("unverified"),
    Verdict.ERROR: _("error"),
}


def _tags(item: ItemResult) -> Iterator[Message]:
    if item.kind is Kind.LAB:
        yield _("lab")
    if item.rehearsal is not None:
        yield _("rehearsal, does not count")
    if item.level is Level.OPTIONAL:
        yield _("optional")
    elif item.level is Level.ADVISORY and item.kind is not Kind.LAB:
        yield _("advice")
