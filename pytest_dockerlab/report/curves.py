"""Series of an item's evidence as small curves of blocks: a line each, in a terminal of any kind.

They are few and short, and what matters is when a value changes: a plotting library would add nothing.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = ["changes", "curves"]

_BLOCKS = "▁▂▃▄▅▆▇█"
_ASCII = "_.-=#"
_WIDTH = 40
_MAX_SERIES = 12
_MAX_CHANGES = 8


def curves(evidence: object, *, is_ascii: bool = False) -> Iterator[tuple[str, str]]:
    """The names of the series in ``evidence["series"]``, and their curves over one span of time.

    A series is a list of pairs of a time and a value, ``None`` for one that is no number.
    """
    series = evidence.get("series") if isinstance(evidence, Mapping) else None
    if not isinstance(series, Mapping):
        return
    drawn = [(str(name), points) for name, points in itertools.islice(series.items(), _MAX_SERIES) if points]
    if not drawn:
        return
    start = min(points[0][0] for _name, points in drawn)
    end = max(points[-1][0] for _name, points in drawn)
    for name, points in drawn:
        yield name, _curve(points, start, end, is_ascii=is_ascii)


def _curve(points: Sequence[Sequence[float | None]], start: float, end: float, *, is_ascii: bool) -> str:
    levels = _ASCII if is_ascii else _BLOCKS
    values = [value for _when, value in points if value is not None]
    low, high = min(values, default=0.0), max(values, default=0.0)
    columns: list[str] = [" "] * _WIDTH
    for when, value in points:  # of several in one column the last is seen
        assert when is not None
        at = min(int((when - start) / (end - start) * _WIDTH), _WIDTH - 1) if end > start else 0
        if value is not None:
            share = (value - low) / (high - low) if high > low else float(value > 0)
            columns[at] = levels[round(share * (len(levels) - 1))]
    for at in range(1, _WIDTH):  # few samples: what was last seen goes on
        if columns[at] == " ":
            columns[at] = columns[at - 1]
    return f"{''.join(columns)}  {changes(values, is_ascii=is_ascii)}"


def changes(values: Iterable[float], *, is_ascii: bool = False) -> str:
    """The values one after another, each once while it stays; of many the first ones and the last."""
    arrow, rest = ("->", "...") if is_ascii else ("→", "…")
    said = [f"{value:g}" for value, _same in itertools.groupby(values)]
    if len(said) > _MAX_CHANGES:
        said[_MAX_CHANGES - 1 : -1] = [rest]
    return f" {arrow} ".join(said)
