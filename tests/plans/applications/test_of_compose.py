"""From a compose project to a plan: what is kept, what is rewritten, what is denied."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.plans.applications.plan import AppPlan, AppService
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.submission.submission import Submission

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

BASE = {"src/ui/Dockerfile": "FROM x\nWORKDIR /app\n", "src/ui/app.rb": "", "src/post-py/Dockerfile": "FROM x\n"}


def planned(folder: Path, text: str, files: Mapping[str, str] = {}, images: Mapping[str, str] = {}) -> AppPlan:
    for path, content in {**BASE, **files, "src/docker-compose.yml": text}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
    submission = Submission("x", WorkTree(folder))
    return plan_of_compose(submission, submission.compose, images)


def ui(folder: Path, keys: str, more: str = "", files: Mapping[str, str] = {}) -> tuple[AppService, list[str]]:
    """The plan of a service ui with these keys, and what it was denied."""
    made = planned(folder, f"services:\n  ui:\n    build: ./ui\n    {keys}\n{more}", files)
    found = made.service(Role.UI)
    assert found is not None
    return found, [str(each) for each in made.denied]


@pytest.mark.parametrize(
    "keys",
    [
        "privileged: true", "cap_add: [SYS_ADMIN]", "cap_add: [ALL]", "pid: host", "ipc: host", "userns_mode: host",
        "uts: host", "cgroup: host", "devices: [/dev/sda]", "device_cgroup_rules: ['a *:* rwm']", "runtime: other",
        "security_opt: [seccomp=unconfined]", "security_opt: ['no-new-privileges:true', apparmor=unconfined]",
        "sysctls: {net.ipv4.ip_forward: 1}", "group_add: [docker]", "cgroup_parent: /x", "shm_size: 9g",
        "ulimits: {nproc: 65535}", "oom_score_adj: -1000",
        "extra_hosts: ['host.docker.internal:host-gateway']", "env_file: [no.env]",
        "volumes: ['/var/run/docker.sock:/var/run/docker.sock']", "volumes: ['/:/host']", "volumes: ['/etc:/etc:ro']",
        "volumes: ['../../outside:/x']", "volumes: ['../../../../../../../../../etc:/x']", "volumes: ['./.git:/x']",
        "volumes: [{type: bind, source: /proc, target: /x}]", "volumes: ['~/.ssh:/root/.ssh']",
    ],
)  # fmt: skip
def test_what_is_denied_is_said_with_its_place(tmp_path: Path, keys: str) -> None:
    found, denied = ui(tmp_path, keys)
    assert len(denied) == 1
    assert denied[0].startswith("src/docker-compose.yml:4: ")
    key = keys.partition(":")[0]
    assert not {key} & (set(found.settings) - {"extra_hosts"})
    assert found.settings.get("extra_hosts", []) == []
    assert found.mounts == ()


@pytest.mark.parametrize(
    ("top", "keys"),
    [
        ("secrets: {s: {file: ./ui/app.rb}}", "secrets: [s]"),
        ("volumes: {vol: {driver_opts: {type: none, o: bind, device: /etc}}}", "volumes: ['vol:/x']"),
    ],
)
def test_what_is_denied_by_a_section_of_its_own(tmp_path: Path, top: str, keys: str) -> None:
    found, denied = ui(tmp_path, keys, top)
    assert len(denied) == 1
    assert found.mounts == ()


@pytest.mark.parametrize(
    ("keys", "item"),
    [
        ("network_mode: host", "docker-4/networks"),
        ("network_mode: 'container:other'", None),
        ("networks: [outer]", "docker-4/networks"),
        ("network_mode: none", "docker-4/networks"),
        ("network_mode: 'service:post'", None),
    ],
)
def test_a_network_that_is_not_its_own_is_unverified(tmp_path: Path, keys: str, item: str | None) -> None:
    with pytest.raises(Unverified) as caught:
        ui(tmp_path, keys, "  post: {image: x}\nnetworks: {outer: {external: true, name: host}}\n")
    assert caught.value.because_of == item


def test_other_services_may_share_a_network_namespace(tmp_path: Path) -> None:
    made = planned(tmp_path, "services:\n  ui: {image: x}\n  side: {image: y, network_mode: 'service:ui'}\n"
                   "  still: {image: y, network_mode: none}\n")  # fmt: skip
    modes = {each.name: (each.settings.get("network_mode"), dict(each.networks)) for each in made.services}
    assert modes["side"] == ("service:ui", {})
    assert modes["still"] == ("none", {})


@pytest.mark.parametrize("keys", ["security_opt: ['no-new-privileges:true']", "extra_hosts: ['other:192.0.2.1']",
                                  "privileged: false", "cap_drop: [ALL]", "read_only: true", "init: true"])  # fmt: skip
def test_what_is_not_denied(tmp_path: Path, keys: str) -> None:
    found, denied = ui(tmp_path, keys)
    assert denied == []
    key = keys.partition(":")[0]
    assert (key in found.settings) is (key not in ("security_opt", "privileged"))


@pytest.mark.parametrize(
    ("keys", "settings"),
    [
        ("command: puma --debug -w 2", {"command": ["puma", "--debug", "-w", "2"]}),
        ("entrypoint: ['sh', '-c', 'echo $$HOME']", {"entrypoint": ["sh", "-c", "echo $HOME"]}),
        ("restart: always", {"restart": "on-failure:10"}),
        ("restart: 'no'", {}),
        ("tmpfs: ['/run:size=9g,exec', /tmp]", {"tmpfs": ["/run:size=268435456", "/tmp:size=268435456"]}),
        ("tmpfs: /run", {"tmpfs": ["/run:size=268435456"]}),
        ("volumes: [{type: tmpfs, target: /run, tmpfs: {size: 9000000000}}]", {"tmpfs": ["/run:size=268435456"]}),
        ("depends_on: [post]", {"depends_on": {"post": {"condition": "service_started"}}}),
        ("depends_on: {post: {condition: service_healthy}}",
         {"depends_on": {"post": {"condition": "service_healthy"}}}),
        ("depends_on: [off]", {}),
        ("links: ['post:p', off]",
         {"links": ["post:p"], "depends_on": {"post": {"condition": "service_started"}}}),
        ("deploy: {resources: {limits: {memory: 9g}}}", {}),
        ("mem_limit: 9g", {}),
        ("container_name: reddit-ui", {}),
        ("logging: {driver: none}", {}),
    ],
)  # fmt: skip
def test_settings_that_are_kept_or_rewritten(tmp_path: Path, keys: str, settings: dict[str, Any]) -> None:
    found, denied = ui(tmp_path, keys, "  post: {image: x}\n  off: {image: y, scale: 0}\n")
    assert found.settings == settings
    assert denied == []


def test_the_environment_is_what_compose_would_give(tmp_path: Path) -> None:
    keys = """\
env_file: [a.env, b.env, .env]
    environment:
      - B=of environment
      - 'JSON={"a": "$$x"}'
      - PASSED
      - UNKNOWN
      - EMPTY="""
    files = {
        "src/a.env": "A=1\nB=of a\nC=of a\nNAME\n",
        "src/b.env": "C=of b\n",
        "src/.env.example": "PASSED=yes\nD=$PASSED\n",
    }
    found, denied = ui(tmp_path, keys, files=files)
    assert denied == []
    assert found.environment == {
        "A": "1", "B": "of environment", "C": "of b", "PASSED": "yes", "D": "yes", "EMPTY": "",
        "JSON": '{"a": "$x"}',
    }  # fmt: skip
