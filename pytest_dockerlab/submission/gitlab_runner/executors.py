"""The executors, and which versions of the runner have them."""

from __future__ import annotations

from .versions import RunnerVersion

__all__ = ["EXECUTORS", "OF_DOCKER", "OF_INSTANCES", "OF_MACHINES"]

EXECUTORS: dict[str, tuple[RunnerVersion, RunnerVersion | None]] = {
    "shell": ((1, 0, 0), None), "docker": ((1, 0, 0), None), "docker-windows": ((11, 11, 0), None),
    "docker-ssh": ((1, 0, 0), (16, 0, 0)), "ssh": ((1, 0, 0), None), "parallels": ((1, 0, 0), None),
    "virtualbox": ((1, 4, 0), None), "docker+machine": ((1, 1, 0), (20, 0, 0)),
    "docker-ssh+machine": ((1, 1, 0), (16, 0, 0)), "kubernetes": ((1, 6, 0), None), "custom": ((12, 1, 0), None),
    "docker-autoscaler": ((15, 11, 0), None), "instance": ((15, 5, 0), None),
}  # fmt: skip
"""Since and until when the runner's source registers them; that of docker+machine is announced."""

OF_DOCKER = ("docker", "docker-ssh", "docker-windows", "docker-autoscaler")
"""Those that fail every job without ``[runners.docker]``; docker+machine makes an empty one itself."""

OF_MACHINES = ("docker+machine", "docker-ssh+machine")
"""Those that create machines for jobs by docker-machine; the older one is gone since 16.0."""

OF_INSTANCES = ("docker-autoscaler", "instance")
"""Those that have a plugin scale a group of instances, in ``[runners.autoscaler]``."""
