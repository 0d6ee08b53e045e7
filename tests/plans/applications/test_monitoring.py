"""The plan of a monitored project: who is Prometheus, whom it can do without, where its pages are."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.applications.monitoring import MonitoredPlan, plan_of_monitored, without_monitoring
from pytest_dockerlab.plans.applications.plan import MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, remove, replace, write, write_homework

from ...deployment.monitored_app import COMPOSE, MONITORED

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


def planned(folder: Path, *edits: Edit) -> MonitoredPlan:
    write_homework(folder, MONITORED, edits)
    return plan_of_monitored(Submission("x", WorkTree(folder)), {})


def test_images_that_are_only_named_are_built_here(tmp_path: Path) -> None:
    plan = planned(tmp_path)
    assert plan.prometheus == "prometheus"
    assert plan.exporters == {"node-exporter", "mongodb-exporter"}
    built = {each.name: each.build.context for each in plan.app.services if each.build is not None}
    assert built == {
        "ui": "src/ui",
        "post": "src/post-py",
        "comment": "src/comment",
        "prometheus": "monitoring/prometheus",
        "node-exporter": "monitoring/node-exporter",
        "mongodb-exporter": "monitoring/mongodb-exporter",
    }
    assert {each.name: each.ports for each in plan.app.services if each.ports} == {"ui": (9292,), "prometheus": (9090,)}
    kinds = {mount.kind for each in plan.app.services if each.name == "node-exporter" for mount in each.mounts}
    assert kinds == {MountKind.OWN}
    assert plan.app.denied == ()


@pytest.mark.parametrize(
    ("source", "context"),
    [("prometheus.yml", "monitoring/prometheus"), ("./", "monitoring/prometheus"),
     ("prometheus.yaml", "monitoring/prometheus"),
     ("monitoring/prometheus/prometheus.yml", ""), ("/monitoring/prometheus", "")],
)  # fmt: skip
def test_what_is_sent_is_the_folder_that_has_what_is_copied(tmp_path: Path, source: str, context: str) -> None:
    """Compose does not say: the course builds Prometheus in its folder, and some do so in the root."""
    copy = replace("monitoring/prometheus/Dockerfile", "COPY prometheus.yml /etc/prometheus/prometheus.yml",
                   f"COPY {source} /etc/prometheus/")  # fmt: skip
    plan = planned(tmp_path, copy)
    assert [each.build.context for each in plan.app.services if each.build and each.name == "prometheus"] == [context]


def test_an_exporter_on_the_docker_hosts_network_is_missing(tmp_path: Path) -> None:
    """So an exporter may be run; the others are monitored without it."""
    plan = planned(tmp_path, replace(COMPOSE, "    pid: host\n", "    network_mode: host\n"),
                   replace(COMPOSE, "      - --path.rootfs=/rootfs\n    networks:\n      - back_net\n",
                           "      - --path.rootfs=/rootfs\n"))  # fmt: skip
    assert list(plan.missing) == ["node-exporter"]
    assert "node-exporter" not in {each.name for each in plan.app.services}
    assert next(iter(plan.missing.values())) in plan.app.remarks


def test_an_exporter_whose_image_nobody_can_tell_is_missing(tmp_path: Path) -> None:
    edit = replace(COMPOSE, "image: ${USERNAME}/mongodb-exporter", "image: ${WHOSE}/exporter:${NO}")
    plan = planned(tmp_path, edit, remove("monitoring/mongodb-exporter/Dockerfile"))
    assert list(plan.missing) == ["mongodb-exporter"]
    assert "depends on" in str(plan.missing["mongodb-exporter"])
    assert "node-exporter" in {each.name for each in plan.app.services}


def test_nobody_else_on_the_docker_hosts_network(tmp_path: Path) -> None:
    """No item of this homework says that it is wrong, so nobody is accused."""
    text = MONITORED[COMPOSE]
    before = text.index("    networks:\n", text.index("prometheus_data:/prometheus"))
    edit = write(COMPOSE, f"{text[:before]}    network_mode: host\n{text[text.index('  node-exporter:') :]}")
    with pytest.raises(Unverified) as stop:
        planned(tmp_path, edit)
    assert stop.value.because_of is None


@pytest.mark.parametrize(
    ("flag", "path"),
    [
        ("--web.route-prefix=/prom/", "/prom"),
        ("--web.external-url=http://outside/monitoring", "/monitoring"),
        ("--web.external-url=http://outside:9090", ""),
        ("--web.listen-address=:9090", ""),
    ],
)
def test_where_its_pages_are(tmp_path: Path, flag: str, path: str) -> None:
    plan = planned(tmp_path, replace(COMPOSE, "      - --config.file", f"      - {flag}\n      - --config.file"))
    assert plan.path == path


def test_without_prometheus_another_item_says_so(tmp_path: Path) -> None:
    with pytest.raises(Unverified) as stop:
        planned(
            tmp_path, replace(COMPOSE, "  prometheus:\n    image: ${USERNAME}/prometheus\n", "  other:\n    image: x\n")
        )
    assert stop.value.because_of == "monitoring-1/prometheus-service"


def test_the_application_does_without(tmp_path: Path) -> None:
    write_homework(tmp_path, MONITORED)
    submission = Submission("x", WorkTree(tmp_path))
    assert set(without_monitoring(submission, submission.compose).left_out) == {
        "prometheus",
        "node-exporter",
        "mongodb-exporter",
    }
