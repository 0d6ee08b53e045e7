"""A monitored project of a submission while it runs: its application, its Prometheus, its exporters."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping

from ..findings import Mismatch, Unverified
from ..messages import Message, _
from ..monitoring.server import PrometheusServer
from ..plans.applications.monitoring import MonitoredPlan
from ..plans.applications.plan import AppPlan, AppService
from ..submission.scan.roles import Role
from .running import Deployment
from .service_images import ServiceImages

__all__ = ["MonitoredDeployment", "available", "told"]

_TELLER = "monitoring-1/targets-up"
"""The item that says what is wrong with the project as a whole."""


class MonitoredDeployment:
    """The deployment of a monitored project; see :class:`~..monitoring.project.MonitoredProject`.

    :ivar missing: the names of exporters that could not be started here, which is nobody's fault, and why.
    """

    def __init__(self, deployment: Deployment, plan: MonitoredPlan, missing: Mapping[str, Message]) -> None:
        self.missing = missing
        self._deployment = deployment
        self._plan = plan
        self._failure: Mismatch | None = None
        self._began = time.monotonic()

    @property
    def prometheus(self) -> PrometheusServer:
        """Its Prometheus. It may be starting still."""
        with self._told_once():
            return PrometheusServer(f"{self._deployment.url_of(self._plan.prometheus)}{self._plan.path}")

    @property
    def is_ours(self) -> bool:
        """Yes: it ends with whoever asked for it."""
        return True

    @property
    def age(self) -> float:
        """Seconds since it was started."""
        return time.monotonic() - self._began

    def url(self, role: str) -> str | None:
        """Where a part answers from here; ``None`` where it is not published."""
        service = self._deployment.plan.service(Role(role))
        with self._told_once():
            return self._deployment.url_of(service.name) if service is not None and service.ports else None

    def stop(self, role: str) -> None:
        """Stop all services of a part."""
        for service in self._services(role):
            self._deployment.stop(service.name)

    def start(self, role: str) -> None:
        """Start them again."""
        for service in self._services(role):
            self._deployment.start(service.name)

    def watch(self) -> None:
        """Raise a finding where a container has ended that should not have; ``Unverified`` to those who ask later."""
        with self._told_once():
            self._deployment.watch()

    @contextlib.contextmanager
    def _told_once(self) -> Iterator[None]:
        if self._failure is not None:
            raise told(self._failure)
        try:
            yield
        except Mismatch as mismatch:
            self._failure = mismatch
            raise

    def _services(self, role: str) -> list[AppService]:
        found = [each for each in self._deployment.plan.services if each.role is Role(role)]
        if not found:
            raise Unverified(_("no service of the project is the {role}", role=role))
        return found


def told(failure: Mismatch) -> Unverified:
    """For those who find a project at fault that somebody else has found before them."""
    return Unverified(_("the project does not run"), told_by=_TELLER, findings=[failure.finding])


def available(plan: MonitoredPlan, images: ServiceImages) -> tuple[AppPlan, dict[str, Message]]:
    """The plan without the exporters whose images cannot be had, and why, by every name they would have had.

    Raises ``Unverified`` where another image cannot be had, and where one does not build.
    """
    gone, missing = set(), dict(plan.missing)
    for service in plan.app.services:
        try:
            images.get(service)
        except Mismatch as mismatch:
            raise Unverified(
                _("the image of {service} does not build", service=service.name),
                told_by="monitoring-1/build",
                findings=[mismatch.finding],
            ) from mismatch
        except Unverified as unverified:
            if service.name not in plan.exporters:
                raise
            gone.add(service.name)
            names = (service.name, *(name for names in service.networks.values() for name in names))
            missing |= dict.fromkeys(names, unverified.reason)
    return plan.app.without(gone), missing
