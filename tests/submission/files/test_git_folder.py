"""A git folder that leads out, or is no such thing: nothing outside is opened, and nothing hangs."""

from __future__ import annotations

import os
import re
import shutil
import time
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.errors import ConfigurationError, UnreadableRepository
from pytest_dockerlab.source import open_source
from pytest_dockerlab.submission.files.git_folder import git_dir_of
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.gitrepo import commit_of
from pytest_dockerlab.submission.files.worktree import WorkTree

from ._broken import BROKEN, HARMLESS
from ._repository import Repository

(DOCKER_4,) = (homework for homework in catalogue.load().homeworks if homework.slug == "docker-4")


def refuse(root: Path) -> None:
    with pytest.raises(UnreadableRepository):
        git_dir_of(root)
    assert WorkTree(root).tracked("README.md") is None


@pytest.fixture
def victim(tmp_path):
    """Somebody else's repository on the same machine."""
    victim = Repository(tmp_path / "victim")
    (victim.root / "secret").write_text("secret")
    victim.commit()
    return victim


@pytest.mark.parametrize("relative", [True, False])
def test_gitdir_file_outside(tmp_path, victim, relative):
    root = tmp_path / "hostile"
    root.mkdir()
    (root / ".git").write_text("gitdir: ../victim/.git\n" if relative else f"gitdir: {victim.root}/.git\n")
    refuse(root)


def test_gitdir_file_inside(repository):
    (repository.root / ".git").rename(repository.root / "git")
    (repository.root / ".git").write_text("gitdir: git\n")
    assert repository.tree().read("start.sh")


@pytest.mark.parametrize("part", [".git", ".git/objects", ".git/refs", ".git/HEAD", ".git/config"])
def test_link_outside(repository, victim, part):
    found = repository.root / part
    assert (victim.root / part).exists()
    found.rename(repository.root / "away")
    found.symlink_to(victim.root / part)
    refuse(repository.root)


def test_links_among_objects(repository, victim):
    name = victim.git("rev-parse", "HEAD")[:2]
    folder = repository.root / ".git/objects" / name
    if folder.exists():
        folder.rename(repository.root / "away")
    folder.symlink_to(victim.root / ".git/objects" / name)
    refuse(repository.root)


def test_link_inside(repository):
    (repository.root / ".git").rename(repository.root / "git")
    (repository.root / ".git").symlink_to("git")
    assert repository.tree().read("start.sh")


def test_worktree_of_another_repository(tmp_path, victim):
    git_dir = tmp_path / "hostile/.git"
    (git_dir / "objects").mkdir(parents=True)
    (git_dir / "refs").mkdir()
    (git_dir / "HEAD").write_text("ref: refs/heads/master\n")
    (git_dir / "commondir").write_text("../../victim/.git\n")
    refuse(tmp_path / "hostile")


@pytest.mark.parametrize(
    "line", ["../../../victim/.git/objects", "{victim}/.git/objects", '"../../../victim/.git/objects"']
)
def test_alternates_outside(repository, victim, line):
    (repository.root / ".git/objects/info").mkdir(exist_ok=True)
    (repository.root / ".git/objects/info/alternates").write_text(f"# comment\n\n{line.format(victim=victim.root)}\n")
    refuse(repository.root)


@pytest.mark.parametrize("part", ["HEAD", "config", "packed-refs", "refs", "objects/info/alternates"])
def test_fifo_in_the_git_folder(repository, part):
    path = repository.root / ".git" / part
    path.parent.mkdir(exist_ok=True)
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    begin = time.monotonic()
    refuse(repository.root)
    assert time.monotonic() - begin < 20


def test_a_linked_work_tree_says_what_to_check_instead(repository, tmp_path):
    linked = tmp_path / "linked"
    repository.git("worktree", "add", "-q", "-b", "docker-4", str(linked))
    with pytest.raises(UnreadableRepository, match=f"a linked work tree.*{re.escape(str(repository.root))}$") as caught:
        git_dir_of(linked)
    assert "--hw-ref" in str(caught.value.remedy)
    assert WorkTree(linked).read("start.sh")
    assert commit_of(repository.git_dir, "docker-4"), "which is what it says to do"


def test_a_checked_out_submodule_says_how_to_check_it(repository, tmp_path):
    parent = Repository(tmp_path / "parent")
    allowed = ("-c", "protocol.file.allow=always")
    parent.git(*allowed, "submodule", "add", "-q", str(repository.root), "homework")
    folder = parent.root / "homework"
    with pytest.raises(UnreadableRepository, match="a submodule") as caught:
        git_dir_of(folder)
    assert WorkTree(folder).read("start.sh")
    command = str(caught.value.remedy).partition("git clone ")[2].partition(" COPY")[0]
    parent.git("clone", "-q", command, str(tmp_path / "copy"))
    assert GitTree(git_dir_of(tmp_path / "copy"), "HEAD").read("start.sh")


# --- Whatever there may be ---


def read_alone(repository: Repository) -> str | None:
    """What a run of this submission alone makes of it, when a commit is asked for: why it is not read."""
    try:
        source = open_source(str(repository.root), {"docker-4": "HEAD"}, [DOCKER_4], repository.root)
        assert source.tree("docker-4").read("start.sh") == b"#!/bin/sh\n"
    except (UnreadableRepository, ConfigurationError) as error:
        return error.message
    return None


@pytest.fixture
def outside(tmp_path):
    (tmp_path / "outside").mkdir()
    return tmp_path / "outside"


@pytest.mark.parametrize("how", BROKEN)
def test_a_broken_repository_says_what_is_broken(repository, outside, how):
    BROKEN[how](repository, outside)
    begin = time.monotonic()
    why = read_alone(repository)
    assert why is not None
    assert why.isprintable()
    assert len(why) < 700
    assert open_source(str(repository.root), {}, [DOCKER_4], repository.root).tree("docker-4").read("start.sh")
    assert time.monotonic() - begin < 20


@pytest.mark.parametrize("how", HARMLESS)
def test_what_is_never_asked_may_be_broken(repository, outside, how):
    HARMLESS[how](repository, outside)
    assert read_alone(repository) is None
