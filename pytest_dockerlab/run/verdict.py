"""The verdict on an item, of what its check said and how it ended."""

from __future__ import annotations

from ..errors import DockerlabError, LimitExceeded, RefusedPath, UnreadableRepository
from ..findings import Collected, Finding, Mismatch, NotAttempted, Unverified
from ..homework import Item, Level
from ..messages import Message, _
from ..results import ItemResult, Verdict
from .watchdog import TimeLimit

__all__ = ["MAX_FINDINGS", "decide"]

MAX_FINDINGS = 50
"""Of one item. More of them help nobody, and a hostile file can have as many as it has lines."""


def decide(
    item: Item,
    level: Level,
    points: float,
    collected: Collected,
    exception: BaseException | None,
    details: str | None = None,
) -> ItemResult:
    """The result of a check that said ``collected`` and ended with ``exception`` (``None``: it returned).

    ``level`` and ``points`` are those of the course. A finding that was left before the check broke off still stands
    only if what ended it was no error: an error leaves nothing to believe.
    """
    result = ItemResult(
        id=item.id,
        title=item.title,
        kind=item.kind,
        level=level,
        tier=item.tier,
        verdict=Verdict.PASSED,
        is_planned=item.is_planned,
        max_points=points,
        evidence=dict(collected.evidence),
        figures=list(collected.figures),
        findings=list(collected.findings),
        rehearsal=collected.rehearsal,
    )
    if isinstance(exception, UnreadableRepository):
        exception = exception.unverified()
    if isinstance(exception, (RefusedPath, LimitExceeded)):
        exception = Unverified(
            _("the submission could not be read: {why}", why=exception.text),
            _("commit regular files of a reasonable size, inside the repository"),
        )
    match exception:
        case None:
            pass
        case Mismatch():
            result.findings.append(exception.finding)
        # An advice that has no object in this homework is none.
        case NotAttempted() if level is Level.OPTIONAL or level is item.level is Level.ADVISORY:
            result.verdict, result.reason, result.remedy = Verdict.NOT_ATTEMPTED, exception.reason, exception.remedy
            return result
        case NotAttempted():  # not needed for the check, and needed for this course: what is not there is wrong
            result.findings.append(Finding(None, exception.reason, None, exception.remedy))
        case Unverified() if not result.findings:
            result.verdict, result.reason, result.remedy = Verdict.UNVERIFIED, exception.reason, exception.remedy
            return result
        case Unverified():  # what was found before is true whatever could not be verified after it
            result.reason, result.remedy = exception.reason, exception.remedy
        case DockerlabError():  # its message is for people; some have it in the reader's language, and a remedy
            result.remedy = exception.remedy
            return _error(result, _("{why}", why=exception.text), details)
        case TimeLimit():
            return _error(result, _("{why}", why=exception.reason), details)
        case _:
            why = str(exception).strip() or _("nothing more is known")
            return _error(result, _("{error}: {why}", error=type(exception).__name__, why=why), details)
    if len(result.findings) > MAX_FINDINGS:
        more = len(result.findings) - MAX_FINDINGS
        result.findings[MAX_FINDINGS:] = [Finding(found=_("{count} more like these", count=more))]
    if result.findings:
        result.verdict = Verdict.ADVISED if level is Level.ADVISORY else Verdict.FAILED
    elif result.verdict is Verdict.PASSED and result.rehearsal is None:
        result.points = points
    return result


def _error(result: ItemResult, reason: Message, details: str | None) -> ItemResult:
    """An error leaves nothing to believe: what was found before it is dropped."""
    result.verdict, result.findings, result.reason, result.details = Verdict.ERROR, [], reason, details
    result.figures = []
    return result
