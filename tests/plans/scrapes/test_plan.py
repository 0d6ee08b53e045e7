"""The plan of a scrape: who stands in, what they serve, and what must come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.engine.probes.pages import Page
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.scrapes.plan import MAX_TARGETS, ScrapePlan, plan_scrape
from pytest_dockerlab.plans.scrapes.predictions import Obstacle
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

COMPOSE = """\
services:
  prometheus: {image: "prom/prometheus:v2.42.0", networks: [front, back], extra_hosts: ["pinned:192.0.2.1"]}
  ui: {image: somebody/ui, networks: [front]}
  comment: {image: somebody/comment, networks: {front: {aliases: [shared]}, back: }}
  post: {image: somebody/post, networks: {front: {aliases: [shared]}}}
  post_db: {image: mongo, networks: [back]}
  node-exporter: {image: prom/node-exporter, networks: [back]}
  blackbox: {image: prom/blackbox-exporter, command: "--web.telemetry-path=/own", networks: [back]}
  unknown: {image: x/y, expose: ["7000"], networks: [back]}
  apart: {image: prom/node-exporter, networks: [apart]}
  on-host: {image: prom/node-exporter, network_mode: host}
  foreign: {image: prom/node-exporter, network_mode: "container:somebody"}
  none: {image: prom/node-exporter, networks: [back], scale: 0}
  beside: {image: prom/node-exporter, network_mode: "service:prometheus"}
  quiet: {image: prom/node-exporter, networks: [back], hostname: the-host, container_name: the_container}
networks: {front: , back: , apart: }
"""
NAMES = """
    localhost:9090 localhost:9100 prometheus:9090 ui:9292 UI:80 comment:9292 shared:9292 post_db:27017 blackbox:9115
    node-exporter:9100 unknown:7000 unknown:7001 apart:9100 on-host:9100 foreign:9100 none:9100 pinned:9100
    the-host:9100 the_container:9100 ui.dockerlab_front:9292
""".split()  # noqa: SIM905 - to be read


@dataclass(frozen=True)
class Listens:
    ports: frozenset[int]
    is_certain: bool = True


LISTENING = {
    "prometheus": Listens(frozenset({9090})),
    "ui": Listens(frozenset({9292})),
    "comment": Listens(frozenset({9292})),
    "post": Listens(frozenset({5000})),
    "post_db": Listens(frozenset({27017})),
    "blackbox": Listens(frozenset({9115})),
    "unknown": Listens(frozenset({7000}), is_certain=False),
    **{
        name: Listens(frozenset({9100}))
        for name in ("node-exporter", "apart", "on-host", "foreign", "none", "beside", "quiet")
    },
}


@pytest.fixture
def plan_of(tmp_path: Path) -> Callable[..., ScrapePlan]:
    def plan(compose: str = COMPOSE, targets: list[str] = NAMES, job: str = "") -> ScrapePlan:
        (tmp_path / "docker-compose.yml").write_text(compose)
        folder = tmp_path / "monitoring" / "prometheus"
        folder.mkdir(parents=True)
        (folder / "prometheus.yml").write_text(
            f"scrape_configs:\n  - job_name: all\n    static_configs: [{{targets: {targets}}}]\n{job}"
        )
        submission = Submission("sample", WorkTree(tmp_path))
        service = submission.prometheus_service
        assert service is not None
        return plan_scrape(submission, service, LISTENING, {})

    return plan


OBSTACLES = {
    "http://localhost:9090/metrics": None,
    "http://127.0.0.1:9090/metrics": None,
    "http://localhost:9100/metrics": None,
    "http://localhost:9292/metrics": Obstacle.CLOSED_PORT,
    "http://prometheus:9090/metrics": None,
    "http://prometheus:9100/metrics": None,
    "http://prometheus:9090/other": Obstacle.PATH,
    "http://ui:9292/metrics": None,
    "http://UI:9292/metrics": None,
    "http://ui.dockerlab_front:9292/metrics": None,
    "http://ui:80/metrics": Obstacle.CLOSED_PORT,
    "http://ui/metrics": Obstacle.CLOSED_PORT,
    "https://ui:9292/metrics": Obstacle.SCHEME,
    "http://ui:9292/health": Obstacle.PATH,
    "http://shared:9292/metrics": Obstacle.SEVERAL,
    "http://post_db:27017/metrics": Obstacle.NO_METRICS,
    "http://blackbox:9115/own": None,
    "http://blackbox:9115/metrics": Obstacle.PATH,
    "http://blackbox:9115/probe?target=http%3A%2F%2Fui&module=x": None,
    "http://blackbox:9115/probe?module=x": Obstacle.PARAMETER,
    "http://blackbox:9115/probe?target=": Obstacle.PARAMETER,
    "http://the-host:9100/metrics": None,
    "http://the_container:9100/metrics": None,
    "http://apart:9100/metrics": Obstacle.OTHER_NETWORK,
    "http://on-host:9100/metrics": Obstacle.NOT_STARTED,
    "http://none:9100/metrics": Obstacle.NOT_STARTED,
    "http://foreign:9100/metrics": Obstacle.ELSEWHERE,
    "http://pinned:9100/metrics": Obstacle.ELSEWHERE,
    "http://192.0.2.7:9100/metrics": Obstacle.ELSEWHERE,
    "http://[2001:db8::1]:9100/metrics": Obstacle.ELSEWHERE,
    "http://host.docker.internal:9100/metrics": Obstacle.ELSEWHERE,
    "http://prometheus.io/metrics": Obstacle.ELSEWHERE,
    "http://nobody:9100/metrics": Obstacle.NO_SUCH_NAME,
    "http://ui.local:9292/metrics": Obstacle.NO_SUCH_NAME,
    "http://unknown:7000/metrics": None,
    "http://unknown:7001/metrics": None,
    "http://[broken": Obstacle.NO_SUCH_NAME,
}


def test_what_must_come_of_an_address(plan_of: Callable[..., ScrapePlan]) -> None:
    predictions = plan_of().predictions
    found = {url: predictions.obstacle(url) for url in OBSTACLES}
    assert {url: each.obstacle if each is not None else None for url, each in found.items()} == OBSTACLES


def test_what_is_only_assumed(plan_of: Callable[..., ScrapePlan]) -> None:
    predictions = plan_of(job="    metrics_path: /stats\n").predictions
    assert not predictions.is_assumed("http://unknown:7000/metrics")
    assert predictions.is_assumed("http://unknown:7001/metrics")
    assert predictions.is_assumed("http://unknown:7000/stats")
    assert not predictions.is_assumed("http://ui:9292/metrics")


def test_only_what_prometheus_sees_is_started(plan_of: Callable[..., ScrapePlan]) -> None:
    plan = plan_of(targets=["ui:9292", "apart:9100", "node-exporter"])
    assert [each.service for each in plan.skeleton.stand_ins] == ["prometheus", "node-exporter", "ui"]
    assert {each.name for each in plan.skeleton.networks} == {"dockerlab_front", "dockerlab_back"}
    assert plan.pages == {"prometheus": (), "node-exporter": (Page(9100),), "ui": (Page(9292),)}


def test_who_shares_its_namespace_serves_there(plan_of: Callable[..., ScrapePlan]) -> None:
    plan = plan_of(targets=["localhost:9100"])
    assert plan.pages == {"prometheus": (Page(9100),)}
    assert plan.predictions.obstacle("http://localhost:9100/metrics") is None


def test_prometheus_in_anothers_namespace(plan_of: Callable[..., ScrapePlan]) -> None:
    compose = COMPOSE.replace(
        'networks: [front, back], extra_hosts: ["pinned:192.0.2.1"]', 'network_mode: "service:ui"'
    )
    plan = plan_of(compose.replace('  beside: {image: prom/node-exporter, network_mode: "service:prometheus"}\n', ""))
    assert (plan.service, plan.root) == ("prometheus", "ui")
    assert plan.predictions.obstacle("http://localhost:9292/metrics") is None
    assert plan.predictions.obstacle("http://localhost:9090/metrics") is None
    assert plan.predictions.obstacle("http://ui:9090/metrics") is None


def test_a_network_that_lets_nobody_connect(plan_of: Callable[..., ScrapePlan]) -> None:
    option = "{driver_opts: {com.docker.network.bridge.enable_icc: 'false'}}"
    predictions = plan_of(COMPOSE.replace("front: , back: ,", f"front: {option}, back: ,")).predictions
    found = predictions.obstacle("http://ui:9292/metrics")
    assert found is not None
    assert found.obstacle is Obstacle.NO_CONNECTIONS
    assert predictions.obstacle("http://comment:9292/metrics") is None  # by the other network


def test_what_its_own_command_says(plan_of: Callable[..., ScrapePlan]) -> None:
    compose = COMPOSE.replace('v2.42.0", ', 'v2.42.0", command: "--web.external-url=http://x.example/prom/", ')
    plan = plan_of(compose)
    assert plan.prefix == "/prom"
    assert plan.predictions.obstacle("http://localhost:9090/prom/metrics") is None
    found = plan.predictions.obstacle("http://localhost:9090/metrics")
    assert found is not None
    assert found.obstacle is Obstacle.PATH


@pytest.mark.parametrize("flag", ["--web.external-url=http://[", "--web.route-prefix=$(reboot)", "--web.route-prefix"])
def test_a_prefix_that_is_none(flag: str, plan_of: Callable[..., ScrapePlan]) -> None:
    assert plan_of(COMPOSE.replace('v2.42.0", ', f"v2.42.0\", command: ['{flag}'], ")).prefix == ""


@pytest.mark.parametrize("path", ["/x'y", "/$(reboot)", "x", "/" + "x" * 300, "/a\nb"])
def test_a_path_that_would_mean_something_to_a_shell(path: str, plan_of: Callable[..., ScrapePlan]) -> None:
    """Nobody serves it, and the others are served all the same."""
    plan = plan_of(job=f"    metrics_path: {path!r}\n", targets=["unknown:7000", "ui:9292"])
    assert plan.pages["unknown"] == (Page(7000),)


class TestBounds:
    def test_ten_thousand_targets(self, plan_of: Callable[..., ScrapePlan]) -> None:
        with pytest.raises(Unverified, match=f"10000 scrape targets .* at most {MAX_TARGETS}"):
            plan_of(targets=[f"ui:{number}" for number in range(10_000)])

    def test_a_hundred_services(self, plan_of: Callable[..., ScrapePlan]) -> None:
        """Only those that are scraped count."""
        many = "".join(f"  s{number}: {{image: x, networks: [back]}}\n" for number in range(100))
        plan = plan_of(COMPOSE.replace("networks: {front: ,", many + "networks: {front: ,"), targets=["ui:9292"])
        assert [each.service for each in plan.skeleton.stand_ins] == ["prometheus", "ui"]

    def test_a_hundred_services_that_are_scraped(
        self, plan_of: Callable[..., ScrapePlan], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        many = "".join(f"  s{number}: {{image: x, networks: [back]}}\n" for number in range(60))
        for number in range(60):
            monkeypatch.setitem(LISTENING, f"s{number}", Listens(frozenset({80})))
        with pytest.raises(Unverified, match="Prometheus scrapes 61 services, more than can be started here"):
            plan_of(COMPOSE.replace("networks: {front: ,", many + "networks: {front: ,"), [f"s{n}" for n in range(60)])

    def test_a_program_that_listens_everywhere(self, plan_of: Callable[..., ScrapePlan]) -> None:
        plan = plan_of(targets=[f"unknown:{port}" for port in range(1, 60)])
        assert len({page.port for page in plan.pages["unknown"]}) == 16


class TestUnverified:
    def test_on_the_docker_host(self, plan_of: Callable[..., ScrapePlan]) -> None:
        compose = COMPOSE.replace('networks: [front, back], extra_hosts: ["pinned:192.0.2.1"]', "network_mode: host")
        with pytest.raises(Unverified, match="prometheus is on the docker host's network"):
            plan_of(compose.replace('  beside: {image: prom/node-exporter, network_mode: "service:prometheus"}\n', ""))

    @pytest.mark.parametrize("mode", ["none", "bridge"])
    def test_on_no_network(self, mode: str, plan_of: Callable[..., ScrapePlan]) -> None:
        compose = COMPOSE.replace('networks: [front, back], extra_hosts: ["pinned:192.0.2.1"]', f"network_mode: {mode}")
        with pytest.raises(Unverified, match="prometheus is on no network of the project"):
            plan_of(compose)
