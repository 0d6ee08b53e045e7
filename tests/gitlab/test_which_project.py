"""Which project is a submission's, and with which token a GitLab is asked."""

from __future__ import annotations

import subprocess
import traceback
from pathlib import Path

import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.gitlab import errors
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.gitlab.tokens import token_for
from pytest_dockerlab.gitlab.which_project import NEWEST, GitlabOtherProject, GitlabProjectUnknown, project_of
from pytest_dockerlab.submission.files.worktree import WorkTree

from .fake import FakeGitlab
from .state import TOKEN, sha_of

MINE = [sha_of("newest"), sha_of("before"), sha_of("first")]


@pytest.fixture
def gitlab(any_fake: FakeGitlab) -> GitlabInstance:
    """Three projects, of which the second one has a commit of the submission's."""
    any_fake.project("homework/other")
    any_fake.commit(any_fake.project("homework/mine"), "gitlab-ci-1", {}, "mine", MINE[1])
    any_fake.project("homework/third")
    return GitlabInstance(any_fake.url, TOKEN)


def test_the_one_that_has_its_commits(gitlab):
    assert project_of(gitlab, None, MINE).path == "homework/mine"


@pytest.mark.parametrize(
    "named", ["homework/mine", "/homework/mine.git", "http://gitlab.somebody.ru/homework/mine/-/jobs"]
)
def test_the_one_that_is_named(gitlab, named):
    assert project_of(gitlab, named, MINE).path == "homework/mine"
    assert project_of(gitlab, str(project_of(gitlab, named, MINE).id), MINE).path == "homework/mine"


def test_somebody_elses(gitlab):
    with pytest.raises(GitlabOtherProject, match="homework/other"):
        project_of(gitlab, "homework/other", MINE)
    assert project_of(gitlab, "homework/other", ()).path == "homework/other"  # nothing is known against it


def test_none_that_is_there(gitlab):
    with pytest.raises(errors.GitlabNotFound):
        project_of(gitlab, "homework/gone", MINE)
    with pytest.raises(errors.GitlabNotFound):
        project_of(gitlab, "..", MINE)


def test_what_cannot_be_told(any_fake, gitlab):
    with pytest.raises(GitlabProjectUnknown, match="no git repository"):
        project_of(gitlab, None, ())
    with pytest.raises(GitlabProjectUnknown, match="none of the 3 projects"):
        project_of(gitlab, None, [sha_of("of nobody")])
    any_fake.commit(any_fake.project("fork/mine"), "master", {}, "mine", MINE[0])
    with pytest.raises(GitlabProjectUnknown, match=r"several have its commits: homework/mine, fork/mine") as caught:
        project_of(gitlab, None, MINE)
    assert not caught.value.is_error


def test_a_submissions_newest_commits(tmp_path: Path):
    """Of both sides of a merge: the branch was pushed, and the merge made elsewhere."""
    git = ["git", "-C", str(tmp_path), "-c", "user.name=s", "-c", "user.email=s@s"]

    def run(*arguments: str) -> str:
        return subprocess.run([*git, *arguments], check=True, capture_output=True, text=True).stdout.strip()

    assert WorkTree(tmp_path).newest_commits(NEWEST) == ()
    run("init", "-q", "-b", "master")
    assert WorkTree(tmp_path).newest_commits(NEWEST) == ()
    for count in range(3):
        run("commit", "-q", "--allow-empty", "-m", str(count))
    run("checkout", "-q", "-b", "gitlab-ci-1")
    run("commit", "-q", "--allow-empty", "-m", "pushed")
    pushed = run("rev-parse", "HEAD")
    run("checkout", "-q", "master")
    run("merge", "-q", "--no-ff", "-m", "merge", "gitlab-ci-1")
    known = WorkTree(tmp_path).newest_commits(NEWEST)
    assert (known[0], len(known)) == (run("rev-parse", "HEAD"), 5)
    assert pushed in known[:3]
    assert sorted(known) == sorted(run("rev-list", "HEAD").split())
    assert WorkTree(tmp_path).newest_commits(2) == known[:2]


@pytest.mark.parametrize(
    ("environ", "token"),
    [
        ({}, None),
        ({"DOCKERLAB_GITLAB_TOKEN": " glpat-ours\n"}, "glpat-ours"),
        ({"DOCKERLAB_GITLAB_TOKEN": "glcbt-" + "x" * 900}, "glcbt-" + "x" * 900),
        ({"DOCKERLAB_GITLAB_TOKEN": "glpat-ours", "GITLAB_TOKEN": "x"}, "glpat-ours"),
        ({"GITLAB_TOKEN": "of gitlab.com"}, None),
        ({"GITLAB_TOKEN": "glpat-x", "CI_SERVER_URL": "https://gitlab.com"}, None),
        ({"GITLAB_TOKEN": "glpat-x", "CI_SERVER_URL": "https://gitlab.somebody.ru"}, None),
        ({"GITLAB_TOKEN": "glpat-x", "CI_SERVER_URL": "http://gitlab.somebody.ru:80"}, "glpat-x"),
    ],
)
def test_the_token(environ, token):
    found = token_for("http://gitlab.somebody.ru/", environ)
    assert (found and found.value) == token


@pytest.mark.parametrize("token", ["two words", "glpat-\u0445", "a\r\nHost: evil", "x" * 9_000])
def test_what_is_no_token(token):
    with pytest.raises(ConfigurationError) as caught:
        token_for("http://gitlab.somebody.ru", {"DOCKERLAB_GITLAB_TOKEN": token})
    assert token not in str(caught.value)
    frame = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack[-1]
    assert frame.name == "token_for"
    assert repr(token.strip()) not in str({**(frame.locals or {}), "environ": ""})
