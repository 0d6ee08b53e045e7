"""A project that is up already, and that nobody started for a check."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ..findings import Unverified
from ..messages import Message, _
from ..monitoring.server import PrometheusServer

__all__ = ["ProjectUpAlready"]


class ProjectUpAlready:
    """A :class:`~..monitoring.project.MonitoredProject` whose Prometheus the user named, and ui where they did."""

    is_ours = False
    missing: Mapping[str, Message] = MappingProxyType({})

    def __init__(self, prometheus_url: str, *, app_url: str | None) -> None:
        self._prometheus = PrometheusServer(prometheus_url)
        self._app_url = app_url

    @property
    def prometheus(self) -> PrometheusServer:
        """Its Prometheus."""
        return self._prometheus

    def url(self, role: str) -> str | None:
        """Where ui answers, if the user said so; of the other parts nobody knows."""
        return self._app_url if role == "ui" else None

    def stop(self, role: str) -> None:
        """Nothing is stopped yet of what is up already."""
        raise Unverified(_("not built yet"))

    def start(self, role: str) -> None:
        """See :meth:`stop`."""
        raise Unverified(_("not built yet"))

    def watch(self) -> None:
        """What is up already is watched by its owner."""
