"""The limits of an application's containers, and the compose file that we write of a plan."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.deployment.compose_file import Made, volume_key, write_compose
from pytest_dockerlab.engine.hosts.facts import HostFacts
from pytest_dockerlab.engine.owned.limits import CAPABILITIES, AppLimits, limited
from pytest_dockerlab.plans.applications.plan import AppMount, AppNetwork, AppPlan, AppService, MountKind

ALL = {"MemoryLimit": True, "SwapLimit": True, "PidsLimit": True, "CpuCfsQuota": True, "CpuCfsPeriod": True}
FACTS = HostFacts.from_answers({"Version": "20.10.24", "ApiVersion": "1.41"}, {**ALL, "CgroupDriver": "systemd"})
LIMITS = AppLimits(memory=5 * 1024**2, processes=7, cpus=0.5, log="1m")
MADE = Made({"ui": "sha256:1", "db": "sha256:2"}, {"front": "n-front", "back": "n-back"}, {})


def body(*services: AppService, made: Made = MADE) -> dict[str, Any]:
    plan = AppPlan(services, {"front": AppNetwork(), "back": AppNetwork(internal=True)})
    return write_compose(plan, made, FACTS, LIMITS)


def service(name: str = "ui", **more: Any) -> AppService:
    return AppService(name, None, None, "x", **{"networks": {"front": ("a", "b")}, **more})


def test_every_container_is_limited() -> None:
    written = body(service())["services"]["ui"]
    assert written["image"] == "sha256:1"
    assert written["pull_policy"] == "never"
    assert (written["mem_limit"], written["memswap_limit"]) == (5 * 1024**2, 5 * 1024**2)
    assert (written["pids_limit"], written["cpus"]) == (7, 0.5)
    assert written["security_opt"] == ["no-new-privileges:true"]
    assert (written["cap_drop"], written["cap_add"]) == (["ALL"], list(CAPABILITIES))
    assert written["logging"]["options"]["max-size"] == "1m"
    assert not {"SYS_ADMIN", "NET_ADMIN", "NET_RAW", "SYS_PTRACE", "MKNOD", "ALL"} & set(CAPABILITIES)


@pytest.mark.parametrize(
    ("lacks", "keys"),
    [
        ("limits_memory", {"mem_limit", "memswap_limit"}),
        ("limits_swap", {"memswap_limit"}),
        ("limits_pids", {"pids_limit"}),
        ("limits_cpu", {"cpus"}),
    ],
)
def test_what_the_kernel_cannot_hold_is_not_asked_for(lacks: str, keys: set[str]) -> None:
    whole = limited(FACTS, LIMITS)
    assert whole.keys() - limited(dataclasses.replace(FACTS, **{lacks: False}), LIMITS).keys() == keys


@pytest.mark.parametrize(
    ("dropped", "left"),
    [
        (["ALL"], []),
        (["all"], []),
        (["CAP_CHOWN", "setuid"], [each for each in CAPABILITIES if each not in ("CHOWN", "SETUID")]),
    ],
)
def test_what_a_service_gives_up_it_does_not_get_back(dropped: list[str], left: list[str]) -> None:
    written = body(service(settings={"cap_drop": dropped}))["services"]["ui"]
    assert (written["cap_drop"], written["cap_add"]) == (["ALL"], left)


def test_settings_cannot_undo_the_policy() -> None:
    wanted = {"image": "evil", "mem_limit": 0, "security_opt": [], "logging": {"driver": "none"}, "cap_add": ["ALL"]}
    written = body(service(settings=wanted))["services"]["ui"]
    assert written == body(service())["services"]["ui"]


def test_networks_ports_and_values() -> None:
    written = body(service(ports=(9292, 80), environment={"A": "$HOME ${B} $$"}, settings={"command": ["a", "$1"]}))
    ui = written["services"]["ui"]
    assert ui["networks"] == {"front": {"aliases": ["a", "b"]}}
    assert "ports" not in ui  # there is no docker host on its networks to publish them
    assert ui["environment"] == {"A": "$$HOME $${B} $$$$"}
    assert ui["command"] == ["a", "$$1"]
    assert written["networks"]["back"] == {"external": True, "name": "n-back"}


MOUNTS = (
    AppMount(MountKind.VOLUME, "/data", "db"),
    AppMount(MountKind.VOLUME, "/anonymous"),
    AppMount(MountKind.FOLDER, "/app", source="ui", read_only=True),
    AppMount(MountKind.FOLDER, "/empty"),
    AppMount(MountKind.FILE, "/etc/x", source="x"),
)


def test_what_is_shared_and_what_is_a_services_own() -> None:
    ui, db = service(mounts=MOUNTS), service("db", mounts=MOUNTS)
    keys = [volume_key(ui, mount) for mount in MOUNTS]
    assert keys == ["db", "ui:/anonymous", "./ui", "ui:/empty", None]
    assert [volume_key(db, mount) for mount in MOUNTS] == ["db", "db:/anonymous", "./ui", "db:/empty", None]
    made = dataclasses.replace(MADE, volumes={str(key): f"made-{key}" for key in keys if key is not None})
    written = body(ui, made=made)
    volumes = {each["target"]: each for each in written["services"]["ui"]["volumes"]}
    assert volumes.keys() == {"/data", "/anonymous", "/app", "/empty"}
    assert {written["volumes"][each["source"]]["name"] for each in volumes.values()} == set(made.volumes.values())
    assert {target for target, each in volumes.items() if each["read_only"]} == {"/app"}
    # a folder hides what the image has there; a volume begins with it
    assert {target for target, each in volumes.items() if each["volume"]["nocopy"]} == {"/app", "/empty"}


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_compose_takes_it_and_reads_every_value_as_it_stands(tmp_path: Path) -> None:
    hostile = {"DOLLAR": "$HOME ${HOME:-x} $$ %", "LINES": "a\nb", "QUOTES": "\"'`", "EMPTY": "", "Ü": "ü"}
    settings = {"healthcheck": {"test": ["CMD-SHELL", "echo $HOSTNAME || exit 1"]}, "tmpfs": ["/run:size=1048576"]}
    made = dataclasses.replace(MADE, volumes={"db": "v", "ui:/anonymous": "w", "./ui": "x", "ui:/empty": "y"})
    plan = service(environment=hostile, settings=settings, ports=(9292,), mounts=MOUNTS)
    path = tmp_path / "compose.json"
    path.write_text(json.dumps(body(plan, made=made)))
    done = subprocess.run(
        [*(tools.compose_command() or ()), "-p", "x", "-f", str(path), "config", "--format", "json"],
        cwd=tmp_path, env={"HOME": "/wrong"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    read = json.loads(done.stdout)["services"]["ui"]
    assert {name: value.replace("$$", "$") for name, value in read["environment"].items()} == hostile
    assert read["healthcheck"]["test"][1] == "echo $$HOSTNAME || exit 1"


def test_a_network_of_ours_in_the_place_of_the_default_bridge() -> None:
    """Without names, but for links, which would be none without."""
    plain, other = service(networks={}, settings={"network_mode": "bridge"}), service("db", networks={})
    linked = service("db", networks={}, settings={"network_mode": "default", "links": ["ui"]})
    made = dataclasses.replace(MADE, bridge="n-bridge")
    written = body(plain, other, made=made)["services"]
    assert written["ui"]["network_mode"] == "n-bridge"
    assert "network_mode" not in written["db"]
    written = body(plain, linked, made=made)["services"]
    assert "network_mode" not in {*written["ui"], *written["db"]}
    assert written["ui"]["networks"] == written["db"]["networks"] == {"the default bridge": None}
    assert written["db"]["links"] == ["ui"]
