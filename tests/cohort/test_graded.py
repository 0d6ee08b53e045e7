"""A cohort is graded, whatever happens meanwhile, and what is said of it is what is known of it.

``DOCKERLAB_COHORT=300`` is the whole of it; otherwise it is a small one.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools

from .grading import Grading, kept, kill, running_in, untrue
from .planted import Planted, cohort
from .repositories import write_cohort

pytestmark = pytest.mark.skipif(
    tools.compose_command() is None or tools.find("hadolint") is None, reason="no Docker Compose or no hadolint here"
)

SIZE = int(os.environ.get("DOCKERLAB_COHORT", "24"))
_KILLS = 5


@pytest.fixture(scope="module")
def planted() -> list[Planted]:
    return cohort(SIZE)


@pytest.fixture(scope="module")
def roster(planted: list[Planted], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_cohort(tmp_path_factory.mktemp("cohort"), planted)


@pytest.fixture(scope="module")
def whole(roster: Path, tmp_path_factory: pytest.TempPathFactory) -> Grading:
    """One that nothing happened to."""
    grading = Grading(roster, tmp_path_factory.mktemp("whole") / "out", "-n", "2")
    assert grading.run() == 0, grading.printed
    return grading


def test_what_is_said_is_what_was_planted(whole: Grading, planted: list[Planted]) -> None:
    assert untrue(whole.out, planted) == {}
    assert running_in(whole.out.folder) == []


def kill_at_random(grading: Grading, draw: random.Random, *words: str) -> Iterator[bool]:
    """Five times, each when a few more submissions are finished. Whether there was still something to kill."""
    for number in range(_KILLS):
        process = grading.start(*words)
        seconds = draw.uniform(0.5, 6.0 * SIZE / 24)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            kill(process, with_all=number % 2 == 1)
            yield True
        else:
            yield False


def test_killed_five_times_and_resumed(roster: Path, planted: list[Planted], whole: Grading, tmp_path: Path) -> None:
    grading = Grading(roster, tmp_path / "out", "-n", "2")
    killed = list(kill_at_random(grading, random.Random(5)))
    assert killed[0], grading.printed
    assert grading.run() == 0, grading.printed
    assert untrue(grading.out, planted) == {}
    assert kept(grading.out) == kept(whole.out)
    assert running_in(grading.out.folder) == []
