"""A project that runs with its Prometheus: it is asked, its database is stopped, and it sees nothing but itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.monitored import MonitoredDeployment, available
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.deployment.service_images import ServiceImages
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import RUN
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.plans.applications.monitoring import plan_of_monitored
from pytest_dockerlab.testing import replace

from ..checks._app import app_checks, require_image, submission
from ..engine.killing import left_of
from .check_process import Check
from .monitored_app import COMPOSE, MONITORED, PROMETHEUS_CONFIGURATION

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

_ITSELF = "  - job_name: prometheus\n    metrics_path: /prom/metrics\n"


@pytest.fixture(scope="module")
def project(
    docker_host: DockerHost, run_id: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[MonitoredDeployment]:
    """One project, whose MongoDB exporter has a neighbour that cannot be had."""
    for image in ("mongo:7.0", "prom/prometheus:v2.42.0"):
        require_image(docker_host, image)
    gone = "  blackbox-exporter:\n    image: localhost:1/prom/blackbox-exporter:v0\n    networks: [back_net]\n"
    waits = "    command: --address=comment_db\n    depends_on: [post_db, blackbox-exporter]\n"
    edits = [
        replace(COMPOSE, "    command: --address=comment_db\n", waits),
        replace(COMPOSE, "  node-exporter:\n", f"{gone}  node-exporter:\n"),
        replace(
            COMPOSE, "      - --config.file", "      - --web.external-url=http://outside/prom/\n      - --config.file"
        ),
    ]
    edits.append(replace(PROMETHEUS_CONFIGURATION, "  - job_name: prometheus\n", _ITSELF))
    homework = submission(tmp_path_factory.mktemp("homework"), MONITORED, edits)
    with app_checks(docker_host, run_id) as checks, Probes(docker_host, run_id) as probes:
        monitored = plan_of_monitored(homework, {})
        plan, missing = available(monitored, ServiceImages(checks.images, homework, {}))
        with Deployment(probes, checks.images, homework, plan) as deployment:
            yield MonitoredDeployment(deployment, monitored, missing)


def values(prometheus: PrometheusServer, name: str) -> list[float]:
    return [sample.value for sample in prometheus.query(name)]


def test_every_target_is_up(project: MonitoredDeployment) -> None:
    """Its own Prometheus is asked, below the path that it has."""
    prometheus = project.prometheus
    assert prometheus.url.endswith("/prom/")
    prometheus.wait_until_ready(Deadline(30), project.watch)

    def jobs_up(asked: PrometheusServer) -> set[str]:
        return {each.job for each in asked.targets() if each.is_up}

    wanted = {"prometheus", "node", "mongodb"}
    prometheus.wait_for(lambda asked: jobs_up(asked) == wanted, Deadline(30))
    assert jobs_up(prometheus) == wanted


def test_what_measures_the_docker_host_sees_its_own_container(project: MonitoredDeployment) -> None:
    prometheus = project.prometheus
    prometheus.wait_for(lambda asked: values(asked, "node_processes"), Deadline(30))
    (processes,) = values(prometheus, "node_processes")
    assert 1 <= processes <= 5
    assert values(prometheus, "node_is_its_own") == [1]


def test_an_exporter_that_cannot_be_had_is_missing_and_the_others_run(project: MonitoredDeployment) -> None:
    assert list(project.missing) == ["blackbox-exporter"]
    project.watch()


def test_a_stopped_database_comes_back(project: MonitoredDeployment) -> None:
    """Nothing of ours takes what was stopped on purpose for a failure."""
    prometheus = project.prometheus

    def wait_for(value: float) -> None:
        found = prometheus.wait_for(lambda asked: values(asked, "database_up") == [value], Deadline(30))
        assert found, f"database_up is {values(prometheus, 'database_up')}, not {value}"
        project.watch()

    wait_for(1)
    project.stop("database")
    try:
        wait_for(0)
    finally:
        project.start("database")
    wait_for(1)
    assert project.url("ui") is not None
    assert project.url("comment") is None


def test_a_container_that_ends_is_told_once(project: MonitoredDeployment) -> None:
    """By the first item that finds it; the last test, for it ends one."""
    deployment = project._deployment
    deployment.host.client.api.kill(deployment.container("node-exporter"))
    with pytest.raises(Mismatch, match="node-exporter stays up"):
        wait_until(project.watch, timeout=20, error=AssertionError)
    with pytest.raises(Unverified) as later:
        project.watch()
    assert later.value.because_of == "monitoring-1/targets-up"
    assert "node-exporter" in str(later.value.findings[0].expected)


# Of the seed's metrics the small application has none but the node's.
_UNWANTED = ("ui_health", "ui_health_comment_availability", "ui_health_post_availability", "comment_health",
             "comment_health_mongo_availability")  # fmt: skip
COURSE = "\n".join(f'[[metrics]]\nname = "{name}"\nwanted = false' for name in _UNWANTED)


def test_its_items_share_one(check: Callable[..., Check], docker_host: DockerHost, tmp_path: Path) -> None:
    """Two workers, and it is started once; nothing is left when the last item has asked it."""
    for image in ("mongo:7.0", "prom/prometheus:v2.42.0"):
        require_image(docker_host, image)
    submission(tmp_path / "homework", MONITORED)
    (tmp_path / "course.toml").write_text(COURSE)
    items = ("monitoring-1/build", "monitoring-1/targets-up", "monitoring-1/metrics")
    run = check(str(tmp_path / "homework"), "-n", "2", f"--hw-course={tmp_path / 'course.toml'}", items=items)
    run_id = run.run_id(docker_host)
    started: set[str] = set()

    def look() -> None:
        labels = [f"{RUN}={run_id}", "com.docker.compose.service=prometheus"]
        started.update(each["Id"] for each in docker_host.client.api.containers(filters={"label": labels}))

    assert run.end(look) == 0, run.out
    (found,) = run.verdicts().values()
    assert {item: found[item] for item in items} == dict.fromkeys(items, "passed")
    assert len(started) == 1
    assert left_of(docker_host, run_id) == []
