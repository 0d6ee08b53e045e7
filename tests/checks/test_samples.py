"""Every item has samples: one that passes, one that fails, and one that is right in an unusual form."""

from __future__ import annotations

from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.testing import items_without_samples, kinds_of_samples


def test_no_item_is_without_samples() -> None:
    known = catalogue.load()
    ours = [homework for homework in known.homeworks if homework.package.startswith("pytest_dockerlab.")]
    kinds = kinds_of_samples(Path(__file__).parent)
    assert items_without_samples(known, ours, kinds) == {}
    assert kinds.keys() <= known.items.keys()
