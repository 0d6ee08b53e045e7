"""A monitored project of a submission while it runs: its application, its Prometheus, its exporters."""

from __future__ import annotations

from collections.abc import Mapping

from ..findings import Mismatch, Unverified
from ..messages import Message, _
from ..monitoring.server import PrometheusServer
from ..plans.applications.monitoring import MonitoredPlan
from ..plans.applications.plan import AppPlan, AppService
from ..submission.scan.roles import Role
from .running import Deployment
from .service_images import ServiceImages

__all__ = ["MonitoredDeployment", "available"]


class MonitoredDeployment:
    """The deployment of a monitored project; see :class:`~..monitoring.project.MonitoredProject`.

    :ivar missing: the exporters that could not be started here, which is nobody's fault, and why.
    """

    def __init__(self, deployment: Deployment, plan: MonitoredPlan, missing: Mapping[str, Message]) -> None:
        self.missing = missing
        self._deployment = deployment
        self._plan = plan

    @property
    def prometheus(self) -> PrometheusServer:
        """Its Prometheus. It may be starting still."""
        return PrometheusServer(f"{self._deployment.url_of(self._plan.prometheus)}{self._plan.path}")

    @property
    def is_ours(self) -> bool:
        """Yes: it ends with whoever asked for it."""
        return True

    def url(self, role: str) -> str | None:
        """Where a part answers from here; ``None`` where it is not published."""
        service = self._deployment.plan.service(Role(role))
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
        """Raise a finding where a container has ended that should not have."""
        self._deployment.watch()

    def _services(self, role: str) -> list[AppService]:
        found = [each for each in self._deployment.plan.services if each.role is Role(role)]
        if not found:
            raise Unverified(_("no service of the project is the {role}", role=role))
        return found


def available(plan: MonitoredPlan, images: ServiceImages) -> tuple[AppPlan, dict[str, Message]]:
    """The plan without the exporters whose images cannot be had, and why they cannot.

    Raises ``Unverified`` where another image cannot be had, and where one does not build.
    """
    missing = dict(plan.missing)
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
            missing[service.name] = unverified.reason
    return plan.app.without(missing), missing
