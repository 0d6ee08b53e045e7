"""Whether a score can still rise by anybody's work but the student's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...homework import Tier
from ...results import ItemResult, Verdict, asked_for

__all__ = ["is_settled"]

_THEIRS = (Verdict.FAILED, Verdict.ADVISED, Verdict.NOT_ATTEMPTED)


def is_settled(results: Sequence[ItemResult], highest_tier: Tier) -> bool:
    """Whether all that is asked for is verified, or cannot be because of an item that failed."""
    by_id = {result.id: result for result in results}
    is_rehearsal = any(result.rehearsal is not None for result in results)
    asked = asked_for(results, highest_tier)
    return bool(asked) and not is_rehearsal and all(_is_theirs(result, by_id) for result in asked)


def _is_theirs(result: ItemResult, by_id: Mapping[str, ItemResult]) -> bool:
    if result.is_verified:
        return True
    seen = set()
    while result.verdict is Verdict.UNVERIFIED and result.id not in seen:
        seen.add(result.id)
        result = by_id.get(result.because_of or "", result)
    return result.verdict in _THEIRS
