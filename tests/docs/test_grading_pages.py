"""The pages whose commands follow one another: they are run in their order, on a cohort of six."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import cli
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort

from .markdown import ROOT, blocks


@pytest.fixture
def term(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    planted = cohort(6)
    write_cohort(tmp_path, planted)
    (tmp_path / "grades.csv").write_text("id,grade\n" + "".join(f"{each.id},accepted\n" for each in planted))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("page", "made"),
    [
        ("machines.md", ["graded/grading.json"]),
        ("calibration.md", ["lastyear/calibration.html", "lastyear/calibration.toml"]),
    ],
)
def test_its_commands_run_one_after_another(page: str, made: list[str], term: Path) -> None:
    shown = [block for block in blocks(ROOT / "docs" / page) if block.language == "sh" and "not run" not in block.notes]
    steps = [step for block in shown for step in block.steps]
    assert all(step.words[0] == "dockerlab" for step in steps)
    assert [cli.main(step.words[1:]) for step in steps] == [0] * len(steps)
    assert all((term / name).exists() for name in made)
