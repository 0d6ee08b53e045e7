"""Gradescope's results.json of one submission."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ....homework import Level
from ....results import Verdict
from ...gradebook.model import Entry, Gradebook, GradedItem, Mark

__all__ = ["document"]


def document(
    gradebook: Gradebook,
    entry: Entry,
    *,
    said: Mapping[str, str],
    summary: str,
    hidden: Collection[str] = (),
    seconds: float = 0.0,
) -> dict[str, Any]:
    """What Gradescope is told of a row that has a score.

    Its tests know two states, and one without a score has neither: so stands what could not be verified, and what costs
    nothing. The sum of the tests' scores is the total, and that of their maxima is the maximum of what was verified.

    :param said: a text for each item that needs one.
    :param hidden: the items that are shown after the due date only.
    """
    assert entry.total is not None
    items = [item for item in gradebook.items if item.id in entry.marks]
    numbers = {homework.slug: homework.number for homework in gradebook.homeworks}
    places: dict[str, int] = {}
    tests = []
    for item in items:
        places[item.slug] = place = places.get(item.slug, 0) + 1
        mark = entry.marks[item.id]
        tests.append({
            "name": f"{item.id}: {item.title}",
            "number": f"{numbers.get(item.slug, 0)}.{place}",
            **_score(item, mark),
            **({"output": text} if (text := said.get(item.id)) else {}),
            "tags": [str(mark.verdict), str(item.level), str(item.tier)],
            **({"visibility": "after_due_date"} if item.id in hidden else {}),
            "extra_data": {"item": item.id, "verdict": str(mark.verdict)},
        })  # fmt: skip
    return {
        "score": entry.total,
        "execution_time": round(seconds, 3),
        "output": summary,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "stdout_visibility": "hidden",
        "extra_data": {
            "total": entry.total,
            "maximum": entry.maximum,
            "verified_maximum": entry.verified_maximum,
            "final": entry.is_final,
            "commits": dict(entry.commits),
        },
        "tests": tests,
    }


def _score(item: GradedItem, mark: Mark) -> dict[str, Any]:
    """A bonus is a score above a maximum of 0."""
    if item.level is not Level.REQUIRED:
        return {"score": mark.points, "max_score": 0, "status": "passed"} if mark.points else {}
    if not mark.is_verified:
        return {"score": mark.points, "max_score": 0} if mark.points else {}
    status = {"status": "passed" if mark.verdict is Verdict.PASSED else "failed"}
    return {"score": mark.points, "max_score": mark.max_points, **status} if mark.max_points else status
