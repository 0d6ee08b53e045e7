"""The item monitoring-1/both-networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.checks.monitoring_1._reach import View, split_address
from pytest_dockerlab.checks.monitoring_1._targets import scraped
from pytest_dockerlab.checks.monitoring_1.targets_resolve import wrong_targets
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service
    from pytest_dockerlab.submission.submission import Submission

_TARGETS = "monitoring-1/targets-resolve"


@check(
    "monitoring-1/both-networks",
    "Prometheus is on both networks",
    level="advisory",
    needs=[Need.COMPOSE],
    told_by=[TOLD_BY, _TARGETS],
)
def both_networks(submission: Submission) -> None:
    project = monitored_project(submission)
    prometheus = its_prometheus(submission)
    theirs = {project.networks[key].name for key in prometheus.networks}
    note("networks of Prometheus", list(prometheus.networks) or prometheus.network_mode)
    findings = []
    for role in (Role.UI, Role.DATABASE):
        networks = project.networks_of(role)
        between = _between(project, prometheus, role) if len(theirs) > 1 else []
        if between:
            note("met on a network for the monitoring", between)
        elif networks and not theirs & {network.name for network in networks}:
            findings.append(
                Finding(
                    _("{service} is on a network of {role}", service=prometheus.name, role=role),
                    list(prometheus.networks) or prometheus.network_mode or _("no network"),
                    project.location("services", prometheus.name, "networks"),
                    _(
                        "add one of these networks to {service}: {networks}",
                        service=prometheus.name,
                        networks=[network.key for network in networks],
                    ),
                )
            )
    if findings and _is_told(submission, View(submission, project, prometheus)):
        raise Unverified(
            _("Prometheus shares no network with some of what it scrapes"),
            _("correct it first: see {item}", item=_TARGETS),
            told_by=_TARGETS,
            findings=findings,
        )
    report(findings)


def _between(project: ComposeProject, prometheus: Service, role: Role) -> list[str]:
    """The helpers on a network with both, where Prometheus itself is not: the monitoring has a network of its own."""
    near = {name for key in prometheus.networks for name in project.networks[key].members}
    far = {name for network in project.networks_of(role) for name in network.members}
    return sorted(name for name in near & far if project.services[name].role is None and name != prometheus.name)


def _is_told(submission: Submission, view: View) -> bool:
    """Whether monitoring-1/targets-resolve says it already, of a target on a network where Prometheus is not."""
    try:
        wrong = wrong_targets(submission, view, scraped(submission))
    except Mismatch:  # monitoring-1/config says why
        return False
    return any(view.is_apart(split_address(each.target.address).host) for each in wrong)
