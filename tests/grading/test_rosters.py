"""``dockerlab grade`` of repositories elsewhere, and of a folder of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort
from tests.roster.servers import commit, git, git_daemon

pytestmark = pytest.mark.usefixtures("own_home")

WORDS = ("--hw", "docker-1", "--hw-tier", "files", "-n", "1")


def statuses(out: Path) -> dict[str, str]:
    return {each.id: str(each.status) for each in read_graded(Out(out))}


def test_what_is_pushed_after_an_error_is_graded_by_only_errors(tmp_path: Path) -> None:
    commit(tmp_path / "served/a", "one")
    with git_daemon(tmp_path / "served", tmp_path / "log") as url:
        (tmp_path / "roster.csv").write_text(f"id,url,ref\nann,{url}/a/.git,docker-1\nbob,{url}/a/.git,main\n")
        out = tmp_path / "out"
        assert cli.main(["grade", str(tmp_path / "roster.csv"), *WORDS, "-o", str(out)]) == 3
        assert statuses(out) == {"ann": "error", "bob": "graded"}
        (before,) = (each for each in read_graded(Out(out)) if each.id == "bob")
        git(tmp_path / "served/a", "checkout", "-q", "-b", "docker-1")
        head = commit(tmp_path / "served/a", "two")
        assert cli.main(["grade", "--only-errors", "-n", "1", "-o", str(out)]) == 0
    graded = {each.id: each for each in read_graded(Out(out))}
    assert graded["ann"].result is not None
    assert graded["ann"].result.revisions["docker-1"]["commit"] == head
    assert graded["bob"] == before, "nothing else is done again"


def test_a_folder_with_something_that_is_no_repository(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_cohort(tmp_path / "cohort", cohort(2))
    (tmp_path / "cohort/roster.csv").unlink()
    (tmp_path / "cohort/late.zip").touch()
    out = tmp_path / "out"
    assert cli.main(["grade", str(tmp_path / "cohort"), *WORDS, "-o", str(out)]) == 0
    assert len(statuses(out)) == 2
    assert "late.zip" in capsys.readouterr().err
