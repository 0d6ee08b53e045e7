"""``dockerlab collect``: what stood in the repositories at their deadlines, by real git servers."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.cli import main
from pytest_dockerlab.roster.clones import cache_folder
from pytest_dockerlab.roster.freezing import freeze_row
from pytest_dockerlab.roster.rows import read_roster
from pytest_dockerlab.source import Source
from tests.roster.servers import commit, git, git_daemon

PAST, LATER = "2020-01-01T00:00Z", "2999-01-01T00:00Z"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    with git_daemon(tmp_path / "served", tmp_path / "log") as url:
        yield url


@pytest.fixture
def served(tmp_path: Path, url: str) -> Path:
    return tmp_path / "served"


def collect(tmp_path: Path, rows: str, *words: str) -> int:
    (tmp_path / "roster.csv").write_text(rows)
    return main(["collect", "roster.csv", "-o", "commits.csv", *words])


def cells(tmp_path: Path) -> dict[str, dict[str, str]]:
    with (tmp_path / "commits.csv").open(newline="") as file:
        return {row["id"]: row for row in csv.DictReader(file)}


def sources(tmp_path: Path) -> dict[str, Source]:
    """What a grading of the collected file would check."""
    homeworks = [homework for homework in catalogue.load().homeworks if homework.slug in ("docker-3", "docker-4")]
    roster = read_roster(tmp_path / "commits.csv", [homework.slug for homework in homeworks])
    return {row.id: freeze_row(row, homeworks, None, tmp_path / "clones") for row in roster.rows}


def merged(folder: Path, branch: str) -> str:
    """A homework's branch, merged; the merge."""
    git(folder, "checkout", "-q", "-b", branch)
    commit(folder, branch)
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", branch)
    return git(folder, "rev-parse", "HEAD")


def test_what_is_pushed_afterwards_is_not_graded(tmp_path: Path, url: str, served: Path) -> None:
    head = commit(served / "a", "one")
    before = datetime.now(UTC)
    assert collect(tmp_path, f"id,url,name\na,{url}/a/.git,Ann\n") == 0
    commit(served / "a", "too late")
    row = cells(tmp_path)["a"]
    assert list(row) == ["id", "url", "name", "ref", "collected"]
    assert (row["name"], row["ref"]) == ("Ann", head)
    asked = datetime.fromisoformat(row["collected"])
    assert before.replace(microsecond=0) <= asked <= datetime.now(UTC)
    assert sources(tmp_path)["a"].revisions["docker-4"]["commit"] == head


def test_each_revision_by_its_commit(tmp_path: Path, url: str, served: Path) -> None:
    commit(served / "a", "one")
    merge = merged(served / "a", "docker-3")
    git(served / "a", "tag", "-a", "-m", "x", "v1")
    head = commit(served / "a", "more")
    rows = f"id,url,ref,ref:docker-3\na,{url}/a/.git,main~1,v1\nb,{url}/a/.git,,auto\nc,{url}/a/.git,auto,{'1' * 40}\n"
    assert collect(tmp_path, rows) == 3, "there is no such commit to fetch"
    merged(served / "a", "docker-4")
    found = cells(tmp_path)
    assert found["a"]["ref"] == f"{head}~1"
    assert found["b"]["ref:docker-3"] == f"auto@{head}"
    assert found["c"]["ref"] == f"auto@{head}"
    graded = sources(tmp_path)
    assert graded["a"].revisions["docker-4"]["commit"] == graded["a"].revisions["docker-3"]["commit"] == merge
    assert graded["b"].revisions["docker-3"]["commit"] == merge
    assert graded["b"].revisions["docker-4"]["commit"] == head
    assert f"no {'1' * 40} any more" in str(graded["c"].problem)


def test_a_branch_that_is_rewritten_after_the_deadline(tmp_path: Path, url: str, served: Path) -> None:
    head = commit(served / "a", "one")
    assert collect(tmp_path, f"id,url\na,{url}/a/.git\n") == 0
    git(served / "a", "commit", "-q", "--amend", "-m", "rewritten")
    git(served / "a", "reflog", "expire", "--expire=now", "--all")
    git(served / "a", "gc", "-q", "--prune=now")
    assert sources(tmp_path)["a"].revisions["docker-4"]["commit"] == head, "it is in the cache"
    shutil.rmtree(cache_folder())
    shutil.rmtree(tmp_path / "clones")
    assert "no longer" in str(sources(tmp_path)["a"].problem) or "any more" in str(sources(tmp_path)["a"].problem)


def test_every_ref_is_written_down(tmp_path: Path, url: str, served: Path) -> None:
    head = commit(served / "a", "one")
    git(served / "a", "branch", "docker-4")
    collect(tmp_path, f"id,url\na,{url}/a/.git\n", "--no-fetch")
    (line,) = (tmp_path / "commits.refs.jsonl").read_text().splitlines()
    found = json.loads(line)
    assert found["refs"] == {"HEAD": head, "refs/heads/docker-4": head, "refs/heads/main": head}
    assert found["head"] == "refs/heads/main"
    assert not cache_folder().exists()


def test_each_at_its_own_deadline(tmp_path: Path, url: str, served: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = commit(served / "a", "one")
    rows = "".join(
        f"{id},{url}/a/.git,{deadline},{extension},{exempt}\n"
        for id, deadline, extension, exempt in (
            ("past", PAST, "", ""),
            ("more", PAST, LATER, ""),
            ("never", "", "", ""),
            ("out", PAST, "", "yes"),
            ("later", LATER, "", ""),
        )
    )
    text = "id,url,deadline,extension,exempt\n" + rows
    assert collect(tmp_path, text) == 0
    assert {id for id, row in cells(tmp_path).items() if row["collected"]} == {"past", "never"}
    said = capsys.readouterr().out
    assert "due later: 2, the next one at" in said
    assert " d " in said.partition("asked up to")[2], "it was asked years later"
    commit(served / "a", "two")
    first = cells(tmp_path)
    assert collect(tmp_path, text.replace(f"later,{url}/a/.git,{LATER}", f"later,{url}/a/.git,{PAST}")) == 0
    second = cells(tmp_path)
    assert second["past"] == first["past"], "what was collected stays"
    assert second["past"]["ref"] == old
    assert second["later"]["ref"] != old


def test_the_deadline_of_the_course(tmp_path: Path, url: str, served: Path) -> None:
    commit(served / "a", "one")
    (tmp_path / "course.toml").write_text(f'[deadlines]\ndocker-4 = "{LATER}"\ndocker-3 = "{PAST}"\n')
    rows = f"id,url\na,{url}/a/.git\n"
    assert collect(tmp_path, rows, "--hw", "docker-4", "--hw-course", "course.toml") == 0
    assert not cells(tmp_path)["a"]["collected"]
    assert collect(tmp_path, rows, "--hw", "docker-3", "--hw-course", "course.toml") == 0
    assert cells(tmp_path)["a"]["collected"]


def test_it_waits_for_the_deadline(tmp_path: Path, url: str, served: Path) -> None:
    head = commit(served / "a", "one")
    due = datetime.now(UTC) + timedelta(seconds=2)
    assert collect(tmp_path, f"id,url,deadline\na,{url}/a/.git,{due.isoformat()}\n", "--wait") == 0
    row = cells(tmp_path)["a"]
    assert row["ref"] == head
    assert datetime.fromisoformat(row["collected"]) >= due.replace(microsecond=0)


def test_it_is_interrupted_while_it_waits(tmp_path: Path, url: str, served: Path) -> None:
    commit(served / "a", "one")
    (tmp_path / "roster.csv").write_text(f"id,url,deadline\na,{url}/a/.git,\nb,{url}/a/.git,{LATER}\n")
    words = [sys.executable, "-m", "pytest_dockerlab.cli", "collect", "roster.csv", "-o", "commits.csv", "--wait"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True, env=os.environ.copy()) as process:
        assert process.stdout is not None
        assert any("waiting until" in line for line in process.stdout)
        process.send_signal(signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(60) == 2
    assert "Interrupted" in rest
    assert cells(tmp_path)["a"]["collected"]


def test_one_that_cannot_be_asked_costs_itself(
    tmp_path: Path, url: str, served: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    commit(served / "a", "one")
    commit(tmp_path / "here", "one")
    (tmp_path / "plain").mkdir()
    git(served, "init", "-q", "--bare", "empty.git")
    rows = (
        f"id,path,ref\nnone,{url}/none.git,\ngood,{url}/a/.git,\nlocal,here,\nplain,plain,\nnoref,{url}/a/.git,nowhere\n"
        f"empty,{url}/empty.git,\nmissing,nowhere,\n"
    )
    assert collect(tmp_path, rows, "--no-fetch") == 3
    assert {id for id, row in cells(tmp_path).items() if row["collected"]} == {"good", "local"}
    said = capsys.readouterr().err
    for line in (
        "none: there is no such repository",
        "plain: there is no git repository",
        "noref: it has no ref nowhere",
        "empty: it has no commit yet",
        "missing:",
    ):
        assert line in said
    assert cells(tmp_path)["local"]["ref"] == git(tmp_path / "here", "rev-parse", "HEAD")


def test_the_file_may_lie_elsewhere(tmp_path: Path) -> None:
    head = commit(tmp_path / "here", "one")
    (tmp_path / "roster.csv").write_text("id,path\na,here\n")
    assert main(["collect", "roster.csv", "-o", "other/commits.csv"]) == 0
    (row,) = read_roster(tmp_path / "other/commits.csv", []).rows
    assert row.path == tmp_path / "here"
    assert row.refs == {"": head}


def test_the_roster_itself_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commit(tmp_path / "here", "one")
    (tmp_path / "roster.csv").write_text("id,path\na,here\n")
    assert main(["collect", "roster.csv", "-o", "roster.csv"]) == 4
    assert "give another name" in capsys.readouterr().err
    assert (tmp_path / "roster.csv").read_text() == "id,path\na,here\n"


def test_a_folder_of_clones(tmp_path: Path) -> None:
    heads = {name: commit(tmp_path / "clones" / name, name) for name in ("ann", "bob")}
    assert main(["collect", "clones", "-o", "commits.csv"]) == 0
    assert {id: row["ref"] for id, row in cells(tmp_path).items()} == heads
