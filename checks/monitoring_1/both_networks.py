"""The item monitoring-1/both-networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission


@check(
    "monitoring-1/both-networks",
    "Prometheus is on both networks",
    level="advisory",
    needs=[Need.COMPOSE],
    told_by=[TOLD_BY],
)
def both_networks(submission: Submission) -> None:
    project = monitored_project(submission)
    prometheus = its_prometheus(submission)
    theirs = {project.networks[key].name for key in prometheus.networks}
    note("networks of Prometheus", list(prometheus.networks) or prometheus.network_mode)
    for role in (Role.UI, Role.DATABASE):
        networks = project.networks_of(role)
        expect(
            not networks or theirs & {network.name for network in networks},
            _("{service} is on a network of {role}", service=prometheus.name, role=role),
            found=list(prometheus.networks) or prometheus.network_mode or _("no network"),
            at=project.location("services", prometheus.name, "networks"),
            hint=_(
                "add one of these networks to {service}: {networks}",
                service=prometheus.name,
                networks=[network.key for network in networks],
            ),
        )
