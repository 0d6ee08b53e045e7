"""gitlab-ci-1/instance: what is up, what is not, and whose fault that is."""

from __future__ import annotations

import re

import pytest

from pytest_dockerlab.gitlab import errors
from pytest_dockerlab.results import Verdict
from tests.engine.servers import free_port
from tests.gitlab.state import SEED, Fault, User
from tests.registry.servers import answer, hostile

from ._gitlab import Site, words

ID = "gitlab-ci-1/instance"
HTML = {"Content-Type": "text/html"}


@pytest.mark.sample(ID, "passes")
def test_it_answers(site: Site):
    result = site.judge(ID)
    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["GitLab"] == "18.6.1"
    assert "its own machine" in str(result.evidence["ready"])


@pytest.mark.sample(ID, "unusual")
def test_one_of_2018_with_a_clock_of_its_own(site: Site):
    site.fake.release, site.fake.clock_ahead, site.fake.readiness = SEED, -7200, 200
    result = site.judge(ID)
    assert result.verdict is Verdict.PASSED, words(result)
    assert result.evidence["GitLab"] == "10.5.3"
    assert result.evidence["ready"] is True
    assert re.fullmatch(r"7[12]\d\d s behind ours", str(result.evidence["its clock"]))


@pytest.mark.sample(ID, "fails")
@pytest.mark.parametrize(
    ("fault", "says"),
    [
        (Fault(status=502, body=b"<p>Waiting for GitLab to boot</p>", headers=HTML), "not ready (HTTP 502)"),
        (Fault(status=500), "answers with the error 500: a fault of the tests"),
        (Fault(status=200, body=b"<form>Sign in</form>", headers=HTML), "is not GitLab's API: HTTP 200: text/html"),
        (Fault(status=302, headers={"Location": "https://gitlab.example/"}), "redirects to where the token must not"),
        (Fault(drops=True), "closes the connection before its answer is whole"),
        (Fault(where="readiness", status=503, body=b'{"status":"failed"}'), "not ready (HTTP 503)"),
    ],
)  # fmt: skip
def test_what_the_server_does_wrong(site: Site, fault: Fault, says: str):
    site.fake.faults = [fault]
    result = site.judge(ID)
    assert result.verdict is Verdict.FAILED
    assert "GitLab answers | " in words(result)
    assert says in words(result)


def test_nobody_listens(site: Site):
    site.url = f"http://127.0.0.1:{free_port()}"
    result = site.judge(ID)
    assert result.verdict is Verdict.FAILED
    assert "does not accept the connection" in words(result)
    assert "its start takes minutes" in words(result)


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        (Fault(status=401, body=b'{"message":"401 Unauthorized"}'), errors.GitlabTokenRefused),
        (Fault(status=429, headers={"Retry-After": "60"}), errors.GitlabRateLimited),
    ],
)
def test_what_is_nobodys_fault_of_the_students_is_an_error(site: Site, fault: Fault, error: type[errors.GitlabError]):
    site.fake.faults = [fault]
    result = site.judge(ID)
    assert result.verdict is Verdict.ERROR
    assert result.reason is not None
    assert error.template.id == result.reason.args["why"].id  # type: ignore[attr-defined]
    assert result.remedy is not None
    assert result.findings == []


def test_an_unknown_name_is_ours_too(site: Site):
    site.url = "http://gitlab.invalid"
    assert site.judge(ID).verdict is Verdict.ERROR


def test_what_only_the_user_can_supply(site: Site):
    site.token = None
    result = site.judge(ID)
    assert result.verdict is Verdict.UNVERIFIED
    assert words(result).endswith("set DOCKERLAB_GITLAB_TOKEN to a token of it with the scope read_api")
    site.token = "repository"
    site.fake.users["repository"] = User(scopes=frozenset({"read_repository"}))
    result = site.judge(ID)
    assert result.verdict is Verdict.UNVERIFIED
    assert "scope read_api" in words(result)


def test_another_service(site: Site):
    with hostile(lambda head: iter([answer("404 Not Found", HTML, b"<h1>nginx</h1>")])) as server:
        site.url = server.url
        result = site.judge(ID)
    assert result.verdict is Verdict.FAILED
    assert "is not GitLab's API: HTTP 404" in words(result)


def test_against_the_fake_it_is_a_rehearsal(site: Site):
    result = site.judge(ID)
    assert str(result.rehearsal) == "what answers is the fake GitLab of the tests"
    assert (result.verdict, result.points, result.is_verified) == (Verdict.PASSED, 0, False)
