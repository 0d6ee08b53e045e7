"""A project that a Prometheus watches, as the checks of it use one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from ..messages import Message
from .server import PrometheusServer

__all__ = ["MonitoredProject"]


class MonitoredProject(Protocol):
    """A project that runs, with its Prometheus. A ``role`` is a part of the application: ``ui``, ``database``…"""

    @property
    def prometheus(self) -> PrometheusServer:
        """Its Prometheus. It may be starting still."""

    @property
    def is_ours(self) -> bool:
        """Whether it was started for this check, and ends with it; else it was up already and goes on."""

    @property
    def age(self) -> float:
        """Seconds since it was started here."""

    @property
    def missing(self) -> Mapping[str, Message]:
        """What could not be started here, through nobody's fault: the names that it would have had, and why."""

    def url(self, role: str) -> str | None:
        """Where a part answers from here; ``None`` where it is not published, or nobody said where it is."""

    def stop(self, role: str) -> None:
        """Stop a part. Raises :class:`~pytest_dockerlab.findings.Unverified` where it may not be stopped from here."""

    def start(self, role: str) -> None:
        """Start it again. Whatever is raised, it may be tried again."""

    def watch(self) -> None:
        """Raise a finding where a container has ended that should not have, as while something is waited for."""
