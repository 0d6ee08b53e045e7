"""What a name that is not there may have been meant for."""

from __future__ import annotations

import difflib
import itertools
from collections.abc import Iterable

__all__ = ["near_name"]

_MOST, _LONGEST = 300, 80
"""Names that are looked at, and the longest of them: the comparison of two is quadratic."""


def near_name(name: str, names: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The nearest of ``names``; ``None`` where none is near."""
    looked_at = itertools.islice((each for each in names if len(each) <= _LONGEST), _MOST)
    return next(iter(difflib.get_close_matches(name[:_LONGEST], looked_at, n=1, cutoff=cutoff)), None)
