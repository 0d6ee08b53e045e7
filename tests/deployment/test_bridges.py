"""Services on the engine's default bridge: they are put on a network of ours, where nobody else's are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.testing import replace

from ..checks._app import AppChecks
from .test_hostile_apps import COMPOSE, LIMITS, given
from .test_hostile_disks import checks

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]
__all__ = ["checks"]  # a fixture
OWN = "    networks:\n      - back_net\n      - front_net\n"


def test_they_are_alone_and_have_no_names(checks: AppChecks, tmp_path: Path) -> None:
    edits = [
        replace(COMPOSE, f"/post:${{POST_VERSION}}\n{OWN}", "/post:${POST_VERSION}\n    network_mode: bridge\n"),
        replace(
            COMPOSE, f"/comment:${{COMMENT_VERSION}}\n{OWN}", "/comment:${COMMENT_VERSION}\n    network_mode: bridge\n"
        ),
    ]
    homework = given(tmp_path, "ui", "    command: sleep 1000\n", *edits)
    plan = plan_of_compose(homework, homework.compose, {})
    with Probes(checks.host, checks.run_id) as probes, Deployment(
        probes, checks.images, homework, plan, limits=LIMITS
    ) as up:  # fmt: skip
        api = checks.host.client.api
        found = [
            api.inspect_container(up.container(name))["NetworkSettings"]["Networks"] for name in ("post", "comment")
        ]
        (name,) = found[0]
        assert list(found[1]) == [name]
        assert name.startswith("pytest-dockerlab-")
        members = api.inspect_network(name)["Containers"]
        assert len(members) == 2  # nobody of the project that is on networks of its own
        made = api.exec_create(up.container("post"), ["getent", "hosts", "comment"])
        api.exec_start(made["Id"])
        assert api.exec_inspect(made["Id"])["ExitCode"] == 2  # as on the default bridge
