"""When a text of a submission was last written."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.worktree import WorkTree

from ._repository import Repository

TEXT = "concurrent = 5\n\n[[runners]]\n  limit = 6\n"
DAY = 86_400


def of_day(repository: Repository, day: int) -> None:
    repository.seconds = 1_519_257_600 + day * DAY


def written(tree: GitTree | WorkTree, path: str = "README.md") -> date | None:
    return tree.written_on(path, TEXT)


def test_the_day_of_the_last_commit_that_changed_it(tmp_path: Path) -> None:
    repository, readme = Repository(tmp_path / "r"), tmp_path / "r/README.md"
    first = date(2018, 2, 22)
    other = TEXT.replace("6", "7")
    for day, content in enumerate(["# Homework\n", other, TEXT, f"# More\n\n> x\n{TEXT}", "x\n" + TEXT]):
        of_day(repository, day)
        readme.write_text(content)
        repository.commit()
    assert written(repository.tree()) == first + timedelta(days=2)
    assert written(repository.tree("HEAD~3")) is None, "another text"
    assert written(repository.tree(), "no.md") is None


def test_a_merge_is_as_old_as_what_it_merges(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    (tmp_path / "r/a").touch()
    of_day(repository, 0)
    repository.commit()
    repository.git("checkout", "-q", "-b", "docker-6")
    (tmp_path / "r/README.md").write_text(TEXT)
    of_day(repository, 1)
    repository.commit()
    repository.git("checkout", "-q", "master")
    of_day(repository, 2)
    (tmp_path / "r/a").write_text("a")
    repository.commit()
    repository.git("merge", "-q", "--no-ff", "-m", "Merge", "docker-6")
    assert written(repository.tree()) == date(2018, 2, 23)


def test_what_no_commit_has_is_of_today_and_without_git_nobody_knows(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    (tmp_path / "r/README.md").write_text(TEXT)
    of_day(repository, 0)
    repository.commit()
    assert written(WorkTree(tmp_path / "r")) == date(2018, 2, 22)
    (tmp_path / "r/README.md").write_text(TEXT.replace("5", "6"))
    today = WorkTree(tmp_path / "r").written_on("README.md", TEXT.replace("5", "6"))
    assert today is not None
    assert abs((today - date.today()).days) <= 1
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/README.md").write_text(TEXT)
    assert written(WorkTree(tmp_path / "plain")) is None


def test_names_that_git_would_read_as_something_else(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "r")
    (tmp_path / "r/README.md").write_text(TEXT)
    repository.commit()
    for path in ("README.md\nHEAD", "../README.md", "/etc/passwd", ".git/config"):
        assert written(repository.tree(), path) is None
