"""What a container with other people's code may take and do, as keys of a compose service.

Memory, processes and CPU are limited, privileges cannot be gained, and of the capabilities only those stay that the
stock images and the course's services live by: an entrypoint that gives up root needs SETUID and SETGID, one that
prepares a data folder CHOWN, FOWNER and DAC_OVERRIDE. The log is bounded by the engine's own log driver.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..hosts.facts import HostFacts

__all__ = ["CAPABILITIES", "AppLimits", "confined", "confined_server", "limited"]

CAPABILITIES = ("CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID")


@dataclass(frozen=True, slots=True)
class AppLimits:
    """The most one container may take. ``disk`` is for all containers and volumes of an application together."""

    memory: int = 1024**3
    processes: int = 512
    cpus: float = 1.5
    log: str = "8m"
    disk: int = 2 * 1000**3
    every: float = 2.0
    """Seconds between two looks at the disk."""


def limited(facts: HostFacts, limits: AppLimits) -> dict[str, Any]:
    """The keys that limit a compose service, as far as this engine's kernel can hold them."""
    found: dict[str, Any] = {
        **_bounded(facts, CAPABILITIES, limits.memory, limits.processes),
        "logging": {"driver": "json-file", "options": {"max-size": limits.log, "max-file": "2"}},
        "pull_policy": "never",
    }
    if facts.limits_cpu:
        found["cpus"] = limits.cpus
    return found


def confined(facts: HostFacts) -> dict[str, Any]:
    """The options of the SDK's ``create_host_config`` for a probe that sees other people's files: it needs next to
    nothing."""
    return _bounded(facts, ("CHOWN", "DAC_OVERRIDE", "FOWNER"), 256 * 1024**2, 64)


def confined_server(facts: HostFacts, memory: int) -> dict[str, Any]:
    """The same for a server of a public image with other people's settings."""
    found = _bounded(facts, (), memory, 256)
    if facts.limits_cpu:
        found["nano_cpus"] = 1_500_000_000
    return found


def _bounded(facts: HostFacts, capabilities: Iterable[str], memory: int, processes: int) -> dict[str, Any]:
    """What compose and the SDK call by the same names."""
    found: dict[str, Any] = {
        "security_opt": ["no-new-privileges:true"],
        "cap_drop": ["ALL"],
        "cap_add": list(capabilities),
    }
    if facts.limits_memory:
        found["mem_limit"] = memory
        if facts.limits_swap:
            found["memswap_limit"] = memory
    if facts.limits_pids:
        found["pids_limit"] = processes
    return found
