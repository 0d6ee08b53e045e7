"""The item monitoring-1/targets-resolve."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.checks.monitoring_1._reach import Trouble, View, split_address
from pytest_dockerlab.checks.monitoring_1._targets import Scraped, place_of, scraped
from pytest_dockerlab.findings import Finding, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from pytest_dockerlab.submission.prometheus.targets import FinalTarget
    from pytest_dockerlab.submission.submission import Submission

_TO_FILL_IN = ("$", "{{", "<%")
_MAX_FINDINGS = 20


@check(
    "monitoring-1/targets-resolve",
    "every scrape target is a service Prometheus can reach",
    needs=["monitoring-1/config", Need.COMPOSE],
    told_by=[TOLD_BY],
)
def targets_resolve(submission: Submission) -> None:
    project = monitored_project(submission)
    view = View(submission, project, its_prometheus(submission))
    found = scraped(submission)
    discovery = sorted({kind for job in submission.prometheus.jobs for kind in job.discovery})
    if discovery:
        note("found by service discovery, not looked at", discovery)
    outside = sorted({each.address for each in found.targets if view.is_outside(split_address(each.address).host)})
    if outside:
        note("targets outside of the project", outside[:_MAX_FINDINGS])
    wrong = wrong_targets(submission, view, found)
    report(finding_of(submission, view, each) for each in wrong[:_MAX_FINDINGS])
    if len(wrong) > _MAX_FINDINGS:
        note("further targets that lead nowhere", len(wrong) - _MAX_FINDINGS)
    if found.unknown is not None and not wrong:
        raise found.unknown


def wrong_targets(submission: Submission, view: View, found: Scraped) -> list[Wrong]:
    """What Prometheus gets nothing from: an address once, however many targets and jobs lead to it."""
    seen: dict[tuple[str, str], Wrong | None] = {}
    for target in found.targets:
        key = target.address, target.scheme
        if key not in seen:
            seen[key] = None if is_answered(submission, view, target) else Wrong(target, [])
        wrong = seen[key]
        if wrong is not None and target.job.name not in wrong.jobs:
            wrong.jobs.append(target.job.name)
    return [each for each in seen.values() if each is not None]


def is_answered(submission: Submission, view: View, target: FinalTarget) -> bool:
    """Whether Prometheus gets an answer of the target, as far as anybody can know."""
    if target.is_refused:
        return target.metrics_path.endswith("/probe")  # monitoring-1/blackbox says so
    if submission.prometheus_files.is_template and any(sign in target.address for sign in _TO_FILL_IN):
        return True  # what fills it in decides
    address = split_address(target.address)
    names = view.services(address.host)
    return view.is_reached(address) and not (
        names and (_is_database(submission, names) or _is_https_in_vain(view, target, names))
    )


def finding_of(submission: Submission, view: View, wrong: Wrong) -> Finding:
    """What is wrong with a target, at the line that gives it its address."""
    trouble = _trouble(submission, view, wrong.target)
    return Finding(
        _("job {jobs}: Prometheus reaches {address}", jobs=wrong.jobs, address=wrong.target.address),
        trouble.found,
        place_of(submission.prometheus, wrong.target),
        trouble.hint,
    )


def _trouble(submission: Submission, view: View, target: FinalTarget) -> Trouble:
    if target.is_refused:
        return Trouble(
            _("after relabelling it is no address of a host and a port: Prometheus leaves it out"),
            _("write host:port, or a step in relabel_configs that sets __address__"),
        )
    address = split_address(target.address)
    trouble = view.trouble(address)
    if trouble is not None:
        return trouble
    names = sorted(view.services(address.host))
    if _is_database(submission, names):
        return Trouble(
            _("{service} is MongoDB itself, which has no metrics for Prometheus", service=names),
            _("scrape an exporter: a service of its own that asks MongoDB"),
        )
    return Trouble(
        _("{service} speaks http, the job asks in https", service=names), _("remove scheme: https from the job")
    )


def _is_database(submission: Submission, names: Collection[str]) -> bool:
    return all(submission.monitoring.services[name].role is Role.DATABASE for name in names)


def _is_https_in_vain(view: View, target: FinalTarget, names: Collection[str]) -> bool:
    return target.scheme == "https" and all(view.is_plain(name) for name in names)


@dataclass(slots=True)
class Wrong:
    """The first target that leads to an address, and the names of all jobs that do."""

    target: FinalTarget
    jobs: list[str]
