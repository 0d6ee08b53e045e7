"""Series of an item's evidence as curves over one span of time: what a drill or a burst of jobs did, and when."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeGuard

from ...messages import Message, _
from ..curves import changes

__all__ = ["Curve", "CurvesPicture", "curves_picture"]

_WIDTH, _HEIGHT, _EDGE = 300.0, 40.0, 3.0
_MOST_SERIES, _MOST_POINTS = 12, 2000
_LARGEST = 1e15
"""With larger numbers, and those that are none, nothing can be reckoned."""
_Point = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Curve:
    """One series: paths (several where it has holes), and its values in words."""

    name: str
    paths: tuple[str, ...]
    changes: str


@dataclass(frozen=True, slots=True)
class CurvesPicture:
    """Curves below each other, over the same time."""

    title: str
    curves: tuple[Curve, ...]
    span: str
    marks: list[float] = field(default_factory=list)
    """Where something was done."""
    kind: str = "curves"


def curves_picture(name: str, evidence: object, say: Callable[[object], str]) -> CurvesPicture | None:
    """The picture of evidence with ``series``; ``None`` for other evidence."""
    found = evidence.get("series") if isinstance(evidence, Mapping) else None
    if not isinstance(evidence, Mapping) or not isinstance(found, Mapping):
        return None
    series = {
        str(key): points for key, value in itertools.islice(found.items(), _MOST_SERIES) if (points := _points(value))
    }
    if not series:
        return None
    start = min(points[0][0] for points in series.values())
    end = max(points[-1][0] for points in series.values())
    drawn = (
        Curve(
            say(Message(key)),
            _paths(points, start, end),
            changes(value for _at, value in points if value is not None),
        )
        for key, points in series.items()
    )
    moments = [(key, evidence.get(key)) for key in ("stopped", "started")]
    marks = [(key, value) for key, value in moments if _is_number(value) and start <= value <= end]
    said = [say(_("over {seconds} s", seconds=f"{end - start:.0f}"))]
    said += [
        say(_("{what} after {seconds} s", what=Message(key), seconds=f"{value - start:.0f}")) for key, value in marks
    ]
    return CurvesPicture(
        say(Message(name)), tuple(drawn), " · ".join(said), [_x(value, start, end) for _key, value in marks]
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _points(value: object) -> list[_Point]:
    """The points in order of time; what is none is left out: it came from elsewhere."""
    points: list[_Point] = []
    for each in itertools.islice(value, _MOST_POINTS) if isinstance(value, list | tuple) else ():
        if isinstance(each, list | tuple) and len(each) == 2 and _is_number(each[0]):
            points.append((float(each[0]), float(each[1]) if _is_number(each[1]) else None))
    return sorted(points, key=lambda point: point[0])


def _x(at: float, start: float, end: float) -> float:
    return (at - start) / (end - start) * _WIDTH if end > start else 0.0


def _paths(points: Sequence[_Point], start: float, end: float) -> tuple[str, ...]:
    """A staircase: a value holds until the next one is seen."""
    values = [value for _at, value in points if value is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    height = _HEIGHT - 2 * _EDGE

    def y(value: float) -> float:
        share = (value - low) / (high - low) if high > low else float(value > 0)
        return _HEIGHT - _EDGE - share * height

    paths = []
    steps = zip(points, [*points[1:], (end, None)], strict=True)
    for is_there, group in itertools.groupby(steps, lambda step: step[0][1] is not None):
        if is_there:
            corners = [f"{_x(at, start, end):.1f} {y(value or 0.0):.1f}H{_x(max(until, at), start, end):.1f}"
                       for (at, value), (until, _next) in group]  # fmt: skip
            paths.append("M" + "L".join(corners))
    return tuple(paths)
