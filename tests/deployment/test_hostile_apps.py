"""Applications that mean harm, or do it: each is bounded, judged rightly, and leaves nothing behind."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.checks.docker_4.app import app
from pytest_dockerlab.deployment.patience import Patience
from pytest_dockerlab.deployment.running import Deployment
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.limits import CAPABILITIES, AppLimits
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.applications.of_compose import plan_of_compose
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, replace, write

from ..checks._app import AppChecks, app_checks, require_image, said, submission
from ..engine.killing import eventually, foreign_things
from .builds.test_hostile_builds import left_of
from .small_app import APP

pytest_plugins = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts")]
pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
]

COMPOSE = "src/docker-compose.yml"
LIMITS = AppLimits(memory=160 * 1024**2, processes=64, cpus=0.5, log="64k", disk=100 * 1000**2, every=0.3)
_LOG_BYTES = 64 * 1000
GREEDY = """\
    privileged: true
    pid: host
    ipc: host
    userns_mode: host
    cap_add: [ALL, SYS_ADMIN]
    security_opt: [seccomp:unconfined, apparmor:unconfined]
    devices: ["/dev/kmsg:/dev/kmsg"]
    sysctls: {net.ipv4.ip_forward: 1}
    oom_score_adj: -1000
    shm_size: 8gb
    ulimits: {nproc: 1000000}
    mem_limit: 64g
    pids_limit: -1
    cpus: 64
    cgroup_parent: /
    logging: {driver: none}
    restart: always
    extra_hosts: ["gate:host-gateway"]
    volumes: ["/:/host", "/var/run/docker.sock:/var/run/docker.sock", "../../..:/up"]
"""


@pytest.fixture(scope="module")
def checks(docker_host: DockerHost) -> Iterator[AppChecks]:
    """Images are shared by all tests. In the end nothing of ours is left, and everything of others."""
    require_image(docker_host, "mongo:7.0")
    run_id = secrets.token_hex(8)
    with foreign_things(docker_host) as are_there:
        with app_checks(docker_host, run_id) as checks:
            checks.limits = LIMITS
            yield checks
        assert left_of(docker_host, run_id) == []
        are_there()


@pytest.fixture(autouse=True)
def nothing_is_left(checks: AppChecks) -> Iterator[None]:
    """After each of them: no container, no network, no volume, named or not."""
    api = checks.host.client.api
    before = {each["Name"] for each in api.volumes(filters={"dangling": True})["Volumes"] or ()}
    yield
    checks.images.leave()
    kept = {each["Id"] for each in api.images(all=True, filters={"label": f"org.pytest-dockerlab.run={checks.run_id}"})}
    assert set(left_of(checks.host, checks.run_id)) <= kept
    after = {each["Name"]: each for each in api.volumes(filters={"dangling": True})["Volumes"] or ()}
    ours = [name for name in set(after) - before if checks.run_id in str(after[name])]
    assert ours == []


def given(folder: Path, service: str, settings: str, *edits: Edit) -> Submission:
    """The small application, one of its services with more settings."""
    start = {"ui": "    build: ./ui\n", "post": "    build: ./post-py\n", "comment": "    build: ./comment\n"}
    start["post_db"] = "    image: mongo:${MONGO_VERSION}\n"
    return submission(folder, APP, [replace(COMPOSE, start[service], start[service] + settings), *edits])


def run(checks: AppChecks, folder: Path, service: str, settings: str, *edits: Edit) -> ItemResult:
    """docker-4/app of it."""
    return checks.run(app, given(folder, service, settings, *edits))


# What it asks for


def test_what_is_not_given(checks: AppChecks, tmp_path: Path) -> None:
    """Every container is within the limits, whatever it asks for, and works if it can."""
    homework = given(tmp_path, "comment", GREEDY)
    plan = plan_of_compose(homework, homework.compose, {})
    lines = (tmp_path / COMPOSE).read_text().splitlines()
    told = [text(each) for each in plan.denied]
    for word in (
        *("privileged", "pid", "ipc", "userns_mode", "cap_add", "security_opt", "devices", "sysctls", "oom_score_adj"),
        *(
            "shm_size",
            "ulimits",
            "cgroup_parent",
            "/var/run/docker.sock",
            "/ of the docker host",
            "own address",
            "../../..",
        ),
    ):
        places = [re.match(rf"{COMPOSE}:(\d+): ", each) for each in told if word in each]
        assert places, (word, told)
        assert all(place and lines[int(place[1]) - 1] for place in places)
    with Probes(checks.host, checks.run_id) as probes, Deployment(
        probes, checks.images, homework, plan, limits=LIMITS
    ) as up:  # fmt: skip
        for service in plan.services:
            inspected = checks.host.client.api.inspect_container(up.container(service.name))
            _is_limited(inspected["HostConfig"])
            assert {mount["Type"] for mount in inspected["Mounts"]} <= {"volume"}
        status = _in(up, "comment", "cat /proc/self/status; ls /dev /host /up /var/run/docker.sock")
        assert "NoNewPrivs:\t1" in status
        assert f"CapBnd:\t{_mask():016x}" in status
        assert "kmsg" not in status
        assert status.count("No such file") == 3, status


def _is_limited(found: dict[str, Any]) -> None:
    assert (found["Memory"], found["MemorySwap"]) == (LIMITS.memory, LIMITS.memory)
    assert found["PidsLimit"] == LIMITS.processes
    assert found["NanoCpus"] == int(LIMITS.cpus * 10**9)
    assert found["SecurityOpt"] == ["no-new-privileges:true"]
    assert found["CapDrop"] == ["ALL"]
    assert {each.removeprefix("CAP_") for each in found["CapAdd"]} <= set(CAPABILITIES)
    assert found["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "64k", "max-file": "2"}}
    assert (found["Privileged"], found["PidMode"], found["UsernsMode"], found["UTSMode"]) == (False, "", "", "")
    assert found["IpcMode"] in ("private", "shareable")
    assert found["RestartPolicy"]["Name"] in ("", "no", "on-failure")
    assert not found["Devices"]
    assert not found["Binds"] or all(not each.startswith("/") for each in found["Binds"])
    assert found["CgroupParent"] == ""
    assert found["OomScoreAdj"] == 0
    for bindings in (found["PortBindings"] or {}).values():
        assert [each["HostIp"] for each in bindings] == ["127.0.0.1"]


def _mask() -> int:
    numbers = dict.fromkeys(CAPABILITIES, 0) | {
        "CHOWN": 0, "DAC_OVERRIDE": 1, "FOWNER": 3, "KILL": 5, "SETGID": 6, "SETUID": 7, "NET_BIND_SERVICE": 10
    }  # fmt: skip
    return sum(1 << number for number in numbers.values())


def _in(up: Deployment, service: str, script: str) -> str:
    api = up.host.client.api
    made = api.exec_create(up.container(service), ["sh", "-c", script])
    output: bytes = api.exec_start(made["Id"])
    return output.decode()


def test_what_works_without(checks: AppChecks, tmp_path: Path) -> None:
    result = run(checks, tmp_path, "comment", GREEDY)
    assert str(result.verdict) == "passed", said(result)


@pytest.mark.parametrize(
    ("settings", "script"),
    [
        ('    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]\n', "test -S /var/run/docker.sock"),
        ("    privileged: true\n", "mount -t tmpfs none /mnt"),
    ],
    ids=["socket", "privileges"],
)
def test_what_does_not_work_without_is_no_fault(checks: AppChecks, tmp_path: Path, settings: str, script: str) -> None:
    result = run(checks, tmp_path, "comment", f"{settings}    command: sh -c '{script} && exec puma'\n")
    assert str(result.verdict) == "unverified", said(result)
    assert "it asks for what this run does not allow" in said(result)


@pytest.mark.parametrize("mode", ["host", "container:somebody"])
def test_networks_of_others(checks: AppChecks, tmp_path: Path, mode: str) -> None:
    edits = [replace(COMPOSE, "    networks:\n      - front_net\n  post:", f"    network_mode: '{mode}'\n  post:")]
    result = run(checks, tmp_path, "comment", "", *edits)
    assert str(result.verdict) == "unverified", said(result)
    assert f"ui asks for the network of something outside the project ({mode})" in said(result)


# What it takes


def test_processes(checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever forks without end ends up alone with it: the others answer."""
    monkeypatch.setattr(checks, "patience", Patience(up=10.0))
    homework = given(tmp_path, "comment", "    command: bash -c ':(){ :|:& };:; exec sleep 1000'\n")
    plan = plan_of_compose(homework, homework.compose, {})
    with Probes(checks.host, checks.run_id) as probes, Deployment(
        probes, checks.images, homework, plan, limits=LIMITS
    ) as up:  # fmt: skip
        stats: dict[str, Any] = checks.host.client.api.stats(up.container("comment"), stream=False)
        assert 0 < stats["pids_stats"]["current"] <= LIMITS.processes
        script = 'python3 -c \'import urllib.request as r; print(r.urlopen("http://post:5000").status, "post")\''
        eventually(lambda: "200 post" in _in(up, "ui", script), 60)
    result = checks.run(app, homework)
    assert str(result.verdict) == "unverified", said(result)  # more than that may be somebody's need, too
    assert f"comment asks for what this run does not allow: more than {LIMITS.processes}" in said(result)


def test_memory(checks: AppChecks, tmp_path: Path) -> None:
    result = run(checks, tmp_path, "comment", "    command: tail /dev/zero\n")
    assert str(result.verdict) == "unverified", said(result)
    assert "comment, or a process in it, was killed: it may use 160 MiB of memory here" in said(result)


def test_a_log_without_end(checks: AppChecks, tmp_path: Path) -> None:
    """It is bounded on the disk; and the application, which works, is not held against it."""
    homework = given(tmp_path, "comment", "    command: sh -c 'yes 01234567890123456789 & exec puma'\n")
    plan = plan_of_compose(homework, homework.compose, {})
    with Probes(checks.host, checks.run_id) as probes, Deployment(
        probes, checks.images, homework, plan, limits=LIMITS
    ) as up:  # fmt: skip
        folder = Path(checks.host.client.api.inspect_container(up.container("comment"))["LogPath"]).parent
        if not checks.host.is_local or os.geteuid() != 0 or not folder.is_dir():
            pytest.skip("the engine's own folder is not to be read from here")

        def sizes() -> list[int]:
            with contextlib.suppress(FileNotFoundError):  # while one becomes the other
                found = [path.stat().st_size for path in folder.glob("*-json.log*")]
                assert sum(found) <= 3 * _LOG_BYTES
                return found
            return []

        eventually(lambda: len(sizes()) == 2, 60, lambda: "it did not write that much")
        for _look in range(50):
            sizes()


@pytest.mark.parametrize(
    ("service", "path"),
    [("comment", "/tmp/fill"), ("post_db", "/data/db/fill"), ("ui", "/data/db/fill")],
    ids=["container", "named volume", "volume of the image"],
)
def test_disk(checks: AppChecks, tmp_path: Path, service: str, path: str) -> None:
    """Its containers are killed and it is said why, wherever it writes."""
    script = f"dd if=/dev/zero of={path} bs=1M count=400; sleep 1000"
    result = run(checks, tmp_path, service, f"    command: sh -c '{script}'\n")
    assert str(result.verdict) == "failed", said(result)
    assert "GB in a few seconds" in said(result)


# It does not come up, or does not go


@pytest.mark.parametrize(
    ("retries", "found"), [(1000, "it is not up after 12 s"), (2, "its health check fails")], ids=["never", "not"]
)
def test_a_dependency_is_never_healthy(
    checks: AppChecks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, retries: int, found: str
) -> None:
    if found.endswith("12 s"):
        monkeypatch.setattr(checks, "patience", Patience(start=12.0))
    health = f"    healthcheck: {{test: 'exit 1', interval: 1s, retries: {retries}}}\n"
    waits = replace(
        COMPOSE, "    build: ./ui\n", "    build: ./ui\n    depends_on: {post: {condition: service_healthy}}\n"
    )
    result = run(checks, tmp_path, "post", health, waits)
    assert str(result.verdict) == "failed", said(result)
    assert found in said(result)
    (at,) = [each.at for each in result.findings]
    assert at is not None
    assert at.line is not None
    # at its health check, where the engine had called it unhealthy by then
    line = (tmp_path / COMPOSE).read_text().splitlines()[at.line - 1]
    assert line.startswith(("  post:", "    healthcheck:") if retries == 2 else "  post:"), line


def test_deaf_to_signals(checks: AppChecks, tmp_path: Path) -> None:
    result = run(
        checks, tmp_path, "comment", "    command: sh -c \"trap '' TERM INT HUP; puma\"\n    stop_grace_period: 1h\n"
    )
    assert str(result.verdict) == "passed", said(result)


def test_what_it_writes_is_text(checks: AppChecks, tmp_path: Path) -> None:
    """Nothing of a log is a place to be filled in, or a control character in a report."""
    script = r"printf \"{part0} {0} %s \\033[2J\\n\" x; exit 3"
    result = run(checks, tmp_path, "comment", f"    command: sh -c '{script}'\n".replace('\\"', '"'))
    assert str(result.verdict) == "failed", said(result)
    assert "{part0} {0}" in said(result)


@pytest.mark.parametrize("target", ["/x/sub/busybox", "/x/../../bin/busybox"], ids=["link", "dots"])
def test_a_file_that_would_land_in_our_own_probe(checks: AppChecks, tmp_path: Path, target: str) -> None:
    """The probe has the volumes mounted, and no limit holds what runs in it."""
    homework = given(
        tmp_path,
        "comment",
        f'    volumes: ["./comment/data:/x", "./comment/evil:{target}"]\n',
        write("src/comment/evil", "#!/bin/sh\n"),
        write("src/comment/data/file", ""),
    )
    (tmp_path / "src/comment/data/sub").symlink_to("/bin")
    plan = plan_of_compose(homework, homework.compose, {})
    with Probes(checks.host, checks.run_id) as probes:
        deployment = Deployment(probes, checks.images, homework, plan, limits=LIMITS)
        told = ""
        try:
            with deployment:
                pass
        except Unverified as unverified:
            told = text(unverified.reason)
        holder = deployment._preparation.holder
        assert holder is not None
        assert holder.exec(["busybox", "echo", "ours"]).stdout == "ours\n"
    assert ("a folder above /x/sub/busybox" in told) is (target == "/x/sub/busybox")
