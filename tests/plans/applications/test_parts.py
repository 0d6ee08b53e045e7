"""What a plan makes of services that have no role: those who measure, who are reached, who are left out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.messages import _
from pytest_dockerlab.plans.applications.of_compose import Parts, plan_of_compose
from pytest_dockerlab.plans.applications.plan import AppPlan, AppService, BuildSource, MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

COMPOSE = """\
services:
  ui: {image: x, depends_on: [side], links: ["side:s"], ports: ["80:9292"]}
  side:
    image: y
    pid: host
    cap_add: [SYS_TIME]
    read_only: true
    volumes: ["/proc:/host/proc:ro", "/sys:/sys", "/:/rootfs:ro,rslave"]
"""


def planned(folder: Path, parts: Parts, text: str = COMPOSE, files: Mapping[str, str] = {}) -> AppPlan:
    for path, content in {**files, "src/docker-compose.yml": text}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    submission = Submission("x", WorkTree(folder))
    return plan_of_compose(submission, submission.compose, {}, parts)


def service(plan: AppPlan, name: str) -> AppService:
    (found,) = (each for each in plan.services if each.name == name)
    return found


def test_who_measures_the_docker_host_is_shown_its_own_container(tmp_path: Path) -> None:
    """It is a remark: nobody's failure is unverified for it. The docker host's files and namespaces stay its own."""
    plan = planned(tmp_path, Parts(measuring=["side"]))
    side = service(plan, "side")
    assert [(each.kind, each.target, each.source) for each in side.mounts] == [
        (MountKind.OWN, "/host/proc", "/proc"),
        (MountKind.OWN, "/rootfs", "/"),
    ]
    assert not {"pid", "cap_add", "read_only"} & set(side.settings)
    assert plan.denied == ()
    said = "\n".join(map(str, plan.remarks))
    for source in ("/proc", "/sys", "/"):
        assert f"side is shown {source} of its own container, not of the docker host" in said
    assert "src/docker-compose.yml:8" in said
    assert "pid is left out" in said


@pytest.mark.parametrize(
    "keys", ["volumes: ['/var/run/docker.sock:/s']", "volumes: ['/etc:/etc:ro']", "volumes: ['/proc/1:/x']",
             "secrets: [s]", "sysctls: {net.ipv4.ip_forward: 1}", "runtime: other"],
)  # fmt: skip
def test_who_measures_is_denied_the_rest_as_anybody(tmp_path: Path, keys: str) -> None:
    text = f"services:\n  side: {{image: y}}\n  other:\n    image: z\n    {keys}\nsecrets: {{s: {{file: ./x}}}}\n"
    plan = planned(tmp_path, Parts(measuring=["other"]), text)
    assert len(plan.denied) == 1
    assert service(plan, "other").mounts == ()


def test_who_does_not_measure_is_shown_nothing(tmp_path: Path) -> None:
    plan = planned(tmp_path, Parts())
    assert service(plan, "side").mounts == ()
    assert len(plan.denied) == 5


def test_what_is_left_out_is_missed_by_nobody(tmp_path: Path) -> None:
    plan = planned(tmp_path, Parts(left_out={"side": _("why")}))
    assert [each.name for each in plan.services] == ["ui"]
    assert not {"depends_on", "links"} & set(service(plan, "ui").settings)
    assert list(map(str, plan.remarks)) == ["why"]
    assert plan.denied == ()


@pytest.mark.parametrize(
    ("ports", "found"), [("[]", (9090,)), ("['9090:9090', '1:80']", (9090, 80)), ("['8090']", (8090,))]
)
def test_who_is_reached_beside_ui(tmp_path: Path, ports: str, found: tuple[int, ...]) -> None:
    text = f"services:\n  ui: {{image: x}}\n  side: {{image: y, ports: {ports}}}\n  other: {{image: z, ports: [1]}}\n"
    plan = planned(tmp_path, Parts(published={"side": 9090}), text)
    assert {each.name: each.ports for each in plan.services} == {"ui": (9292,), "side": found, "other": ()}


def test_where_an_image_without_build_comes_from(tmp_path: Path) -> None:
    source = BuildSource("monitoring/side/Dockerfile", "monitoring/side")
    plan = planned(tmp_path, Parts(builds={"side": source, "gone": source}))
    assert service(plan, "side").build == source
    assert any("side has no build:, so its image is built from monitoring/side" in str(each) for each in plan.remarks)


@pytest.mark.parametrize(
    ("config", "target"),
    [("[c]", "/c"), ("[{source: c, target: /etc/prometheus/prometheus.yml}]", "/etc/prometheus/prometheus.yml")],
)
def test_a_config_is_a_file_of_the_submission(tmp_path: Path, config: str, target: str) -> None:
    text = f"services:\n  side:\n    image: y\n    configs: {config}\nconfigs: {{c: {{file: ../conf/a.yml}}}}\n"
    plan = planned(tmp_path, Parts(), text, {"conf/a.yml": "a"})
    (mount,) = service(plan, "side").mounts
    assert (mount.kind, mount.target, mount.source) == (MountKind.FILE, target, "conf/a.yml")
    assert str(mount.at) == "src/docker-compose.yml:4"


@pytest.mark.parametrize("config", ["{file: ../gone}", "{content: a}", "{file: ../.git/config}"])
def test_a_config_of_elsewhere_is_denied(tmp_path: Path, config: str) -> None:
    text = f"services:\n  side:\n    image: y\n    configs: [c]\nconfigs: {{c: {config}}}\n"
    plan = planned(tmp_path, Parts(), text, {".git/config": "x"})
    assert service(plan, "side").mounts == ()
    assert len(plan.denied) == 1
