"""Rows made fast: a commit for each homework, and a repository that cannot be had is one row's."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.roster.freezing import frozen
from pytest_dockerlab.roster.remote import Patience
from pytest_dockerlab.roster.row import Row
from pytest_dockerlab.source import Source

from .servers import commit, git

HOMEWORKS = [homework for homework in catalogue.load().homeworks if homework.slug in ("docker-3", "docker-4")]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    for name in ("one", "two"):
        commit(folder, name)
    return folder


def sources(tmp_path: Path, *rows: Row) -> dict[str, Source]:
    return {
        row.id: source for row, source in frozen(rows, HOMEWORKS, None, tmp_path / "clones", patience=Patience(tries=1))
    }


def test_revisions_are_full_commits_each_homework_its_own(tmp_path: Path, repository: Path) -> None:
    source = sources(tmp_path, Row("me", repository, refs={"docker-3": "HEAD~1"}))["me"]
    assert source.problem is None
    commits = {slug: revision["commit"] for slug, revision in source.revisions.items()}
    assert commits == {
        "docker-3": git(repository, "rev-parse", "HEAD~1"),
        "docker-4": git(repository, "rev-parse", "HEAD"),
    }
    assert not any(revision["worktree"] for revision in source.revisions.values())


def test_a_folder_without_git_is_taken_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    source = sources(tmp_path, Row("me", tmp_path / "plain"))["me"]
    assert source.revisions["docker-4"]["worktree"] is True


def test_one_bad_row_leaves_the_others_alone(tmp_path: Path, repository: Path) -> None:
    for name in (b"\xff", b"two\nlines"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).mkdir()
    found = sources(
        tmp_path,
        Row("good", repository),
        Row("gone", tmp_path / "nowhere"),
        Row("noref", repository, refs={"": "no-such-branch"}),
        Row("dead", url="https://127.0.0.1:9/x.git"),
        Row("bytes", Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff"))),
        Row("lines", tmp_path / "two\nlines"),
    )
    assert found["good"].problem is None
    assert "no such folder" in str(found["gone"].problem)
    assert "no-such-branch" in str(found["noref"].problem)
    assert "server does not answer" in str(found["dead"].problem)
    assert "rename it" in str(found["bytes"].problem)
    assert "rename it" in str(found["lines"].problem)
    for source in found.values():
        str(source.to_json()).encode()


def test_rows_come_in_their_order_and_few_are_held(tmp_path: Path, repository: Path) -> None:
    asked: list[int] = []

    def rows():  # type: ignore[no-untyped-def]
        for number in range(200):
            asked.append(number)
            yield Row(f"s{number}", repository)

    coming = frozen(rows(), HOMEWORKS, None, tmp_path / "clones", at_once=2)
    assert [next(coming)[0].id for _number in range(10)] == [f"s{number}" for number in range(10)]
    assert len(asked) < 20
    coming.close()
