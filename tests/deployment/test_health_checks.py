"""Health checks: none may keep the engine busy."""

from __future__ import annotations

import pytest

from pytest_dockerlab.deployment.health_checks import bearable

TEST = ["CMD", "true"]


@pytest.mark.parametrize("often", ["1ms", "999ms", "100us", "0.5s", "1µs", "0h0m0.9s", "-1s", "soon", "1x", "1e-3s"])
def test_one_that_comes_too_often_is_slowed_down(often: str) -> None:
    own = {"test": TEST, "interval": often, "timeout": "1ms", "retries": 3}
    assert bearable(own, None) == {**own, "interval": "1s"}
    assert bearable({**own, "interval": "5s", "start_interval": often}, None)["start_interval"] == "1s"  # type: ignore[index]
    assert own["interval"] == often


@pytest.mark.parametrize("seldom", ["1s", "1m0s", "1m30s", "1000ms", "1h0m0s", "0s", "0", "1.5s"])
def test_one_that_does_not_is_left_alone(seldom: str) -> None:
    own = {"test": TEST, "interval": seldom}
    assert bearable(own, {"Interval": 1_000_000}) == own


def test_that_of_the_image() -> None:
    assert bearable(None, {"Test": TEST, "Interval": 1_000_000}) == {"interval": "1s"}
    assert bearable({"retries": 2}, {"Test": TEST, "Interval": 1_000_000}) == {"retries": 2, "interval": "1s"}
    both = {"Test": TEST, "Interval": 5_000_000_000, "StartInterval": 1_000_000}
    assert bearable(None, both) == {"start_interval": "1s"}
    assert bearable(None, {"Test": TEST, "Interval": 30_000_000_000}) is None
    assert bearable(None, {"Test": TEST}) is None


def test_none_at_all() -> None:
    assert bearable(None, None) is None
    assert bearable({"disable": True}, {"Test": TEST, "Interval": 1}) == {"disable": True}
