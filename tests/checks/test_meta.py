"""Every built item of ours is whole: samples of each kind, and explanations and texts in every language."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab import checks
from pytest_dockerlab.testing import what_is_missing


def test_nothing_is_missing() -> None:
    """What there must be is asked of the catalogue, not of what happens to exist."""
    assert what_is_missing(checks.__name__, Path(__file__).parent) == []
