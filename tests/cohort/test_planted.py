"""The truth is the truth: what is planted is told as it is said here, and by nothing else."""

from __future__ import annotations

import csv
import subprocess
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.course import Course
from pytest_dockerlab.homework import Tier
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask_all
from tests.mutants.homeworks import example
from tests.mutants.study import asked_items

from .planted import DOCKER, Planted, cohort
from .repositories import files_of, write_cohort
from .truth import verdicts

_ASKED = 12


@pytest.mark.skipif(
    tools.compose_command() is None or tools.find("hadolint") is None, reason="no Docker Compose or no hadolint here"
)
@pytest.mark.parametrize("planted", [pytest.param(each, id=each.name) for each in cohort(_ASKED, seed=3)])
def test_checks_say_what_is_known(planted: Planted, tmp_path: Path) -> None:
    planted.homework.write(tmp_path)
    results = ask_all(Submission("a", WorkTree(tmp_path)), asked_items(DOCKER), hw_course=Course())
    said = {id: (result.verdict, result.because_of) for id, result in results.items()}
    assert {id: each for id, each in said.items() if each not in planted.verdicts[id]} == {}
    assert all(planted.is_told_at(item, results[item].findings) for item in planted.faults)


def test_what_depends_on_a_fault_is_folded_under_it() -> None:
    found = verdicts(DOCKER, ["docker-4/compose-file"])
    assert found["docker-4/compose-file"] == {(Verdict.FAILED, None)}
    for id in ("docker-4/networks", "docker-4/override-puma", "docker-4/reachability"):
        assert found[id] == {(Verdict.UNVERIFIED, "docker-4/compose-file")}
    assert found["docker-3/services"] == {(Verdict.PASSED, None)}
    assert found["docker-2/build"] == {(Verdict.UNVERIFIED, None)}
    assert found["docker-2/app"] == {(Verdict.UNVERIFIED, "docker-2/build")}


def test_a_fault_of_an_advisory_item_is_an_advice() -> None:
    assert verdicts(DOCKER, ["docker-3/copy-not-add"])["docker-3/copy-not-add"] == {(Verdict.ADVISED, None)}


def test_a_higher_tier_is_known_too() -> None:
    assert verdicts(DOCKER, [], Tier.ENGINE)["docker-4/reachability"] == {(Verdict.PASSED, None)}


def test_a_cohort_is_the_same_each_time_and_has_everything() -> None:
    once, again = cohort(120), cohort(120)
    assert [each.name for each in once] == [each.name for each in again]
    assert cohort(5)[4].name == once[4].name, "a smaller one is its beginning"
    assert {len(each.faults) for each in once} == {0, 1, 2, 3}
    assert len({item for each in once for item in each.faults}) > 25


def test_repositories(tmp_path: Path) -> None:
    some = cohort(8)
    roster = write_cohort(tmp_path, some)
    rows = list(csv.DictReader(roster.read_text("utf-8").splitlines()))
    assert [row["id"] for row in rows] == [each.id for each in some]
    for row, planted in zip(rows, some, strict=True):
        command = ["git", "ls-tree", "-r", "--name-only", "-z", row["ref"] or "HEAD"]
        listed = subprocess.run(command, cwd=tmp_path / row["path"], check=True, capture_output=True, text=True).stdout
        assert set(listed.split("\0")) - {""} == {path for _mode, path, _content in files_of(planted)}
    assert len(list(files_of(some[0]))) >= len(example().files) - 5
