"""Makes the gradebook of what came of each row, one after the other: of a result no more is kept than its marks."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...findings import Finding
from ...homework import Kind, Level, Tier
from ...messages import Message, _, shortened, text
from ...results import ItemResult, SubmissionResult, Verdict, score
from ..graded import Graded, Status
from .members import members_of
from .model import Cause, Entry, Gradebook, GradedHomework, GradedItem, Mark, Workflow
from .overrides import MANUAL, Override, Overrides, refuse_unknown
from .settled import is_settled

__all__ = ["make_gradebook"]

_SOME = 5
_LONGEST_WHY = 240
"""The gradebook says what is wrong in a line; the page of the submission says all of it."""


def make_gradebook(
    graded: Iterable[Graded], overrides: Overrides, language: str, warnings: Iterable[Message] = ()
) -> Gradebook:
    """The gradebook of ``graded``, which is read once, with the instructor's ``overrides``.

    :param warnings: what is to be known of all of it, and is not seen in the rows.

    Raises :class:`ConfigurationError` for overrides of what is not there.
    """
    return _Assembly(overrides, language).of(graded, warnings)


class _Assembly:
    def __init__(self, overrides: Overrides, language: str) -> None:
        self._overrides = overrides
        self._language = language
        self._homeworks: dict[str, GradedHomework] = {}
        self._items: dict[str, GradedItem] = {}
        self._marks: dict[Mark, Mark] = {}  # most marks are alike: of each there is one
        self._causes: dict[Cause, Cause] = {}
        self._texts: dict[str, str] = {}
        self._others: dict[str, list[str]] = {}
        self._course = ""
        self._hosts: dict[str, None] = {}
        self._started = ""
        self._tier = Tier.FILES

    def of(self, graded: Iterable[Graded], warnings: Iterable[Message]) -> Gradebook:
        rows: list[Entry | Graded] = []
        for each in graded:
            # what has no result is marked for every item there is, and those are known at the end
            rows.append(each if each.result is None else self._entry(each, each.result))
        entries = [row if isinstance(row, Entry) else self._entry_without_result(row) for row in rows]
        exempt = {entry.id for entry in entries if entry.status is Status.EXEMPT}
        if self._items:  # before the first result nobody knows
            refuse_unknown(self._overrides, {entry.id: entry.marks for entry in entries}, exempt)
        items = sorted([*self._items.values(), *self._manual_items()], key=_place)
        return Gradebook(
            language=self._language,
            course=self._course,
            tier=self._tier if self._items else None,
            homeworks=list(self._homeworks.values()),
            items=items,
            rows=entries,
            maximum=sum(item.max_points for item in items if item.level is Level.REQUIRED),
            started=self._started,
            docker_hosts=list(self._hosts),
            warnings=[*map(self._say, warnings), *(self._warning(item, ids) for item, ids in self._others.items())],
        )

    def _entry(self, graded: Graded, result: SubmissionResult) -> Entry:
        self._learn(graded.run or {}, result)
        return self._with_marks(graded, result.items, result.revisions)

    def _entry_without_result(self, graded: Graded) -> Entry:
        if graded.status is Status.EXEMPT:
            return self._with_marks(graded, [], {})
        verdict = Verdict.ERROR if graded.status is Status.ERROR else Verdict.UNVERIFIED
        reason = graded.reason or _("not graded yet")
        items = [
            ItemResult(
                id=item.id,
                title=item.title,
                kind=item.kind,
                level=item.level,
                tier=item.tier,
                verdict=verdict,
                max_points=item.max_points,
                reason=reason,
            )
            for item in self._items.values()
            if item.kind is Kind.SUBMISSION
        ]
        return self._with_marks(graded, items, {})

    def _with_marks(
        self, graded: Graded, checked: list[ItemResult], revisions: Mapping[str, Mapping[str, object]]
    ) -> Entry:
        is_exempt = graded.status is Status.EXEMPT
        manual = [] if is_exempt else [_unmarked(item) for item in self._manual_items()]
        results, marks = [], {}
        for automatic in (*checked, *manual):
            override = self._overrides.marks.get((graded.id, automatic.id))
            result = automatic if override is None else _overridden(automatic, override)
            if automatic in manual and override is None and not automatic.max_points:
                continue  # a bonus that somebody else has
            results.append(result)
            marks[automatic.id] = self._mark(result, automatic, override)
        made = score(results, self._tier)
        is_known = graded.result is not None or any(mark.override for mark in marks.values())
        return Entry(
            id=graded.id,
            columns=graded.columns,
            members=members_of(graded.columns),
            status=graded.status,
            reason=self._say(graded.reason),
            points=made.points,
            bonus=made.bonus,
            total=made.points + made.bonus if is_known and not is_exempt else None,
            maximum=made.maximum,
            verified_maximum=made.verified_maximum,
            is_final=made.is_final,
            is_settled=made.is_final or is_settled(results, self._tier),
            marks=marks,
            late=self._say(graded.late),
            is_late=graded.is_late,
            workflows=tuple(
                Workflow(each.homework, each.path, each.state, self._say(each.text)) for each in graded.workflows
            ),
            commits={slug: str(each["commit"]) for slug, each in revisions.items() if each.get("commit")},
            is_folder=any(each.get("worktree") for each in revisions.values()),
        )

    def _mark(self, result: ItemResult, automatic: ItemResult, override: Override | None) -> Mark:
        if override is None:
            return self._alike(self._automatic(automatic))
        is_manual = automatic.id.startswith(MANUAL)
        return self._alike(
            Mark(
                result.verdict,
                result.points,
                result.max_points,
                why=override.reason,
                automatic=None if is_manual else self._alike(self._automatic(automatic)),
                override=override,
            )
        )

    def _automatic(self, result: ItemResult) -> Mark:
        return Mark(
            result.verdict,
            result.points,
            result.max_points,
            because_of=result.because_of,
            why=self._say(_why(result)),
            cause=self._cause(result),
            remedy=self._say(result.remedy if not result.findings else result.findings[0].hint),
            findings=len(result.findings),
            is_rehearsal=result.rehearsal is not None,
        )

    def _cause(self, result: ItemResult) -> Cause | None:
        finding = next(iter(result.findings), None)
        # what is found, and not what all say of it
        said = finding.found or finding.expected if finding else result.reason or result.rehearsal
        if said is None:
            return None
        said = said if isinstance(said, Message) else Message(self._say(said))
        cause = Cause(said.id, tuple((name, self._say(value)) for name, value in said.args.items()))
        return self._causes.setdefault(cause, cause)

    def _alike(self, mark: Mark) -> Mark:
        return self._marks.setdefault(mark, mark)

    def _learn(self, run: Mapping[str, Any], result: SubmissionResult) -> None:
        """What the run says of itself, and which items there are."""
        self._tier = result.highest_tier
        for each in run.get("homework", ()):
            title = text(Message(each["title"]), self._language)
            self._homeworks.setdefault(each["slug"], GradedHomework(each["slug"], each["number"], title))
        self._course = self._course or run.get("course") or ""
        if run.get("docker_host"):
            self._hosts[text(run["docker_host"], self._language)] = None
        self._started = min(filter(None, (self._started, run.get("start"))), default="")
        for item in result.items:
            known = self._items.get(item.id)
            if known is None:
                title = text(Message(item.title), self._language)
                self._items[item.id] = GradedItem(item.id, title, item.kind, item.level, item.tier, item.max_points)
            elif (known.level, known.tier, known.max_points) != (item.level, item.tier, item.max_points):
                self._others.setdefault(item.id, []).append(result.id)

    def _warning(self, item: str, ids: list[str]) -> str:
        """The results were made with another course file, or by another version."""
        some = ids[:_SOME] + ([_("{count} more", count=len(ids) - _SOME)] if len(ids) > _SOME else [])
        return text(
            _("{item} is worth something else, or asked otherwise, in {ids}", item=item, ids=some), self._language
        )

    def _manual_items(self) -> Iterator[GradedItem]:
        for id in self._overrides.manual_items:
            maximum = self._overrides.maxima.get(id, 0.0)
            level = Level.REQUIRED if maximum else Level.OPTIONAL
            yield GradedItem(id, id.removeprefix(MANUAL), Kind.SUBMISSION, level, Tier.FILES, maximum)

    def _say(self, value: object) -> str:
        said = " ".join(text(value, self._language).split()) if value is not None else ""
        said = shortened(said, _LONGEST_WHY)
        return self._texts.setdefault(said, said)


def _place(item: GradedItem) -> int:
    return 2 if item.kind is Kind.LAB else 1 if item.id.startswith(MANUAL) else 0


def _unmarked(item: GradedItem) -> ItemResult:
    return ItemResult(
        id=item.id,
        title=item.title,
        kind=item.kind,
        level=item.level,
        tier=item.tier,
        verdict=Verdict.UNVERIFIED,
        max_points=item.max_points,
        reason=_("not marked by hand yet"),
    )


def _overridden(result: ItemResult, override: Override) -> ItemResult:
    """The result as the instructor has decided it."""
    verdict, points = override.verdict, override.points
    if points is None:
        points = result.max_points if verdict is Verdict.PASSED else 0.0
    if verdict is None:
        verdict = _by_points(result, points)
    return dataclasses.replace(result, verdict=verdict, points=points, because_of=None, rehearsal=None)


def _by_points(result: ItemResult, points: float) -> Verdict:
    """What a person says who gives points alone: less than all of them do not take back what the check said."""
    if points < 0 or points == 0 < result.max_points:
        return Verdict.ADVISED if result.level is Level.ADVISORY else Verdict.FAILED
    if points > 0 and points >= result.max_points:
        return Verdict.PASSED
    return result.verdict if result.verdict.is_verified else Verdict.ADVISED


def _why(result: ItemResult) -> object:
    """In one line: of what is wrong the first, else why it could not be told."""
    if not result.findings:
        return result.reason or result.rehearsal
    at, said = result.findings[0].at, _said(result.findings[0])
    return said if said is None or at is None else _("{place}: {found}", place=str(at), found=said)


def _said(finding: Finding) -> object:
    if finding.found is None or finding.expected is None:  # the item's title says what is expected
        return finding.expected if finding.found is None else finding.found
    return _("{expected}; found: {found}", expected=finding.expected, found=finding.found)
