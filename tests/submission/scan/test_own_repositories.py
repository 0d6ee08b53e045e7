"""A folder that is a repository of its own looks right where it was made, and is empty for whoever clones it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue, tools
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.git_folder import git_dir_of
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.tree import Tree
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask
from tests.submission.files._repository import Repository

EXAMPLE = Path(__file__).parents[3] / "examples/reddit"
ITEMS = {
    "docker-1/log-file": "docker-monolith",
    "docker-2/files": "docker-monolith",
    "docker-3/services": "src",
    "docker-4/compose-file": "src",
}


@pytest.fixture
def homework(tmp_path):
    """The example, and in it two folders in each of which somebody said ``git init``."""
    root = tmp_path / "homework"
    shutil.copytree(EXAMPLE, root, ignore=shutil.ignore_patterns(".env", "__pycache__"))
    for folder in ("src", "docker-monolith"):
        Repository(root / folder).commit()
    return Repository(root)


def committed(homework: Repository) -> Repository:
    homework.commit()  # git says that it adds embedded repositories, and goes on
    assert homework.git("ls-files", "-s", "src").startswith("160000 ")
    return homework


def at_home(homework: Repository) -> Tree:
    return WorkTree(committed(homework).root)


def not_yet_committed(homework: Repository) -> Tree:
    (homework.root / "src/.git").rename(homework.root / "away")
    (homework.root / "docker-monolith/.git").rename(homework.root / "away-too")
    (homework.root / ".gitignore").write_text("/src\n/docker-monolith\n/away\n/away-too\n")
    homework.commit()
    (homework.root / "away").rename(homework.root / "src/.git")
    (homework.root / "away-too").rename(homework.root / "docker-monolith/.git")
    return WorkTree(homework.root)


def before_the_first_commit(homework: Repository) -> Tree:
    return WorkTree(homework.root)


def cloned(homework: Repository) -> Tree:
    clone = homework.root.parent / "clone"
    committed(homework).git("clone", "-q", str(homework.root), str(clone))
    return WorkTree(clone)


def as_a_commit(homework: Repository) -> Tree:
    return GitTree(git_dir_of(committed(homework).root), "HEAD")


@pytest.mark.parametrize("item", ITEMS)
@pytest.mark.parametrize("seen", [at_home, not_yet_committed, before_the_first_commit, cloned, as_a_commit])
def test_it_is_not_handed_in_and_that_is_said(homework, seen, item):
    if item == "docker-4/compose-file" and tools.compose_command() is None:
        pytest.skip("no Docker Compose")
    tree = seen(homework)
    result = ask(catalogue.load().items[item], Submission("me", tree))
    assert result.verdict is Verdict.FAILED, result
    said = " ".join(text(each.hint) for each in result.findings)
    assert re.search(rf"git repositories of their own.*: [^.]*\b{ITEMS[item]}\b", said), said
    for path in ("src/ui/Dockerfile", "src/.git/HEAD", "docker-monolith/start.sh"):
        with pytest.raises(RefusedPath):
            tree.read(path)
        assert path not in tree.files
    assert not tree.exists("src/ui")
    assert tree.is_dir("src")


def whole(homework: Repository) -> Tree:
    shutil.rmtree(homework.root / "src/.git")
    homework.commit()
    return WorkTree(homework.root)


def its_files_are_committed_all_the_same(homework: Repository) -> Tree:
    """They were, before it became a repository: git goes on with them."""
    (homework.root / "src/.git").rename(homework.root.parent / "away")
    homework.commit()
    (homework.root.parent / "away").rename(homework.root / "src/.git")
    return WorkTree(homework.root)


def a_submodule(homework: Repository) -> Tree:
    (homework.root / ".gitmodules").write_text('[submodule "src"]\n\tpath = src\n\turl = https://git.example/src\n')
    return WorkTree(committed(homework).root)


def no_repository_around_it(homework: Repository) -> Tree:
    """An archive, or a folder in which the student's clone lies."""
    shutil.rmtree(homework.root / ".git")
    return WorkTree(homework.root)


@pytest.mark.parametrize("seen", [whole, its_files_are_committed_all_the_same, a_submodule, no_repository_around_it])
def test_what_comes_along_is_read(homework, seen):
    tree = seen(homework)
    assert tree.exists("src/ui/Dockerfile")
    result = ask(catalogue.load().items["docker-3/services"], Submission("me", tree))
    assert result.verdict is Verdict.PASSED, result
