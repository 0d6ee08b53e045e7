"""Which commit is a homework's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue, tools
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.source import open_source
from pytest_dockerlab.submission.files.git_folder import git_dir_of
from pytest_dockerlab.submission.files.history import History, Merge

from ._repository import Repository


def merge_of(git_dir: Path, branch: str, head: str = "HEAD") -> Merge | None:
    return History(git_dir, head).merge_of(branch)


def merged(repository: Repository, subject: str) -> str:
    """A merge commit on the branch that is checked out."""
    base = repository.git("rev-parse", "HEAD")
    side = repository.commit("work", parents=(base,))
    merge = repository.commit(subject, parents=(base, side))
    repository.git("reset", "-q", "--soft", merge)
    return merge


@pytest.mark.parametrize(
    "subject",
    [
        "Merge pull request #4 from Otus-DevOps-2017-11/docker-4",
        "Merge pull request #4 from student/Docker_4",
        "Merge pull request #4 from student/feature/docker-4",
        "Merge branch 'docker-4'",
        "Merge branch 'docker-4' into master",
        "Merge branch 'docker-4' into 'main'",
        "Merge branch 'docker-4' of github.com:student/microservices",
        "Merge remote-tracking branch 'origin/docker-4'",
        "Merged in docker-4 (pull request #4)",
        "Docker 4 (#7)",
        "docker-4 (#12)",
        "DOCKER4 (#12)",
        "Feature/docker 4 (#3)",
        "docker-4 (!3)",
        "PR for HW#17 (docker-4) (#4)",
    ],
)
def test_merge_is_found(repository, subject):
    merge = merged(repository, subject)
    repository.commit("later")
    assert merge_of(repository.git_dir, "docker-4") == (merge, subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Merge pull request #4 from student/docker-40",
        "Merge pull request #4 from student/docker-4-fix",
        "Merge pull request #4 from docker-4/master",
        "Merge branch 'docker-4' of github.com:student/microservices into docker-4",
        "Merge branch 'docker-4' into docker-5",
        "Merge branch 'master' into docker-4",
        "docker-40 (#12)",
        "docker-4.1 (#12)",
        "mydocker-4 (#12)",
        'Revert "docker-4 (#12)" (#13)',
        "docker-4",
        "work on docker-4",
    ],
)
def test_this_is_no_merge(repository, subject):
    merged(repository, subject)
    assert merge_of(repository.git_dir, "docker-4") is None


def test_pull_into_the_branch_that_is_checked_out_is_no_merge(repository):
    repository.git("checkout", "-q", "-b", "docker-4")
    merged(repository, "Merge branch 'docker-4' of github.com:student/microservices into docker-4")
    assert merge_of(repository.git_dir, "docker-4") is None


def test_numbers_are_whole(repository):
    tenth = merged(repository, "Merge pull request #1 from student/gitlab-ci-10")
    first = merged(repository, "Merge pull request #2 from student/gitlab-ci-1")
    assert merge_of(repository.git_dir, "gitlab-ci-1") == (first, "Merge pull request #2 from student/gitlab-ci-1")
    assert merge_of(repository.git_dir, "gitlab-ci-10") == (tenth, "Merge pull request #1 from student/gitlab-ci-10")


def chosen(repository: Repository, *slugs: str) -> str | None:
    found = History(repository.git_dir).merge_of(*slugs)
    return found and found.commit


def test_newest_of_equals(repository):
    merged(repository, "Merge pull request #1 from student/docker-4")
    newest = merged(repository, "Merge pull request #2 from student/docker-4")
    assert chosen(repository, "docker-4") == newest


def test_name_counts_more_than_a_mention(repository):
    name = merged(repository, "Docker 4 (#1)")
    merged(repository, "Networks of docker-4 in monitoring (#2)")
    assert chosen(repository, "docker-4") == name


def test_main_line_counts_more_than_a_side(repository):
    base = repository.git("rev-parse", "HEAD")
    main = merged(repository, "Merge pull request #1 from student/docker-4")
    aside = repository.commit("Merge pull request #2 from student/docker-4", parents=(base,))
    aside = repository.commit("work", parents=(aside,))
    last = repository.commit("Merge pull request #3 from student/docker-5", parents=(main, aside))
    repository.git("reset", "-q", "--soft", last)
    assert chosen(repository, "docker-4") == main


def test_merge_off_the_main_line_is_found(repository):
    merge = merged(repository, "Merge pull request #1 from student/docker-4")
    repository.git("checkout", "-q", "-b", "docker-5", f"{merge}^")
    last = repository.commit("Merge branch 'master' into docker-5", parents=(f"{merge}^", merge))
    repository.git("reset", "-q", "--soft", last)
    assert chosen(repository, "docker-4") == merge


def test_first_name_counts_more(repository):
    first = merged(repository, "Merge pull request #1 from student/gitlab-ci-1")
    second = merged(repository, "Merge pull request #2 from student/docker-6")
    assert chosen(repository, "gitlab-ci-1", "docker-6") == first
    assert chosen(repository, "docker-5", "docker-6") == second
    assert chosen(repository, "docker-5") is None


def test_history_from_another_head(repository):
    merge = merged(repository, "Merge pull request #1 from student/docker-4")
    assert merge_of(repository.git_dir, "docker-4", f"{merge}^") is None
    with pytest.raises(ConfigurationError):
        merge_of(repository.git_dir, "docker-4", "missing")


def test_shallow_clone(repository, tmp_path):
    merged(repository, "Merge pull request #1 from student/docker-4")
    newest = merged(repository, "Merge pull request #2 from student/docker-5")
    repository.git("clone", "-q", "--bare", "--depth=1", f"file://{repository.root}", str(tmp_path / "shallow"))
    git_dir = git_dir_of(tmp_path / "shallow")
    assert merge_of(git_dir, "docker-4") is None
    assert merge_of(git_dir, "docker-5").commit == newest
    assert History(git_dir).is_cut
    assert not History(repository.git_dir).is_cut
    docker_4 = catalogue.load().homework("docker-4")
    source = open_source(str(git_dir), {"docker-4": "auto"}, [docker_4], git_dir)
    assert "cut off here: git fetch --unshallow" in str(source.revisions["docker-4"]["why"])


def test_a_long_history_takes_no_program_for_each_commit(repository, monkeypatch):
    stream = "".join(
        f"commit refs/heads/long\ncommitter c <c@example.com> {number} +0000\ndata 16\ndocker-4 (#{number})\n\n"
        for number in range(1000, 3000)
    )
    repository.git("fast-import", "--quiet", stdin=stream.encode())
    started = []
    monkeypatch.setattr(
        tools, "start", lambda argv, start=tools.start, **more: started.append(argv) or start(argv, **more)
    )
    found = merge_of(repository.git_dir, "docker-4", "long")
    assert found.commit == repository.git("rev-parse", "long")
    assert 0 < len(started) < 10
