"""A cohort is graded, whatever happens meanwhile, and what is said of it is what is known of it.

``DOCKERLAB_COHORT=300`` is the whole of it; otherwise it is a small one.
"""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.grading.graded import Status
from tests.grading._hyperqueue import cluster

from .grading import Grading, kept, kill, running_in, statuses, untrue
from .planted import Planted, cohort
from .poison import COSTS_ITSELF, POISONS, poisoned, write_hadolint
from .repositories import write_cohort, write_repository

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
    grading = Grading(roster, tmp_path_factory.mktemp("whole") / "out")
    assert grading.run("-n", "2") == 0, grading.printed
    return grading


def test_what_is_said_is_what_was_planted(whole: Grading, planted: list[Planted]) -> None:
    assert untrue(whole.out, planted) == {}
    assert [row["id"] for row in kept(whole.out)["rows"]] == [each.id for each in planted]
    assert running_in(whole.out.folder) == []


def kill_at_random(grading: Grading, draw: random.Random, *words: str) -> int:
    """Begin and kill it five times. Returns how often there was something to kill."""
    killed = 0
    for number in range(_KILLS):
        process = grading.start(*words)
        try:
            process.wait(draw.uniform(0.5, 6.0 * SIZE / 24))
        except subprocess.TimeoutExpired:
            kill(process, with_all=number % 2 == 1)
            killed += 1
    return killed


def test_killed_five_times_and_resumed(roster: Path, planted: list[Planted], whole: Grading, tmp_path: Path) -> None:
    grading = Grading(roster, tmp_path / "out")
    assert kill_at_random(grading, random.Random(5), "-n", "2"), grading.printed
    assert grading.run("-n", "2") == 0, grading.printed
    assert untrue(grading.out, planted) == {}
    assert kept(grading.out) == kept(whole.out)
    assert running_in(grading.out.folder) == []


def test_the_same_under_hyperqueue(roster: Path, planted: list[Planted], whole: Grading, tmp_path: Path) -> None:
    pytest.importorskip("hyperqueue")
    with cluster(tmp_path / "hq", workers=2) as server:
        grading = Grading(roster, tmp_path / "out", environment={"HQ_SERVER_DIR": str(server.folder)})
        words = ("--pool", "hq", "-n", "2")
        assert kill_at_random(grading, random.Random(6), *words), grading.printed
        assert grading.run(*words) == 0, grading.printed
        assert untrue(grading.out, planted) == {}
        assert kept(grading.out) == kept(whole.out)


def test_poison_costs_itself_alone(planted: list[Planted], whole: Grading, tmp_path: Path) -> None:
    """Five and more beside a quarter of the cohort, of each kind one: they hang, crash, print without end …"""
    draw = random.Random(7)
    others = planted[: max(6, SIZE // 4)]
    count = max(len(POISONS), SIZE // 20)
    poisons = {f"p{number:04}": POISONS[number % len(POISONS)] for number in range(count)}
    roster = write_cohort(tmp_path / "cohort", others)
    for id, poison in poisons.items():
        write_repository(tmp_path / "cohort" / id, poisoned(draw.choice(others), poison))
    head, *rows = roster.read_text("utf-8").splitlines()
    rows += [f"{id},{id},,,,," for id in poisons]
    draw.shuffle(rows)
    roster.write_text("\n".join([head, *rows, ""]), "utf-8")
    course = tmp_path / "course.toml"
    course.write_text("[time-limits]\nsubmission = 10\n")
    path = write_hadolint(tmp_path / "bin")
    grading = Grading(
        roster, tmp_path / "out", f"--hw-course={course}", environment={"PATH": f"{path}{os.environ['PATH']}"}
    )
    assert grading.run("-n", "2") == 3, grading.printed
    assert untrue(grading.out, others, besides=poisons) == {}
    ours, theirs = kept(grading.out, poisons), kept(whole.out)
    assert sorted(ours["rows"], key=lambda row: row["id"]) == list(theirs["rows"][: len(others)])
    found = statuses(grading.out)
    assert {poison for id, poison in poisons.items() if found[id] is Status.ERROR} == set(COSTS_ITSELF)
    assert running_in(grading.out.folder) == []
    assert sum(path.stat().st_size for path in grading.out.folder.rglob("*") if path.is_file()) < 250_000 * len(rows)
