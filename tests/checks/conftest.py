"""Fixtures for the tests of checks that need a Docker Engine. They want fixtures of ours: see _labs.py and _app.py."""

from __future__ import annotations

import dataclasses
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.patience import Patience
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import RUN, SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Mismatch, collecting
from pytest_dockerlab.homework import Item
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.submission import Submission

from ._app import AppChecks, app_checks, require_image, wait_until_all_listen

# Labs


@pytest.fixture
def run_lab(docker_host: DockerHost, run_id: str) -> Callable[..., tuple[list[str], dict[str, Any]]]:
    """Run a lab with this kind of :class:`Probes`; returns what it says, as text, and what it noted.

    Nothing of it is left afterwards. ``given`` are parameters of the lab beside its probes.
    """

    def run(lab: Callable[..., None], kind: type[Probes] = Probes, **given: object) -> tuple[list[str], dict[str, Any]]:
        with collecting() as collected, kind(docker_host, run_id, is_exclusive=True) as probes:
            assert probes.image  # tested now, not under a misbehaviour
            try:
                lab(probes, **given)
            except Mismatch as mismatch:
                collected.findings.append(mismatch.finding)
        assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []
        return [str(finding.expected) for finding in collected.findings], collected.evidence

    return run


# The app tier: what asks as pytest_dockerlab.testing.ask does, for sample_tests(…, asked_by="ask_app")

Asking = Callable[[Item, Submission], ItemResult]
SOON = Patience(restarts=3, shown=1.0)
"""What is not there is not waited for, and what ends is not started again for half a minute."""


@pytest.fixture(scope="session")
def shared_checks(docker_host: DockerHost) -> Iterator[AppChecks]:
    """Images are shared by all tests. In the end nothing is left.

    The run is theirs alone: xdist gives all of its workers one, and what one of them removes is then another's.
    """
    if tools.compose_command() is None:
        pytest.skip("no Docker Compose here")
    for image in ("mongo:7.0", "debian:bookworm-slim"):
        require_image(docker_host, image)
    run_id = secrets.token_hex(8)
    with app_checks(docker_host, run_id) as checks:
        yield checks
    assert list_ours(docker_host.client, label=f"{RUN}={run_id}") == []


@pytest.fixture
def checks(shared_checks: AppChecks) -> AppChecks:
    """Calls checks of the app tier; a test may change its settings."""
    return shared_checks.copy()


@pytest.fixture
def ask_app(checks: AppChecks) -> Asking:
    """What is right may take its time, on a busy machine too."""
    return checks.ask


@pytest.fixture
def ask_app_soon(checks: AppChecks) -> Asking:
    """For samples that fail."""
    checks.patience = SOON
    checks.given["workers_within"] = 4.0
    return checks.ask


@pytest.fixture
def ask_app_never_up(checks: AppChecks) -> Asking:
    """For samples of applications that run and are never up: their time is used up."""
    checks.patience = dataclasses.replace(SOON, up=3.0)
    checks.is_started = wait_until_all_listen
    return checks.ask
