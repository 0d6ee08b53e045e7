"""The fixtures in somebody else's tests, and under ``--hw``, where there is no engine."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.fixtures import docker_hosts
from pytest_dockerlab.messages import _

PLUGIN = 'pytest_plugins = ["pytest_dockerlab.fixtures.run_settings", "pytest_dockerlab.fixtures.docker_hosts"]\n'
TEST = "def test_it(docker_host):\n    assert docker_host.client.ping()\n"


def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, test: str, **environ: str) -> pytest.RunResult:
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT", "DOCKERLAB_DOCKER_HOST"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"LANGUAGE": "en", **environ}.items():
        monkeypatch.setenv(name, value)
    pytester.makeconftest(PLUGIN)
    pytester.makepyfile(test)
    return pytester.runpytest_subprocess("-rs", timeout=300)


def test_an_engine_that_was_looked_for(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Skipped, with the reason and the remedy."""
    result = run(pytester, monkeypatch, TEST, DOCKER_HOST="unix:///nonexistent.sock")
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines(["*there is no socket /nonexistent.sock; install Docker Engine*"])


def test_an_engine_that_was_named(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    result = run(pytester, monkeypatch, TEST, DOCKERLAB_DOCKER_HOST="unix:///nonexistent.sock")
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*HostSocketMissing: *no socket /nonexistent.sock*"])
    override = "import pytest\n@pytest.fixture(scope='session')\ndef docker_host_endpoint():\n    return 'ftp://x'\n"
    result = run(pytester, monkeypatch, override + TEST)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*EndpointInvalid: *"])


def test_under_hw(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Unverified(_("no engine"), _("start one"))
    for option, expected in ((["17"], Unverified), (None, pytest.skip.Exception)):
        config = SimpleNamespace(getoption=lambda _name, default, option=option: option or default)
        with pytest.raises(expected):
            docker_hosts._stop(cast("Any", SimpleNamespace(config=config)), stop)
