"""Gradescope's results.json of one submission."""

from __future__ import annotations

from typing import Any

from ....feedback import Feedback, Shown
from ....homework import Level
from ....results import Verdict
from ...gradebook.model import Entry, Gradebook, GradedItem, Mark
from ...graded import Graded
from .texts import said_of, summary_of

__all__ = ["document_of"]


def document_of(
    gradebook: Gradebook,
    entry: Entry,
    graded: Graded,
    feedback: Feedback,
    *,
    is_past: bool = False,
    seconds: float = 0.0,
) -> dict[str, Any]:
    """What Gradescope is told of a row that has a result and a score.

    Its tests know two states, and one without a score has neither: so stands what could not be verified, and what costs
    nothing. The sum of the tests' scores is the total, and that of their maxima is the maximum of what was verified.

    :param is_past: whether it was due before now.
    """
    assert entry.total is not None
    assert graded.result is not None
    assert graded.run is not None
    slugs = [homework.slug for homework in gradebook.homeworks]
    now, later = Shown(feedback, past=slugs if is_past else ()), Shown(feedback, past=slugs)
    said, said_later = (said_of(entry, graded.result, graded.run, gradebook.language, shown) for shown in (now, later))
    # Gradescope knows when it is due: it shows by itself, then, what is not shown yet
    hidden = [id for id in entry.marks if now.of(id) is None]
    said |= {id: said_later[id] for id in hidden if id in said_later}
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
        "output": summary_of(entry, gradebook.language, is_held_back=bool(hidden)),
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
