"""Programs of the machine that take their time, at every run of theirs: the whole ends all the same."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_dockerlab import tools

from .attack import WORDS, Place
from .measured import check
from .rosters import committed

PROMISED = 30.0
OURS = 15.0
"""For Python's own start and the judging, on a machine with other work."""


@pytest.mark.campaign
@pytest.mark.parametrize("name", ["git", "docker-compose", "hadolint", "promtool"])
@pytest.mark.parametrize(
    "words", [["."], [".", "--hw-ref=HEAD"], [".", "--hw-ref=auto"]], ids=["folder", "HEAD", "auto"]
)
def test_a_program_that_is_slow_each_time(
    name: str, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = tools.find(name)
    if real is None:
        pytest.skip(f"no {name} here")
    slow = tmp_path / "slow" / name
    slow.parent.mkdir()
    slow.write_text(f'#!/bin/sh\nsleep 4\nexec {real} "$@"\n')
    slow.chmod(0o755)
    place = Place(tmp_path / "repository", tmp_path / "outside")
    committed(place)
    monkeypatch.setenv("PATH", f"{slow.parent}:{os.environ['PATH']}")
    run = check(place.root, tmp_path / "scratch", [*words, *WORDS])
    assert run.seconds < PROMISED + OURS, run.out
    assert run.results is not None, run.out
    assert "error" not in run.verdicts().values(), run.out
