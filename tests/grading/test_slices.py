"""What is believed of a slice's own account of its end."""

import json
import os
from pathlib import Path

import pytest

from pytest_dockerlab.grading.pool import Slice
from pytest_dockerlab.grading.slices import Ended, ended

ENDED = Ended(0, None, None, 1.0, "").to_json()


@pytest.fixture
def slice(tmp_path: Path) -> Slice:
    return Slice(1, tmp_path, (), ("ann",))


def test_what_is_an_account(slice: Slice) -> None:
    (slice.folder / "ended.json").write_text(json.dumps(ENDED))
    assert ended(slice) == Ended(0, None, None, 1.0, "")


@pytest.mark.parametrize(
    "changed",
    [{"seconds": float("nan")}, {"seconds": 1e300}, {"seconds": -1}, {"exit": float("inf")}, {"seconds": 10**400}],
)
def test_numbers_that_nothing_can_be_reckoned_with(slice: Slice, changed: dict[str, object]) -> None:
    (slice.folder / "ended.json").write_text(json.dumps({**ENDED, **changed}))
    assert ended(slice) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
def test_nobody_waits_for_a_pipe(slice: Slice) -> None:
    os.mkfifo(slice.folder / "ended.json")
    assert ended(slice) is None
