"""What is asked of a GitLab, through python-gitlab, and what it answers: one of today and one of 2018."""

from __future__ import annotations

import pytest

from pytest_dockerlab.gitlab import errors
from pytest_dockerlab.gitlab.answers import Version
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.gitlab.project import GitlabProject

from .fake import FakeGitlab
from .state import TOKEN, User


def asked(fake: FakeGitlab, token: str | None = TOKEN, **options: bool) -> GitlabInstance:
    return GitlabInstance(fake.url, token, **options)


def example(fake: FakeGitlab) -> GitlabProject:
    return asked(fake).project("homework/example")


def test_a_version(any_fake):
    assert asked(any_fake).version().release == any_fake.release


def test_versions_are_compared_by_number():
    said = ("18.6.1-ee", "9.5.0-ce.0", "16.0", "19.0.0-pre", "nightly")
    assert [Version.parse({"version": text}).release for text in said] == [
        (18, 6, 1),
        (9, 5, 0),
        (16, 0),
        (19, 0, 0),
        (),
    ]


def test_a_project_by_path_and_by_number(any_fake):
    made = any_fake.project()
    found = example(any_fake)
    assert (found.id, found.path, found.default_branch) == (made.id, "homework/example", "master")
    assert asked(any_fake).project(made.id).path == "homework/example"
    assert [each.path for each in asked(any_fake).projects()] == ["homework/example"]


def test_runners_with_their_details(any_fake):
    project = any_fake.project()
    any_fake.runner(project, tag_list=["docker", "linux"], run_untagged=False, paused=True, active=False)
    any_fake.runner(description="shared", online=False, status="offline")
    mine, shared = example(any_fake).runners()
    is_old = any_fake.release < (12,)
    assert (mine.type, mine.is_online, mine.is_paused, mine.status) == ("project_type", True, True, "paused")
    assert mine.tags == ("docker", "linux")
    assert mine.run_untagged is (None if is_old else False)
    assert mine.contacted_at is not None
    # the details of shared ones are for administrators
    assert (shared.type, shared.is_online, shared.tags, shared.run_untagged) == ("instance_type", False, None, None)


def test_pipelines_jobs_and_traces(any_fake):
    home = any_fake.project()
    runner = any_fake.runner(home)
    pipeline = any_fake.push(home, "master")
    [job] = home.jobs.values()
    any_fake.finish(home, job, runner=runner["id"], trace=b"Running with gitlab-runner\nJob succeeded\n")
    project = example(any_fake)
    [found] = project.pipelines("master")
    assert (found.id, found.status, found.sha) == (pipeline["id"], "success", home.branches["master"])
    assert project.pipelines("other") == []
    assert project.pipeline(found.id).started_at is not None
    [done] = project.jobs(found.id)
    assert (done.id, done.stage, done.status, done.pipeline, done.runner) == (
        job["id"], "test", "success", found.id, runner["id"],
    )  # fmt: skip
    assert done == project.job(done.id) == project.jobs()[0]
    trace = project.trace(done.id)
    assert trace is not None
    assert trace.is_whole
    assert trace.text.endswith("Job succeeded\n")
    assert "succeeded" not in repr(trace)


def test_a_job_that_never_started_has_no_trace(fake):
    home = fake.project()
    fake.push(home, "master")
    fake.commit(home, "master", {"README.md": "more"}, "more")
    fake.push(home, "master")  # cancels the first one
    project = example(fake)
    waiting, canceled = project.jobs()
    assert (waiting.status, canceled.status) == ("pending", "canceled")
    assert (canceled.runner, canceled.started_at) == (None, None)
    assert project.trace(canceled.id) is None


def test_a_long_trace_is_read_in_part(fake):
    home = fake.project()
    fake.push(home, "master")
    [job] = home.jobs.values()
    fake.finish(home, job, trace=b"x" * 3_000_000)
    trace = example(fake).trace(job["id"], 100_000)
    assert trace is not None
    assert (len(trace.text), trace.is_whole) == (100_000, False)


@pytest.mark.parametrize("has_links", [True, False])
def test_lists_are_read_page_by_page(any_fake, has_links):
    any_fake.has_links = has_links
    any_fake.external_url = "http://gitlab.internal.invalid"  # not how it is reached
    home = any_fake.project()
    pipeline = any_fake.push(home, "master")
    for _count in range(249):
        any_fake.job(home, pipeline)
    project = example(any_fake)
    any_fake.requests.clear()
    assert len({each.id for each in project.jobs(pipeline["id"])}) == 250
    assert len(any_fake.requests) == 3
    assert len(project.jobs(limit=120)) == 120
    assert len(any_fake.requests) == 5


def test_retried_jobs_only_where_they_are_asked_for(fake):
    home = fake.project()
    pipeline = fake.push(home, "master")
    [first] = home.jobs.values()
    first["retried"] = True
    fake.job(home, pipeline)
    project = example(fake)
    assert len(project.jobs(pipeline["id"])) == 1
    assert len(project.jobs(pipeline["id"], with_retried=True)) == 2


def test_lint_of_a_content(any_fake):
    any_fake.project(lint_errors=lambda text: [] if "script" in text else ["jobs:a config should implement a script"])
    project = example(any_fake)
    assert project.lint("a: {script: x}").is_valid
    wrong = project.lint("a: {}")
    assert (wrong.is_valid, wrong.errors) == (False, ("jobs:a config should implement a script",))


def test_lint_of_a_commit_needs_no_right_to_write(fake):
    home = fake.project(files={".gitlab-ci.yml": "wrong"}, lint_errors=lambda text: [text] if text == "wrong" else [])
    wrong = home.branches["master"]
    right = fake.commit(home, "master", {".gitlab-ci.yml": "right"}, "mended").id
    fake.users["reading"] = User(scopes=frozenset({"read_api"}))
    project = asked(fake, "reading").project(home.id)
    with pytest.raises(errors.GitlabScope):
        project.lint("right")
    assert (project.lint_of(wrong).errors, project.lint_of(right).is_valid) == (("wrong",), True)
    fake.release = (13, 5)
    with pytest.raises(errors.GitlabNotFound):
        asked(fake).project(home.id).lint_of(right)


def test_slack_under_its_old_and_its_new_path(any_fake):
    home = any_fake.project()
    before = example(any_fake).slack()
    assert before is None or not before.is_active
    home.integrations["slack"] = {
        "active": True, "push_events": True, "pipeline_events": True, "job_events": False,
        "properties": {"webhook": "https://hooks.slack.com/services/T0/B0/secret"},
    }  # fmt: skip
    found = example(any_fake).slack()
    assert found is not None
    assert found.is_active
    assert found.events == {"push", "pipeline"}
    assert "secret" not in repr(found)


def test_slack_is_gone_from_19_on(fake):
    fake.release = (19, 2, 0)
    home = fake.project()
    home.integrations["slack"] = {"active": True}
    assert example(fake).slack() is None


def test_commits(fake):
    home = fake.project()
    sha = fake.commit(home, "b1", {}, "on a branch").id
    project = example(fake)
    assert project.has_commit(sha)
    assert not project.has_commit("0" * 40)
    assert set(project.commits()) == set(home.commits)


def test_readiness_is_often_for_its_own_machine_alone(fake):
    assert asked(fake).is_ready() is None
    fake.readiness = 200
    assert asked(fake).is_ready() is True
    fake.readiness = 503
    with pytest.raises(errors.GitlabNotReady):
        asked(fake).is_ready()


def test_its_clock(fake):
    fake.clock_ahead = 3 * 3600
    gitlab = asked(fake)
    assert gitlab.clock_skew is None
    gitlab.version()
    assert gitlab.clock_skew == pytest.approx(3 * 3600, abs=60)
    assert abs((gitlab.now() - fake.clock()).total_seconds() - 3 * 3600) < 60


def test_nothing_is_changed_unless_that_is_allowed(fake):
    home = fake.project()
    commit = {
        "branch": "b1", "start_branch": "master", "commit_message": "try",
        "actions": [{"action": "create", "file_path": "a", "content": "b"}],
    }  # fmt: skip
    project = example(fake)
    before = len(fake.requests)
    with pytest.raises(errors.GitlabReadOnly):
        project.api.commits.create(commit)
    assert (len(fake.requests), list(home.branches)) == (before, ["master"])
    allowed = asked(fake, may_write=True).project(home.id)
    made = allowed.api.commits.create(commit)
    assert home.branches["b1"] == made.id
    assert [each.ref for each in allowed.pipelines(sha=made.id)] == ["b1"]
    allowed.api.branches.delete("b1")
    assert list(home.branches) == ["master"]


def test_who_may_ask_for_what(fake):
    fake.project()
    fake.users |= {
        "repository": User(scopes=frozenset({"read_repository"})),
        "reading": User(scopes=frozenset({"read_api"})),
        "developer": User(level=30),
        "stranger": User(is_member=False),
    }
    with pytest.raises(errors.GitlabScope, match="higher privileges"):
        asked(fake, "repository").version()
    assert asked(fake, "reading").project("homework/example").pipelines() == []
    with pytest.raises(errors.GitlabDenied, match="/runners"):
        asked(fake, "developer").project("homework/example").runners()
    with pytest.raises(errors.GitlabNotFound, match="homework%2Fexample"):
        asked(fake, "stranger").project("homework/example")
    with pytest.raises(errors.GitlabTokenRefused):
        asked(fake, "no token of it").version()
    with pytest.raises(errors.GitlabLoginRequired):
        asked(fake, None).version()
