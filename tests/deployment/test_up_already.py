"""A project that is up already: its database is stopped where that is allowed and certain, and nothing else is."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from pytest_dockerlab.deployment.up_already import ProjectUpAlready
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import text

from ..checks._app import require_image

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def containers(docker_host: DockerHost) -> Iterator[dict[str, Any]]:
    """Two compose projects as compose labels them: one with a Prometheus, and a stranger's."""
    require_image(docker_host, "debian:bookworm-slim")
    mark = secrets.token_hex(4)
    started: dict[str, Any] = {}

    def start(project: str, service: str, **more: Any) -> None:
        labels = {"com.docker.compose.project": f"{project}{mark}", "com.docker.compose.service": service}
        name = f"{project}{mark}-{service}-1"
        started[f"{project}/{service}"] = docker_host.client.containers.run(
            "debian:bookworm-slim", ["sleep", "600"], name=name, labels=labels, detach=True, init=True, **more
        )

    try:
        start("shop", "prometheus", ports={"9090/tcp": ("127.0.0.1", None)})
        start("shop", "post_db")
        start("shop", "mongodb-exporter")
        start("shop", "ui")
        start("other", "post_db")
        start("other", "prometheus", ports={"9090/tcp": ("127.0.0.1", None)})
        start("other", "mongo")
        yield started
    finally:
        for each in started.values():
            each.remove(force=True)


def states(containers: dict[str, Any]) -> dict[str, str]:
    for each in containers.values():
        each.reload()
    return {name: each.status for name, each in containers.items() if each.status != "running"}


def project(
    containers: dict[str, Any], host: DockerHost, *, name: str = "shop", at: str = "127.0.0.1"
) -> ProjectUpAlready:
    container = containers[f"{name}/prometheus"]
    container.reload()
    port = container.ports["9090/tcp"][0]["HostPort"]
    return ProjectUpAlready(f"http://{at}:{port}", app_url=None, docker_host=lambda: host)


def refused(project: ProjectUpAlready, role: str = "database") -> str:
    with pytest.raises(Unverified) as caught:
        project.stop(role)
    return f"{text(caught.value.reason)}; {text(caught.value.remedy)}"


def test_its_database_and_nothing_else(containers, docker_host):
    shop = project(containers, docker_host)
    shop.stop("database")
    assert states(containers) == {"shop/post_db": "exited"}
    shop.start("database")
    assert states(containers) == {}
    shop.start("database")  # nothing is left to start


def test_all_containers_of_its_database(containers, docker_host):
    other = project(containers, docker_host, name="other", at="localhost")
    other.stop("database")
    assert states(containers) == {"other/post_db": "exited", "other/mongo": "exited"}
    other.start("database")
    assert states(containers) == {}


def test_nothing_unless_it_is_allowed():
    said = refused(ProjectUpAlready("http://127.0.0.1:9090", app_url=None))
    assert said.startswith(
        "nothing is stopped in a project that is up already, unless you say so; --hw-allow-disruption"
    )


def test_nothing_on_another_docker_host(containers, docker_host):
    """192.0.2.1 is nobody's address; and nobody publishes port 1."""
    assert "does not show that the Prometheus at" in refused(project(containers, docker_host, at="192.0.2.1"))
    elsewhere = ProjectUpAlready("http://127.0.0.1:1", app_url=None, docker_host=lambda: docker_host)
    assert "does not show that the Prometheus at http://127.0.0.1:1/ runs there" in refused(elsewhere)
    assert states(containers) == {}


def test_nothing_that_is_not_certain(containers, docker_host):
    said = refused(project(containers, docker_host), "comment")
    assert "is certain to be its comment" in said
    assert states(containers) == {}
