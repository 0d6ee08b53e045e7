"""The roster: what can be meant, and a row that cannot be had."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.roster.rows import freeze, read_roster

CATALOGUE = catalogue.load()
SLUGS = [homework.slug for homework in CATALOGUE.homeworks]
HOMEWORKS = [homework for homework in CATALOGUE.homeworks if homework.slug in ("docker-3", "docker-4")]


def roster(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(text, "utf-8")
    return path


def git(folder: Path, *arguments: str) -> str:
    words = ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments]
    return subprocess.run(words, cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    for name in ("one", "two"):
        (folder / name).write_text(name)
        git(folder, "add", ".")
        git(folder, "commit", "-q", "-m", name)
    return folder


def test_rows_are_sorted_and_relative_to_the_roster(tmp_path: Path) -> None:
    path = roster(
        tmp_path,
        '\ufeffid, path, ref, ref:docker-4\nzoe, ../z, main,\n\n"Аня", /a, , v4\nbob, https://git.example/bob.git,,\n',
    )
    rows = read_roster(path, SLUGS)
    assert [row.id for row in rows] == ["bob", "zoe", "Аня"]
    assert rows[0].url == "https://git.example/bob.git"
    assert rows[1].path == (tmp_path / "../z").absolute()
    assert rows[1].refs == {"": "main"}
    assert rows[2].refs == {"docker-4": "v4"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns are"),
        ("id,path\n", "is empty"),
        ("name,path\na,b\n", "unknown column 'name'"),
        ("id,path,ref:docker4\na,b,c\n", "unknown column 'ref:docker4'"),
        ("id\na\n", "columns are"),
        ("id,path\na,b\na,c\n", r"roster\.csv:3: id 'a' is there twice"),
        ("id,path\n,b\n", "csv:2: an id has"),
        ("id,path\na[b],c\n", "an id has"),
        ("id,path\n\x1b[2J,c\n", "an id has"),
        ("id,path,url\na,,\n", "needs a path or a URL"),
        ("id,path,url\na,b,https://x/y\n", "needs a path or a URL"),
        ("id,url\na,ext::sh -c id\n", "is not the URL"),
        ("id,url\na,--upload-pack=id\n", "is not the URL"),
        ("id,url\na,file:///etc\n", "is not the URL"),
        ("id,path\na,b,c\n", "more cells"),
        ('id,path\na,"b\n', "unexpected end"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read_roster(roster(tmp_path, text), SLUGS)


def test_a_roster_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_roster(tmp_path / "none.csv", SLUGS)


def test_revisions_are_full_commits_each_homework_its_own(tmp_path: Path, repository: Path) -> None:
    path = roster(tmp_path, "id,path,ref,ref:docker-3\nme,work,,HEAD~1\n")
    (source,) = freeze(read_roster(path, SLUGS), HOMEWORKS, None, tmp_path / "clones")
    assert source.problem is None
    commits = {slug: revision["commit"] for slug, revision in source.revisions.items()}
    assert commits == {
        "docker-3": git(repository, "rev-parse", "HEAD~1"),
        "docker-4": git(repository, "rev-parse", "HEAD"),
    }
    assert not any(revision["worktree"] for revision in source.revisions.values())


def test_a_folder_without_git_is_taken_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    path = roster(tmp_path, "id,path\nme,plain\n")
    (source,) = freeze(read_roster(path, SLUGS), HOMEWORKS, None, tmp_path / "clones")
    assert source.revisions["docker-4"]["worktree"] is True


def test_one_bad_row_leaves_the_others_alone(tmp_path: Path, repository: Path) -> None:
    path = roster(
        tmp_path,
        "id,path,url,ref\ngood,work,,\ngone,nowhere,,\nnoref,work,,no-such-branch\ndead,,https://127.0.0.1:9/x.git,\n",
    )
    found = {source.id: source for source in freeze(read_roster(path, SLUGS), HOMEWORKS, None, tmp_path / "clones")}
    assert found["good"].problem is None
    assert "no such folder" in str(found["gone"].problem)
    assert "no-such-branch" in str(found["noref"].problem)
    assert "could not be cloned" in str(found["dead"].problem)
