"""A cohort on an engine: the grading is killed, and after the next one nothing of either is left there."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.homework import Tier
from tests.engine.killing import eventually
from tests.engine.private_engine import private_engine

from .grading import Grading, kill
from .planted import cohort
from .repositories import write_cohort

pytestmark = pytest.mark.engine

_ASKED = "docker-4/reachability"


def _grade_and_kill(tmp_path: Path, url: str) -> None:
    some = cohort(3, tier=Tier.ENGINE)
    roster = write_cohort(tmp_path / "cohort", some)
    grading = Grading(roster, tmp_path / "out", f"--hw-docker-host={url}", asked=[_ASKED], tier="engine")
    with resolve_docker_host(url) as host:

        def running() -> set[str]:
            return {thing.id for thing in list_ours(host.client) if thing.kind == "container"}

        process = grading.start("-n", "2")
        eventually(lambda: running() or process.poll() is not None, 300, lambda: grading.printed)
        kill(process, with_all=True)
        assert running(), grading.printed
        assert grading.run("-n", "2") == 0, grading.printed
        assert [thing for thing in list_ours(host.client) if thing.kind != "image"] == []
    for row, planted in zip(read_graded(grading.out), some, strict=True):
        assert row.result is not None
        for item in row.result.items:
            assert (item.verdict, item.because_of) in planted.verdicts[item.id], planted.name


def test_nothing_is_left_on_the_engine(tmp_path: Path) -> None:
    with private_engine(tmp_path / "engine") as engine:
        _grade_and_kill(tmp_path, engine.url)
