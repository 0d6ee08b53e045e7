"""gitlab-ci-1/runner-online: runners that work, and every way in which none does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pytest_dockerlab.results import Verdict
from pytest_dockerlab.testing import replace
from tests.gitlab.state import CURRENT, SEED

from ._gitlab import Site, words
from ._homework import CI

ID = "gitlab-ci-1/runner-online"
TAGGED = replace(CI, "test_unit_job:\n", "test_unit_job:\n  tags: [docker, linux]\n")


def judge(site: Site):
    return site.judge(ID, "gitlab_project")


@pytest.mark.sample(ID, "passes")
def test_one_is_online(site: Site):
    site.fake.runner(site.project)
    result = judge(site)
    assert result.verdict is Verdict.PASSED, words(result)
    assert list(map(str, result.evidence["runners"].values())) == ["online, 18.6.0"]


@pytest.mark.sample(ID, "unusual")
def test_a_shared_one_of_2018_beside_one_that_is_paused(site: Site):
    """Nobody but an administrator sees the details of a shared one."""
    site.fake.release = SEED
    site.edit(TAGGED)
    site.fake.runner(site.project, paused=True, active=False)
    site.fake.runner(description="shared")
    result = judge(site)
    assert result.verdict is Verdict.PASSED, words(result)
    assert sorted(map(str, result.evidence["runners"].values())) == ["online", "paused"]


@pytest.mark.sample(ID, "unusual")
def test_each_job_has_a_runner_of_its_own(site: Site):
    site.edit(TAGGED, replace(CI, "deploy_job:\n", "deploy_job:\n  when: manual\n  tags: [production]\n"))
    site.fake.runner(site.project, tag_list=["docker", "linux", "more"], run_untagged=False)
    site.fake.runner(site.project, tag_list=["other"])
    assert judge(site).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "fails")
def test_there_is_none(site: Site):
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    assert "no runner may take the jobs of homework/example" in words(result)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"paused": True, "active": False}, "paused | resume it"),
        ({"online": False, "status": "never_contacted", "contacted_at": None}, "it has never asked for a job | start"),
        ({"online": False, "status": "stale"}, "offline: it last asked for a job 50 h ago | start it"),
    ],
)  # fmt: skip
def test_none_is_at_work(site: Site, fields: dict[str, object], says: str):
    ago = site.fake.clock() - timedelta(hours=50, minutes=20)
    runner = site.fake.runner(site.project, **{"contacted_at": ago, **fields})
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    expected = f"the runner #{runner['id']} my-autoscale-runner is online and not paused"
    assert words(result).startswith(f"{expected} | {says}")


def test_by_its_own_clock(site: Site):
    site.fake.clock_ahead = 7200
    ago = site.fake.clock() - timedelta(hours=50, minutes=20)
    site.fake.runner(site.project, online=False, status="offline", contacted_at=ago)
    assert "52 h ago" in words(judge(site))


def test_tags_that_no_runner_has(site: Site):
    site.edit(TAGGED)
    site.fake.runner(site.project, tag_list=["docker"])
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    assert [str(each.at) for each in result.findings] == [f"{CI}:{_line(site, 'test_unit_job:')}"]
    assert "a runner takes the job test_unit_job | the job wants the tags docker, linux; the runners have:" in words(
        result
    )


def test_jobs_without_tags_and_a_runner_that_takes_none_of_them(site: Site):
    site.fake.runner(site.project, tag_list=["docker"], run_untagged=False)
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    assert len(result.findings) == 4
    assert "the job has no tags, and the runners take only jobs with theirs" in words(result)


@pytest.mark.parametrize("release", [CURRENT, SEED])
def test_jobs_that_nobody_takes(site: Site, release):
    site.fake.release = release
    runner = site.fake.runner(site.project)
    pipeline = site.fake.push(site.project, "master")
    first, *others = site.project.jobs.values()
    assert judge(site).verdict is Verdict.PASSED  # it waits since this moment
    first["created_at"] -= timedelta(minutes=25, seconds=30)
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    assert "it has waited for 25 min, and 1 jobs wait" in words(result)
    # but for a runner with something else to do: over its limit jobs wait, and that is right
    other = site.fake.project("homework/other")
    busy = site.fake.job(other, site.fake.push(other, "master"), status="running", runner=runner["id"])
    assert judge(site).verdict is Verdict.PASSED
    busy["status"] = "success"
    assert judge(site).verdict is Verdict.FAILED
    extra = site.fake.job(site.project, pipeline, status="running")
    assert judge(site).verdict is Verdict.PASSED
    # nor has a job waited while those of the stage before ran
    for each in (first, extra):
        site.fake.finish(site.project, each, runner=runner["id"])
    for each in others:
        each.update(status="pending", created_at=first["created_at"], queued_at=site.fake.clock())
    assert judge(site).verdict is Verdict.PASSED


def test_who_may_not_see_runners(site: Site):
    site.fake.runner(site.project)
    site.fake.users[site.token or ""].level = 30
    result = judge(site)
    assert result.verdict is Verdict.UNVERIFIED
    assert "make the token's user a Maintainer of the project" in words(result)


def test_without_a_pipeline_the_runners_are_judged_all_the_same(site: Site):
    (site.folder / CI).unlink()
    site.fake.runner(site.project)
    assert judge(site).verdict is Verdict.PASSED


def _line(site: Site, text: str) -> int:
    return (site.folder / CI).read_text().splitlines().index(text) + 1
