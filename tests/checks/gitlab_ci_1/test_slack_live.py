"""gitlab-ci-1/slack-live: the integration as GitLab has it written down; nothing is posted."""

from __future__ import annotations

import pytest

from pytest_dockerlab.results import Verdict
from tests.gitlab.state import SEED

from ._gitlab import Site, words

ID = "gitlab-ci-1/slack-live"
WEBHOOK = "https://hooks.slack.com/services/T0000/B0000/notasecretbutlikeone"
ACTIVE = {"active": True, "push_events": True, "properties": {"webhook": WEBHOOK}}


def judge(site: Site):
    return site.judge(ID, "gitlab_project")


@pytest.mark.sample(ID, "passes")
@pytest.mark.parametrize("release", [(18, 6, 1), pytest.param(SEED, marks=pytest.mark.sample(ID, "unusual"))])
def test_it_is_active(site: Site, release):
    site.fake.release = release
    site.project.integrations["slack"] = ACTIVE
    result = judge(site)
    assert result.verdict is Verdict.PASSED, words(result)
    assert WEBHOOK not in str(result.to_json("en"))
    assert all(each.startswith("GET ") for each in site.fake.requests)


@pytest.mark.sample(ID, "unusual")
def test_the_app_that_came_after_it(site: Site):
    site.fake.release = (19, 1, 0)
    site.project.integrations["gitlab-slack-application"] = {"active": True, "pipeline_events": True}
    assert judge(site).verdict is Verdict.PASSED


@pytest.mark.sample(ID, "fails")
@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"active": False}, "it is set up, and not active"),
        ({"push_events": False}, "it is told of nothing"),
        ({"push_events": False, "issues_events": True}, "it is told of pushes or pipelines | issues |"),
    ],
)
def test_it_tells_nobody(site: Site, fields, says):
    site.project.integrations["slack"] = {**ACTIVE, **fields}
    result = judge(site)
    assert result.verdict is Verdict.FAILED
    assert says in words(result)


@pytest.mark.parametrize("release", [(18, 6, 1), (19, 1, 0), SEED])
def test_it_was_never_set_up(site: Site, release):
    site.fake.release = release
    result = judge(site)
    assert result.verdict is Verdict.NOT_ATTEMPTED
    assert ("GitLab for Slack app" in words(result)) is (release >= (19,))


def test_who_may_not_see_it(site: Site):
    site.fake.users[site.token or ""].level = 30
    assert judge(site).verdict is Verdict.UNVERIFIED
