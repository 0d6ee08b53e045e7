"""Homework 14, docker-1: the labs, what a container and an image are on the docker host itself."""

from __future__ import annotations

import os
import secrets
from typing import Any

from pytest_dockerlab.engine.hosts.facts import numbers
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.images.lab_builds import layers_of
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

__all__ = ["commit_lab", "engine", "inspect_lab", "no_sudo"]

_OLDEST, _OLDEST_API = (17, 6), (1, 30)


@check("docker-1/engine", "a Docker engine answers", kind="lab", tier="engine", needs=[Need.ENGINE])
def engine(docker_host: DockerHost) -> None:
    """Version 17.06 or newer, by its API where the version is no number of Docker's (a build of one's own, Podman)."""
    facts = docker_host.facts
    note("engine", f"{facts.engine} {facts.version}")
    note("system", f"{facts.operating_system}, {facts.os_type}/{facts.architecture}")
    note("storage driver", facts.storage_driver)
    note("cgroup version", facts.cgroup_version)
    if facts.version_numbers and facts.engine == "Docker Engine":
        is_new = facts.version_numbers >= _OLDEST
    else:
        is_new = numbers(facts.api_version) >= _OLDEST_API
    require(
        is_new,
        _("the engine is 17.06 or newer"),
        found=facts.version,
        hint=_("install Docker Engine from Docker's own package repository"),
    )


@check(
    "docker-1/no-sudo",
    "this user reaches the engine without sudo",
    level="advisory",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def no_sudo(docker_host: DockerHost) -> None:
    """Read on the docker host itself, by testinfra over the same connection."""
    if docker_host.facts.is_desktop:
        note("because", "Docker Desktop")
        return
    if docker_host.facts.is_rootless:
        note("because", "rootless")
        return
    user = docker_host.machine.user()
    name, groups = str(user.name), [str(group) for group in user.groups]
    note("user", name)
    note("groups", groups)
    by_sudo = docker_host.endpoint.scheme == "unix" and os.environ.get("SUDO_USER")
    expect(
        ("docker" in groups or name == "root") and not by_sudo,
        _("{user} is root, or a member of the group docker", user=by_sudo or name),
        found=_("it is reached by sudo") if by_sudo else groups,
        hint=_("join the group: sudo usermod -aG docker $USER, then log out and in again"),
    )


@check(
    "docker-1/commit-lab",
    "a committed image keeps what the container wrote",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def commit_lab(probes: Probes) -> None:
    """Written by a container, shown by diff, kept by commit as one layer, seen in the new image and not in the base."""
    path, text = f"/written-{secrets.token_hex(6)}", secrets.token_hex(8)
    writer = probes.start(network="none", command=["sh", "-c", f"echo {text} > {path}"])
    if writer.wait_exit() != 0:
        raise ProbeError("a probe could not write a file", stdout=writer.logs())
    changes = writer.changes()
    note("diff", changes)
    expect(f"A {path}" in changes, _("diff shows the file that the container added"), found=changes)
    image = probes.commit(writer)
    base, made = layers_of(probes.inspect_image(probes.image)), layers_of(probes.inspect_image(image))
    note("layers", {"base": len(base), "committed": len(made)})
    expect(
        made[:-1] == base and len(made) == len(base) + 1,
        _("the committed image is the base's layers and one more"),
        found=_("{count} layers on {base}", count=len(made), base=len(base)),
    )
    writer.remove()
    expect(
        probes.inspect_image(image)["Id"] == image, _("the image outlives the container it was made of"), found=image
    )
    read = ["sh", "-c", f"cat {path}"]
    of_image, of_base = probes.start_all(
        {"network": "none", "image": image, "command": read}, {"network": "none", "command": read}
    )
    code, other_code = of_image.wait_exit(), of_base.wait_exit()
    expect(
        code == 0 and of_image.logs().strip() == text,
        _("a container of the committed image sees the file"),
        found=of_image.logs().strip(),
    )
    said = of_base.logs().strip()
    if other_code != 0 and "No such file" not in said:
        raise ProbeError("a probe failed to read for another reason than a missing file", stdout=said)
    expect(other_code != 0, _("a container of the base does not"), found=said)


@check(
    "docker-1/inspect-lab",
    "inspect shows a process and addresses only while it runs",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def inspect_lab(probes: Probes) -> None:
    """A container has a state and a place in a network; an image has neither."""
    network = probes.network()
    probe = probes.start(network=network)
    running = _shown(probe.inspect(), network.name)
    probe.kill()
    inspected = probe.inspect()
    stopped = _shown(inspected, network.name)
    note("running", running)
    note("stopped", stopped)
    for field, value in running.items():
        expect(value, _("{field} of a running container is set", field=field), found=_("nothing"))
        expect(not stopped[field], _("{field} of a stopped container is empty", field=field), found=stopped[field])
    finished = str(inspected["State"]["FinishedAt"])
    # The zero of Go's time stands for never.
    expect(
        finished and not finished.startswith("0001-"),
        _("State.FinishedAt of a stopped container is set"),
        found=finished,
    )
    image = probes.inspect_image(probes.image)
    note("image", {"Architecture": image.get("Architecture"), "Os": image.get("Os"), "layers": len(layers_of(image))})
    for field in ("Architecture", "Os"):
        expect(image.get(field), _("{field} of an image is set", field=field), found=_("nothing"))
    expect(layers_of(image), _("{field} of an image is set", field="RootFS.Layers"), found=_("nothing"))
    expect("NetworkSettings" not in image, _("an image has no NetworkSettings"), found=image.get("NetworkSettings"))


def _shown(container: dict[str, Any], network: str) -> dict[str, object]:
    """What must be there while it runs; an engine that forgets the network altogether has emptied it, too."""
    endpoint = container["NetworkSettings"]["Networks"].get(network) or {}
    fields = {field: endpoint.get(field) for field in ("IPAddress", "Gateway", "MacAddress")}
    return {"State.Pid": container["State"]["Pid"], **fields}
