"""monitoring-1/scrape, with a real Prometheus on a real engine."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.deployment.scraping import scrape
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.homework import Item
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, replace, said, sample_tests, write, write_homework

from .._app import require_image
from ._homework import BASE, COMPOSE, CONFIGURATION, DOCKERFILE, needs_compose

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [pytest.mark.engine, needs_compose]

IMAGE = "prom/prometheus:v2.42.0"
OURS = {**BASE, DOCKERFILE: BASE[DOCKERFILE].replace("prom/prometheus:v2.1.0", IMAGE)}
ITEM = catalogue.load().items["monitoring-1/scrape"]
PROMETHEUS = "      - --storage.tsdb.retention=1d\n    networks:\n      - back_net\n      - front_net\n"
NODE = "prom/node-exporter:v0.15.2\n    user: root\n"

Asking = Callable[[Item, Submission], ItemResult]


@pytest.fixture
def ask_scrape(docker_host: DockerHost, run_id: str) -> Asking:
    """Ask with a real Prometheus, of which nothing is left then."""
    require_image(docker_host, IMAGE)

    def asking(item: Item, submission: Submission) -> ItemResult:
        with Probes(docker_host, run_id) as probes:
            result = ask(item, submission, hw_course=Course(), scrape_by=lambda plan: scrape(probes, plan))
        assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []
        return result

    return asking


test_samples = sample_tests(
    "monitoring-1/scrape",
    OURS,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "other ports and paths where the programs have them, a shared namespace, names of several kinds, a path of "
            "Prometheus' own, and much that is left out",
            [
                replace(COMPOSE, "--storage.tsdb.retention=1d", "--web.external-url=http://x.example/prom/"),
                replace(CONFIGURATION, "- localhost:9090", "- prometheus:9090\n    metrics_path: /prom/metrics"),
                replace(COMPOSE, NODE, f"{NODE}    container_name: the_node\n"),
                replace(
                    COMPOSE,
                    "      - --path.sysfs=/host/sys\n",
                    "      - --path.sysfs=/host/sys\n      - --web.listen-address=:9200\n"
                    "      - --web.telemetry-path=/n\n",
                ),
                replace(CONFIGURATION, "- node-exporter:9100", "- the_node:9200\n    metrics_path: /n"),
                replace(
                    COMPOSE,
                    "\nvolumes:\n  post_db:",
                    "  beside: {image: prom/alertmanager, network_mode: 'service:prometheus'}\n"
                    "  mine: {image: somebody/mine, hostname: the-host, expose: ['7000'], networks: [back_net]}\n"
                    "\nvolumes:\n  post_db:",
                ),
                replace(CONFIGURATION, "- comment:9292\n", "- COMMENT:9292\n          - localhost:9093\n"
                        "          - the-host:7000\n    honor_labels: true\n    basic_auth: {username: x}\n"),
                replace(CONFIGURATION, "  scrape_interval: 5s\n", "  scrape_interval: 1h\n"
                        "rule_files: [rules.yml]\nremote_write: [{url: 'http://elsewhere.example/'}]\n"),
            ],
        ),
        Sample(
            "fails",
            "targets that nothing tells apart",
            [replace(CONFIGURATION, "target_label: instance", "target_label: probed"),
             replace(CONFIGURATION, "        replacement: blackbox-exporter:9115\n",
                     "        replacement: blackbox-exporter:9115\n      - {regex: probed, action: labeldrop}\n")],
            says="every target of blackbox has labels of its own | the same for http://comment:9292/healthcheck, "
            "http://post:5000/healthcheck, http://ui:9292: instance=blackbox-exporter:9115, job=blackbox",
            file=CONFIGURATION,
            line="replacement: blackbox-exporter:9115",
            findings=1,
        ),
    ],
    asked_by="ask_scrape",
)  # fmt: skip


def job(name: str, *targets: str, rest: str = "") -> str:
    return f"  - job_name: {name}\n    static_configs: [{{targets: {list(targets)}}}]\n{rest}"


def all_said(result: ItemResult) -> list[str]:
    return [said(each) for each in result.findings]


def given(folder: Path, jobs: str, **files: str) -> Submission:
    edits = [
        write(CONFIGURATION, f"scrape_configs:\n{jobs}"),
        *(write(path, content) for path, content in files.items()),
    ]
    write_homework(folder, OURS, edits)
    return Submission("sample", WorkTree(folder))


class TestWhyATargetIsDown:
    def test_what_the_files_do_not_tell(self, ask_scrape: Asking, tmp_path: Path) -> None:
        compose = OURS[COMPOSE].replace("          - comment_db\n", "          - comment_db\n          - comment\n")
        submission = given(
            tmp_path,
            job("path", "node-exporter:9100", rest="    metrics_path: /stats\n")
            + job("several", "comment:9292")
            + job("dropped", "ui:9292", rest="    relabel_configs: [{action: drop, regex: 'ui.*', source_labels: "
                  "[__address__]}]\n")
            + job("address", "http://ui:9292", rest="    relabel_configs: [{target_label: x, replacement: y}]\n")
            + job("post", "ui:9292"),
            **{COMPOSE: compose},
        )  # fmt: skip
        result = ask_scrape(ITEM, submission)
        assert result.verdict is Verdict.FAILED
        found = all_said(result)
        for words in (
            "Prometheus scrapes http://node-exporter:9100/stats (path) | 404: node-exporter has nothing at /stats",
            "Prometheus scrapes a target of dropped | relabelling drops all of them | look at the steps with action",
            "Prometheus scrapes http://ui:9292 (address) | relabelling leaves no target of it: its address is none",
            "the job post scrapes post | ui answers at http://ui:9292/metrics | correct the target, or the job's name",
        ):
            assert any(each.startswith(words) for each in found), (words, found)
        path = next(each for each in result.findings if "404" in said(each))
        assert path.at is not None
        assert path.at.file == CONFIGURATION
        assert "metrics_path: /stats" in (tmp_path / CONFIGURATION).read_text().splitlines()[(path.at.line or 0) - 1]
        several = "comment is the name of several services: comment, post_db | use a name that only one service has"
        assert [each.partition(" | ")[2] for each in found if "several" in each] == [several]
        assert len(found) == 5, found

    def test_what_the_files_tell(self, ask_scrape: Asking, tmp_path: Path) -> None:
        """Each is told by the other item where that is in the same run and failed; else it is told here."""
        compose = OURS[COMPOSE].replace(
            "\nvolumes:\n  post_db:",
            "  apart: {image: prom/node-exporter, networks: [apart_net]}\n"
            "  on-host: {image: prom/node-exporter, network_mode: host}\n\nvolumes:\n  post_db:",
        ).replace("  front_net:\n", "  front_net:\n  apart_net:\n")  # fmt: skip
        submission = given(
            tmp_path,
            job("name", "node-exporer:9100")
            + job("network", "apart:9100")
            + job("host", "on-host:9100")
            + job("port", "ui:80", "localhost:9292")
            + job("database", "post_db:27017")
            + job("https", "ui:9292", rest="    scheme: https\n")
            + job("outside", "prometheus.io")
            + job("probe", "blackbox-exporter:9115", rest="    metrics_path: /probe\n"),
            **{COMPOSE: compose},
        )  # fmt: skip
        result = ask_scrape(ITEM, submission)
        assert result.because_of == "monitoring-1/targets-resolve"
        said_there = text(result.reason)
        for words in (
            "no service has the name node-exporer",
            "apart and prometheus share no network",
            "on-host is on the docker host's network",
            "connection refused: ui listens on 9292, not on 80",
            "connection refused: prometheus listens on 9090, not on 9292",
            "post_db is MongoDB itself, which has no metrics for Prometheus",
            "ui speaks http, the job asks in https",
        ):
            assert words in said_there, (words, said_there)
        assert "down http://prometheus.io:80/metrics" in str(result.evidence["targets"])
        assert "400" in str(result.evidence["targets"])

    @pytest.mark.parametrize(
        ("left_out", "says"),
        [
            ("      - source_labels: [__address__]\n        target_label: __param_target\n", "400: blackbox-exporter"),
            (
                "      - target_label: __address__\n        replacement: blackbox-exporter:9115\n",
                "relabelling leaves no target of it",
            ),
        ],
    )
    def test_a_step_of_relabelling_is_missing(
        self, left_out: str, says: str, ask_scrape: Asking, tmp_path: Path
    ) -> None:
        """What the item of the blackbox exporter says of the file is not said again."""
        write_homework(tmp_path, OURS, [replace(CONFIGURATION, left_out, "")])
        result = ask_scrape(ITEM, Submission("sample", WorkTree(tmp_path)))
        assert result.because_of == "monitoring-1/blackbox"
        assert says in text(result.reason)


class TestUnverified:
    """What cannot be shown here is not called passed."""

    def test_beside_what_is_right(self, ask_scrape: Asking, tmp_path: Path) -> None:
        compose = OURS[COMPOSE].replace(
            "\nvolumes:\n  post_db:", "  mine: {image: somebody/mine, networks: [back_net]}\n\nvolumes:\n  post_db:"
        )
        jobs = (
            job("own", "localhost:9090", "prometheus.io", "mine:7001")
            + "  - job_name: ui\n    dns_sd_configs: [{names: [ui], type: A, port: 9292}]\n"
        )
        result = ask_scrape(ITEM, given(tmp_path, jobs, **{COMPOSE: compose}))
        assert result.verdict is Verdict.UNVERIFIED
        assert [text(each) for each in result.evidence["not shown here"]] == [
            "these targets are no services of the project, and cannot be reached here: http://prometheus.io:80/metrics",
            "nothing in the repository shows where these listen: http://mine:7001/metrics",
            "these jobs find their targets only where all of it runs: ui (dns_sd_configs)",
        ]

    def test_nothing_to_scrape(self, ask_scrape: Asking, tmp_path: Path) -> None:
        result = ask_scrape(ITEM, given(tmp_path, "  - job_name: ui\n    dns_sd_configs: [{names: [ui]}]\n"))
        assert result.verdict is Verdict.UNVERIFIED
        assert "there are no static targets" in text(result.reason)
