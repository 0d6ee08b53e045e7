"""What the gate says at its end: each exit code in its own plain words, and whether the score reaches a threshold."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..homework import Level, Tier
from ..messages import Message, _
from ..results import SubmissionResult, Verdict, is_asked_for
from .inputs import Threshold

__all__ = ["OUR_FAULT", "Ending", "ending_of"]


@dataclass(frozen=True, slots=True)
class Ending:
    """The exit code of the step, and what it means."""

    code: int
    text: Message
    is_ours: bool = False
    """Whether it is the gate's own decision, of which the check's annotations and summary say nothing."""


_PLAIN: Mapping[int, Message] = {
    2: _("Interrupted: the check did not come to its end, so nothing is called passed."),
    3: _(
        "An error of pytest-dockerlab, not of the homework: run the job again. If it stays, tell the course; the log"
        " has what it was."
    ),
    4: _("Nothing was checked: it cannot be done as asked. The log says why."),
    5: _(
        "What was asked for could not be verified here, so nothing is called passed. The summary says what would help."
    ),
}

OUR_FAULT = Ending(3, _PLAIN[3], is_ours=True)
"""Where the check has not said so itself."""


def ending_of(code: int, results: Mapping[str, Any] | None, threshold: Threshold | None) -> Ending:
    """What a check that ended with ``code`` comes to.

    :param code: less than 0 where a signal has ended it.
    :param results: its results.json, and ``None`` where there is none that can be read.
    :param threshold: only ever makes of a 0 something else.
    """
    if code in _PLAIN:
        return Ending(code, _PLAIN[code])
    if code not in (0, 1):
        what = signal.Signals(-code).name if -code in signal.valid_signals() else code
        said = _("The check broke off or was ended from outside ({what}): nothing is known of the homework.", what=what)
        return Ending(128 - code if code < 0 else code, said, is_ours=True)
    if results is None:
        return OUR_FAULT
    tier = Tier(results["tier"])
    submissions = [SubmissionResult.from_json(each, tier) for each in results["submissions"]]
    items = [item for submission in submissions for item in submission.items]
    unverified = [item for item in items if item.verdict is Verdict.UNVERIFIED]
    if code == 1:
        if any(item.verdict is Verdict.FAILED and item.level is Level.REQUIRED for item in items):
            return Ending(1, _("Failed: something required is not as asked. What to do stands at the lines and above."))
        count = sum(is_asked_for(item, tier) for item in unverified)
        return Ending(1, _("Failed: with strict, what could not be verified fails: {count} items.", count=count))
    points = sum(submission.score.points for submission in submissions)
    maximum = sum(submission.score.maximum for submission in submissions)
    if threshold is not None and not threshold.is_met(points, maximum):
        said = _(
            "Failed: the threshold is {threshold}, and {points} of {maximum} points are verified and right.",
            threshold=threshold.written,
            points=f"{points:g}",
            maximum=f"{maximum:g}",
        )
        return Ending(1, said, is_ours=True)
    if unverified:
        count = len(unverified)
        said = _("Nothing required failed. Not verified here, and so not called passed: {count} items.", count=count)
        return Ending(0, said)
    return Ending(0, _("Passed: everything required of what was checked is as asked."))
