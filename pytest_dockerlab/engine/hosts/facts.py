"""What an engine says of itself, read from the answers of ``/version`` and ``/info``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["DISPOSABLE", "HostFacts", "numbers"]

DISPOSABLE = "org.pytest-dockerlab.disposable=true"
"""The label of an engine that may be thrown away, as of a virtual machine made for one grading."""

# Docker Engine 20.10 speaks API 1.41: for builds whose version is no number ("dev", "library-import").
_PROBES_ENGINE, _PROBES_API = (20, 10), (1, 41)


def numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, to be compared: ``20.10.24+dfsg1`` is ``(20, 10, 24)``, ``dev`` is ``()``."""
    match = re.match(r"v?(\d+(?:\.\d+)*)", version.strip())
    return tuple(int(part) for part in match[1].split(".")) if match else ()


@dataclass(frozen=True, slots=True)
class HostFacts:
    """What the engine says of itself, at the time of the first connection."""

    id: str
    """The engine's own identifier: the same whichever way leads to it. See ``identity``."""
    name: str
    """The host name of the machine the engine runs on."""
    engine: str
    """``Docker Engine``, ``Podman Engine``, …"""
    version: str
    version_numbers: tuple[int, ...]
    api_version: str
    operating_system: str
    os_type: str
    """``linux`` or ``windows``."""
    kernel: str
    architecture: str
    """As the kernel names it: ``x86_64``, ``aarch64``."""
    memory: int
    """Bytes."""
    cpus: int
    root: str
    """The folder where the engine keeps its things, on the docker host."""
    storage_driver: str
    cgroup_version: int
    """1 or 2. Engines before 20.10 do not say; they know 1 only."""
    is_rootless: bool
    has_userns_remap: bool
    is_desktop: bool
    """Docker Desktop: the docker host is its VM, never the machine in front of the user."""
    limits_memory: bool
    limits_swap: bool
    limits_cpu: bool
    limits_pids: bool
    is_disposable: bool
    """Whether whoever started the engine says that it may be thrown away: ``dockerd --label …disposable=true``."""

    @property
    def supports_probes(self) -> bool:
        """Whether the engine runs Linux containers and is at least 20.10, which our probes need."""
        if self.os_type != "linux":
            return False
        if self.version_numbers:
            return self.version_numbers >= _PROBES_ENGINE
        return numbers(self.api_version) >= _PROBES_API

    @property
    def identity(self) -> tuple[str, str, str]:
        """What tells engines apart, whichever way leads to them.

        A machine's disk may be a copy, id included; and until Engine 23 two engines of one machine share
        ``/etc/docker/key.json``, from which the id is made.
        """
        return self.id, self.name, self.root

    @property
    def limits_everything(self) -> bool:
        """Whether memory, CPU and process limits of containers take effect (not so on cgroup 1 rootless, for one)."""
        return self.limits_memory and self.limits_cpu and self.limits_pids

    @classmethod
    def from_answers(cls, version: Mapping[str, Any], info: Mapping[str, Any]) -> HostFacts:
        """The facts from the two answers, whose shape is not relied on: a field that is missing is empty or false."""
        options = [str(option) for option in _list(info, "SecurityOptions")]
        components = [part for part in _list(version, "Components") if isinstance(part, Mapping)]
        engines = [str(part.get("Name", "")) for part in components]
        platform = version.get("Platform")
        text = str(version.get("Version") or info.get("ServerVersion") or "")
        return cls(
            id=str(info.get("ID") or ""),
            name=str(info.get("Name") or ""),
            engine="Podman Engine" if "Podman Engine" in engines else "Docker Engine",
            version=text,
            version_numbers=numbers(text),
            api_version=str(version.get("ApiVersion") or ""),
            operating_system=str(info.get("OperatingSystem") or ""),
            os_type=str(info.get("OSType") or version.get("Os") or ""),
            kernel=str(info.get("KernelVersion") or ""),
            architecture=str(info.get("Architecture") or ""),
            memory=_number(info, "MemTotal"),
            cpus=_number(info, "NCPU"),
            root=str(info.get("DockerRootDir") or ""),
            storage_driver=str(info.get("Driver") or ""),
            cgroup_version=2 if str(info.get("CgroupVersion")) == "2" else 1,
            is_rootless="name=rootless" in options,
            has_userns_remap="name=userns" in options,
            # The platform's name alone is that of the client's package ("Docker Engine - Community") on Linux.
            is_desktop="Docker Desktop" in str(info.get("OperatingSystem"))
            or (isinstance(platform, Mapping) and "Docker Desktop" in str(platform.get("Name"))),
            limits_memory=bool(info.get("MemoryLimit")),
            limits_swap=bool(info.get("SwapLimit")),
            limits_cpu=bool(info.get("CpuCfsQuota")),
            limits_pids=bool(info.get("PidsLimit")),
            is_disposable=DISPOSABLE in _list(info, "Labels"),
        )


def _list(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return value if isinstance(value, list) else []


def _number(data: Mapping[str, Any], key: str) -> int:
    value = data.get(key)
    return value if isinstance(value, int) else 0
