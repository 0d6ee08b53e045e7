"""Each fault of a GitLab is told by the one item that it belongs to; what is not the student's is no failure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.gitlab.which_project import project_of
from pytest_dockerlab.testing import ask_all
from tests.engine.servers import free_port
from tests.gitlab.state import CURRENT, SEED, Fault, User, sha_of

from ._gitlab import Site, words

NAMES = ("instance", "address", "runner-online", "ci-lint", "slack-live")
FOLDED = "unverified, because of instance"
HTML = {"Content-Type": "text/html"}


class _Later:
    """A project that is looked for when it is asked."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find

    def __getattr__(self, name: str) -> Any:
        return getattr(self._find(), name)


def judge(site: Site, commits: Sequence[str] = ()) -> dict[str, str]:
    """The verdicts of a homework whose GitLab is as the test has made it, by item's name."""
    instance = GitlabInstance(site.url, site.token, seconds=2)
    items = catalogue.load().items
    results = ask_all(
        site.submission(),
        [items[f"gitlab-ci-1/{name}"] for name in NAMES],
        gitlab_instance=instance,
        gitlab_project=_Later(lambda: project_of(instance, "homework/example", commits)),
    )
    found = {}
    for id, result in results.items():
        words(result)  # no token is in any of them
        because = f", because of {result.because_of.partition('/')[2]}" if result.because_of else ""
        found[id.partition("/")[2]] = f"{result.verdict}{because}"
    return found


def of(**verdicts: str) -> dict[str, str]:
    return {name: verdicts.get(name.replace("-", "_"), "passed") for name in NAMES}


def nothing_but(instance: str) -> dict[str, str]:
    return {**dict.fromkeys(NAMES, FOLDED), "instance": instance}


@pytest.fixture
def well(site: Site) -> Site:
    """A GitLab that passes all of it."""
    site.fake.runner(site.project)
    site.project.integrations["slack"] = {"active": True, "push_events": True}
    return site


@pytest.mark.parametrize("release", [CURRENT, SEED])
def test_all_is_well(well: Site, release):
    well.fake.release = release
    assert judge(well) == of()


@pytest.mark.parametrize(
    ("fault", "instance"),
    [
        (Fault(status=502, body=b"<p>boot</p>", headers=HTML), "failed"),
        (Fault(status=500), "failed"),
        (Fault(status=200, body=b"<form>", headers=HTML), "failed"),
        (Fault(status=302, headers={"Location": "http://192.0.2.1/"}), "failed"),
        (Fault(drops=True), "failed"),
        (Fault(delay=3, times=4), "failed"),
        (Fault(status=429, headers={"Retry-After": "900"}), "error"),
        (Fault(status=401, body=b'{"message":"401 Unauthorized"}'), "error"),
    ],
    ids=["502", "500", "HTML", "redirect", "dropped", "slow", "rate limit", "revoked token"],
)
def test_a_server_that_does_not_answer(well: Site, fault: Fault, instance: str):
    well.fake.faults = [fault]
    assert judge(well) == nothing_but(instance)


def test_nobody_listens(well: Site):
    well.url = f"http://127.0.0.1:{free_port()}"
    assert judge(well) == nothing_but("failed")


def test_no_token(well: Site):
    well.token = None
    assert judge(well) == nothing_but("unverified")


def test_a_token_that_may_only_read(well: Site):
    well.fake.users["reading"] = User(scopes=frozenset({"read_api"}))
    well.token = "reading"
    assert judge(well) == of(ci_lint="unverified")


def test_a_user_who_is_only_a_developer(well: Site):
    well.fake.users["developer"] = User(level=30)
    well.token = "developer"
    assert judge(well) == of(runner_online="unverified", slack_live="unverified")


def test_a_user_who_is_no_member(well: Site):
    well.fake.users["stranger"] = User(is_member=False)
    well.token = "stranger"
    assert judge(well) == of(**dict.fromkeys(("runner_online", "ci_lint", "slack_live"), "unverified"))


def test_somebody_elses_project(well: Site):
    asked_of_it = ("runner_online", "ci_lint", "slack_live")
    assert judge(well, [sha_of("mine")]) == of(**dict.fromkeys(asked_of_it, "unverified"))
    assert judge(well, [sha_of("mine"), well.project.branches["master"]]) == of()


def test_a_flaky_server(well: Site):
    """Two requests in three fail, and are asked again."""
    calls = iter(range(10**6))

    class Flaky(list):
        def __iter__(self):
            return iter([] if next(calls) % 3 == 2 else [Fault(status=502, body=b"", times=1)])

    well.fake.faults = Flaky()
    site = judge(well)
    assert {name: verdict for name, verdict in site.items() if name != "ci-lint"} == {
        name: "passed" for name in NAMES if name != "ci-lint"
    }
    assert site["ci-lint"] in ("passed", "error")  # what is not only read is sent once


def _pause(site: Site) -> None:
    for each in site.fake.runners.values():
        each.update(paused=True, active=False)


def _stop(site: Site) -> None:
    for each in site.fake.runners.values():
        each.update(online=False, status="offline")


def _stick(site: Site) -> None:
    site.fake.push(site.project, "master")
    for job in site.project.jobs.values():
        job["created_at"] -= timedelta(hours=2)


@pytest.mark.parametrize("spoil", [_pause, _stop, _stick])
def test_a_runner_that_does_not_work(well: Site, spoil: Callable[[Site], None]):
    spoil(well)
    assert judge(well) == of(runner_online="failed")


def test_a_file_that_gitlab_refuses(well: Site):
    well.project.lint_errors = lambda content: ["jobs config should contain at least one visible job"]
    assert judge(well) == of(ci_lint="advised")


def test_an_integration_that_is_off(well: Site):
    well.project.integrations["slack"]["active"] = False
    assert judge(well) == of(slack_live="failed")


def test_an_external_url_of_elsewhere(well: Site):
    well.fake.external_url = "http://gitlab.example.com"
    assert judge(well) == of(address="advised")


def test_pages_without_end(well: Site):
    """Whoever answers so is no right GitLab; but that is told of the item that met it, and not of the student."""
    well.fake.is_endless = True
    found = judge(well)
    assert found["instance"] == "passed"
    assert "failed" not in found.values()
