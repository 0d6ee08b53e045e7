"""A real Prometheus among stand-ins: what it finds, what it cannot do, and what is left of it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment import scraping
from pytest_dockerlab.deployment.scraping import ConfigurationRefused, Scraped, scrape
from pytest_dockerlab.engine.closed.networks import why_open
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.scrapes.plan import ScrapePlan, plan_scrape
from pytest_dockerlab.plans.scrapes.predictions import Obstacle
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

from ..checks._app import require_image
from .attacks import Listener, addresses_of, listener

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]
__all__ = ["listener"]  # a fixture

IMAGE = "prom/prometheus:v2.42.0"
COMPOSE = """\
services:
  prometheus: {image: "prom/prometheus:v2.42.0", networks: [front, back]}
  ui: {image: somebody/ui, networks: [front]}
  comment: {image: somebody/comment, networks: [front, back]}
  post_db: {image: mongo, networks: [back]}
  blackbox: {image: prom/blackbox-exporter, networks: [back]}
  apart: {image: prom/node-exporter, networks: [apart]}
networks: {front: , back: , apart: }
"""
PROBING = """\
  - job_name: blackbox
    metrics_path: /probe
    static_configs: [{targets: ["http://ui:9292", "http://comment:9292/healthcheck"]}]
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: "blackbox:9115"}
"""


@dataclass(frozen=True)
class Listens:
    ports: frozenset[int]
    is_certain: bool = True


PORTS = {"prometheus": 9090, "ui": 9292, "comment": 9292, "post_db": 27017, "blackbox": 9115, "apart": 9100}


@pytest.fixture
def plan_of(tmp_path: Path, docker_host: DockerHost) -> Callable[..., ScrapePlan]:
    require_image(docker_host, IMAGE)

    def plan(jobs: str, compose: str = COMPOSE) -> ScrapePlan:
        (tmp_path / "docker-compose.yml").write_text(compose)
        folder = tmp_path / "monitoring" / "prometheus"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prometheus.yml").write_text(f"scrape_configs:\n{jobs}")
        submission = Submission("sample", WorkTree(tmp_path))
        service = submission.prometheus_service
        assert service is not None
        listening = {name: Listens(frozenset({port})) for name, port in PORTS.items()}
        return plan_scrape(submission, service, listening, {})

    return plan


@pytest.fixture
def probes(docker_host: DockerHost) -> Iterator[Probes]:
    with Probes(docker_host, secrets.token_hex(8)) as found:
        yield found
    assert list_ours(docker_host.client, label=f"{SCOPE}={found.scope}") == []


def job(name: str, *targets: str, rest: str = "") -> str:
    return f"  - job_name: {name}\n    static_configs: [{{targets: {list(targets)}}}]\n{rest}"


def by_url(found: Scraped) -> dict[str, tuple[str, str]]:
    return {each.scrape_url: (each.health, each.last_error) for each in found.targets}


def containers(probes: Probes) -> list[dict[str, Any]]:
    listed = probes.host.client.api.containers(filters={"label": [f"{SCOPE}={probes.scope}"]})
    return [probes.host.client.api.inspect_container(each["Id"]) for each in listed]


def test_everything_at_once(plan_of: Callable[..., ScrapePlan], probes: Probes) -> None:
    """What is right is up and answered by whom it should be; each wrong one is down for the reason that is foreseen."""
    wrong = {
        "http://nobody:9100/metrics": Obstacle.NO_SUCH_NAME,
        "http://apart:9100/metrics": Obstacle.OTHER_NETWORK,
        "http://ui:80/metrics": Obstacle.CLOSED_PORT,
        "http://localhost:9292/metrics": Obstacle.CLOSED_PORT,
        "http://post_db:27017/metrics": Obstacle.NO_METRICS,
        "https://ui:9292/metrics": Obstacle.SCHEME,
        "http://comment:9292/health": Obstacle.PATH,
        "http://blackbox:9115/probe": Obstacle.PARAMETER,
        "http://prometheus.io:80/metrics": Obstacle.ELSEWHERE,
        "http://192.0.2.7:9100/metrics": Obstacle.ELSEWHERE,
    }
    plan = plan_of(
        job("prometheus", "localhost:9090", "prometheus:9090")
        + job("app", "ui:9292", "comment:9292")
        + PROBING
        + job("none", "nobody:9100", "apart:9100", "ui:80", "localhost:9292", "post_db:27017", "prometheus.io",
              "192.0.2.7:9100")
        + job("https", "ui:9292", rest="    scheme: https\n")
        + job("path", "comment:9292", rest="    metrics_path: /health\n")
        + job("parameter", "blackbox:9115", rest="    metrics_path: /probe\n")
        + job("dropped", "ui:9", rest="    relabel_configs: [{action: drop, regex: '.*'}]\n")
        + job("no-address", "http://ui:9292", rest="    relabel_configs: [{target_label: x, replacement: y}]\n")
    )  # fmt: skip
    found = scrape(probes, plan)
    down = {url: error for url, (health, error) in by_url(found).items() if health == "down"}
    assert set(down) == set(wrong), found.targets
    assert {url: plan.predictions.obstacle(url).obstacle for url in down} == wrong
    assert "connection refused" in down["http://ui:80/metrics"]
    assert "404" in down["http://comment:9292/health"]
    assert "400" in down["http://blackbox:9115/probe"]
    assert "HTTP response to HTTPS client" in down["https://ui:9292/metrics"]
    up = {(each.pool, each.instance): found.answer(each) for each in found.targets if each.is_up}
    assert up == {
        ("prometheus", "localhost:9090"): None,
        ("prometheus", "prometheus:9090"): None,
        ("app", "ui:9292"): ("ui", ""),
        ("app", "comment:9292"): ("comment", ""),
        ("blackbox", "http://ui:9292"): ("blackbox", "target=http%3A%2F%2Fui%3A9292"),
        ("blackbox", "http://comment:9292/healthcheck"): (
            "blackbox",
            "target=http%3A%2F%2Fcomment%3A9292%2Fhealthcheck",
        ),
    }
    assert found.dropped == {("dropped", "ui:9")}
    assert found.image == IMAGE
    assert found.version is not None
    _is_shut_in(probes)


def _is_shut_in(probes: Probes) -> None:
    """Prometheus may take so much, has no privileges, and is on closed networks alone."""
    all_of_them = containers(probes)
    (prometheus,) = (each for each in all_of_them if each["Config"]["Image"] == IMAGE)
    settings = prometheus["HostConfig"]
    assert settings["CapDrop"] == ["ALL"]
    assert not settings["CapAdd"]
    assert not settings["Binds"]
    assert not prometheus["Mounts"] or all(each["Type"] == "tmpfs" for each in prometheus["Mounts"])
    assert settings["SecurityOpt"] == ["no-new-privileges:true"]
    facts = probes.host.facts
    assert settings["Memory"] == (512 * 1024**2 if facts.limits_memory else 0)
    assert settings["NanoCpus"] == (1_500_000_000 if facts.limits_cpu else 0)
    assert settings["PidsLimit"] == (256 if facts.limits_pids else None)
    assert prometheus["Config"]["User"] == "65534:65534"
    own = settings["NetworkMode"].removeprefix("container:")
    stand_in = next(each for each in all_of_them if each["Id"] == own)
    for endpoint in stand_in["NetworkSettings"]["Networks"].values():
        network = probes.host.client.api.inspect_network(endpoint["NetworkID"])
        assert network["Internal"]
        assert network["Driver"] == ("macvlan" if why_open(probes) is None else "bridge")


def test_where_the_engine_has_no_closed_networks(
    plan_of: Callable[..., ScrapePlan], probes: Probes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Networks without a way out take their place."""
    monkeypatch.setattr("pytest_dockerlab.engine.closed.networks.why_open", lambda _probes: "no macvlan")
    found = scrape(probes, plan_of(job("app", "ui:9292", "prometheus.io:80")))
    assert [each.is_up for each in sorted(found.targets, key=lambda each: each.instance)] == [False, True]


def test_the_docker_host_is_not_reached(plan_of: Callable[..., ScrapePlan], probes: Probes, listener: Listener) -> None:
    """Whatever the configuration asks for: its addresses, the gateways, a name server."""
    if (why := why_open(probes)) is not None:
        pytest.skip(why)
    addresses = [f"{address}:{listener.port}" for address in addresses_of(probes)][:20]
    found = scrape(probes, plan_of(job("app", "ui:9292") + job("attack", *addresses)))
    assert {each.instance for each in found.targets if each.is_up} == {"ui:9292"}
    assert listener.seen == []


def test_a_configuration_that_is_refused(plan_of: Callable[..., ScrapePlan], probes: Probes) -> None:
    plan = plan_of(job("app", "ui:9292", rest="    relabel_configs: [{action: nonsense}]\n"))
    with pytest.raises(ConfigurationRefused, match='unknown relabel action "nonsense"'):
        scrape(probes, plan)


def test_an_expression_without_end(plan_of: Callable[..., ScrapePlan], probes: Probes) -> None:
    """Prometheus refuses it or takes it: it ends either way."""
    regex = "(((a{0,99}){0,9}.*)*)*" * 100
    rules = "    relabel_configs: [{source_labels: [__address__], regex: '" + regex + "', target_label: x}]\n"
    plan = plan_of(job("app", "ui:9292", rest=rules))
    try:
        found = scrape(probes, plan)
    except (ConfigurationRefused, Unverified):
        return
    assert [each.is_up for each in found.targets] == [True]


def test_no_image_of_prometheus(plan_of: Callable[..., ScrapePlan], probes: Probes) -> None:
    """It says which were tried; they are tried once."""
    images = (f"localhost:9/{secrets.token_hex(4)}:v2.42.0", f"localhost:9/{secrets.token_hex(4)}:v2.43.0")
    plan = replace(plan_of(job("app", "ui:9292")), images=images)
    for _try in range(2):
        with pytest.raises(Unverified, match=f"cannot be had: {images[0]}, {images[1]}"):
            scrape(probes, plan)
    assert containers(probes) == []


def test_the_first_image_that_can_be_had(plan_of: Callable[..., ScrapePlan], probes: Probes) -> None:
    missing = f"localhost:9/{secrets.token_hex(4)}:v2.42.0"
    plan = replace(plan_of(job("app", "ui:9292")), images=(missing, IMAGE))
    assert scraping._image(probes, plan) == IMAGE
