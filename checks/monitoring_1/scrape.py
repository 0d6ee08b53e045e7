"""The item monitoring-1/scrape."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._places import BLACKBOX, RESOLVE, place_of
from pytest_dockerlab.checks.monitoring_1._project import its_prometheus
from pytest_dockerlab.checks.monitoring_1._serving import serving
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, excerpt
from pytest_dockerlab.submission.scan.roles import APPLICATION, role_of_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dockerlab.checks.monitoring_1._why_down import WhyDown
    from pytest_dockerlab.course import Course
    from pytest_dockerlab.deployment.scraping import Scraped
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.plans.scrapes.plan import ScrapePlan
    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration
    from pytest_dockerlab.submission.submission import Submission


@check(
    "monitoring-1/scrape",
    "a real Prometheus finds every scrape target up",
    tier="engine",
    needs=["monitoring-1/config", Need.COMPOSE, Need.ENGINE],
    told_by=["monitoring-1/prometheus-service", RESOLVE, BLACKBOX],
)
def scrape(submission: Submission, hw_course: Course, scrape_by: Callable[[ScrapePlan], Scraped]) -> None:
    from pytest_dockerlab.checks.monitoring_1._why_down import WhyDown
    from pytest_dockerlab.deployment.scraping import ConfigurationRefused
    from pytest_dockerlab.plans.scrapes.plan import plan_scrape

    prometheus = its_prometheus(submission)
    configuration = submission.prometheus
    listening = serving(submission, submission.monitoring)
    plan = plan_scrape(submission, prometheus, listening, hw_course.images)
    if plan.left_out:
        note("not part of it", list(plan.left_out))
    if plan.skeleton.remarks:
        note("remarks", list(plan.skeleton.remarks))
    if not plan.targets:
        raise Unverified(
            _("there are no static targets: others are found only where all of it runs"),
            _("tier app verifies them: --hw-tier app"),
        )
    try:
        scraped = scrape_by(plan)
    except ConfigurationRefused as refused:
        report([_refused(configuration, str(refused))])
        return
    if scraped.missing:
        note("not their own image", [f"{name}: {excerpt(why)}" for name, why in scraped.missing.items()])
    note("Prometheus", _("{image}, version {version}", image=scraped.image, version=scraped.version or "?"))
    note("targets", "\n".join(map(_said, scraped.targets, map(scraped.answer, scraped.targets))))
    why = WhyDown(submission, configuration, plan, scraped)
    _add_untaken(configuration, scraped, why)
    report(why.findings)
    report(_doubles(configuration, scraped))
    report(_others(submission, configuration, scraped))
    _stop_at_the_rest(configuration, why)


def _refused(configuration: PrometheusConfiguration, why: str) -> Finding:
    return Finding(
        _("Prometheus takes the configuration"),
        why,
        configuration.location("scrape_configs"),
        _("correct it; promtool check config says the same"),
    )


def _said(target: ScrapedTarget, answer: tuple[str, str] | None) -> str:
    """One line of the evidence."""
    who = f"answered by {answer[0]}" if answer is not None else target.last_error
    labels = ", ".join(f"{name}={value}" for name, value in sorted(target.labels.items()))
    return excerpt(f"{target.health:<4} {target.scrape_url} {{{labels}}} {who}")


def _doubles(configuration: PrometheusConfiguration, scraped: Scraped) -> Iterator[Finding]:
    """Targets that nothing tells apart: their series are one, which has now this value and now that."""
    by_labels: dict[tuple[tuple[str, str], ...], list[ScrapedTarget]] = {}
    for target in scraped.targets:
        by_labels.setdefault(tuple(sorted(target.labels.items())), []).append(target)
    for targets in by_labels.values():
        if len({each.scrape_url for each in targets}) > 1:
            yield Finding(
                _("every target of {job} has labels of its own", job=targets[0].pool),
                _("the same for {targets}: {labels}",
                  targets=sorted(each.discovered.get("__address__", "") for each in targets),
                  labels=[f"{name}={value}" for name, value in sorted(targets[0].labels.items())]),
                place_of(configuration, targets[0]),
                _("make relabelling keep them apart: source_labels [__param_target], target_label instance"),
            )  # fmt: skip


def _add_untaken(configuration: PrometheusConfiguration, scraped: Scraped, why: WhyDown) -> None:
    """Add what Prometheus has no target of: what relabelling makes of it is no address, another target, or nothing.

    Where a target of the job is down the reason is the same, and is told there.
    """
    from pytest_dockerlab.deployment.scraping import target_of

    taken = {target_of(each.discovered) for each in scraped.targets}
    down = {each.pool for each in scraped.targets if not each.is_up}
    for job in configuration.jobs:
        keys = [(each.labels.get("job") or job.name, each.address) for each in job.targets]
        lost = [(key, each) for key, each in zip(keys, job.targets, strict=True) if key not in taken]
        untaken = [each for key, each in lost if key not in scraped.dropped and key[0] not in down]
        # The blackbox exporter's job is relabelled: what is missing there is seen in the file.
        findings = why.told[BLACKBOX] if job.metrics_path == "/probe" else why.findings
        findings += (
            Finding(
                _("Prometheus scrapes {target} ({job})", target=each.address, job=job.name),
                _("relabelling leaves no target of it: its address is none, or all of its labels are another's"),
                each.location,
                _("see what relabel_configs makes of it: __address__ is host:port, without a scheme or a path"),
            )
            for each in untaken
        )
        if lost and len(lost) == len(job.targets) and all(key in scraped.dropped for key, _each in lost):
            why.findings.append(
                Finding(
                    _("Prometheus scrapes a target of {job}", job=job.name),
                    _("relabelling drops all of them"),
                    job.location,
                    _("look at the steps with action: keep or drop"),
                )
            )


def _others(submission: Submission, configuration: PrometheusConfiguration, scraped: Scraped) -> Iterator[Finding]:
    """Jobs that are called like one part of the application and are answered by another."""
    services = submission.monitoring.services
    for target in scraped.targets:
        answer = scraped.answer(target)
        wanted, found = role_of_name(target.job), services[answer[0]].role if answer is not None else None
        if target.is_up and answer is not None and {wanted, found} <= set(APPLICATION) and wanted is not found:
            yield Finding(
                _("the job {job} scrapes {role}", job=target.job, role=wanted),
                _("{service} answers at {target}", service=answer[0], target=target.scrape_url),
                place_of(configuration, target),
                _("correct the target, or the job's name"),
            )


def _stop_at_the_rest(configuration: PrometheusConfiguration, why: WhyDown) -> None:
    """Raise ``Unverified`` where something is left that is another item's, or that cannot be shown here."""
    for item in (RESOLVE, BLACKBOX):
        if why.told[item]:
            raise Unverified(
                _("measured, and told elsewhere: {targets}", targets=[each.found for each in why.told[item]]),
                _("correct it first: see {item}", item=item),
                told_by=item,
                findings=why.told[item],
            )
    open_ones = list(_not_shown(configuration, why))
    if open_ones:
        note("not shown here", open_ones)
        raise Unverified(open_ones[0], _("tier app verifies them: --hw-tier app"))


def _not_shown(configuration: PrometheusConfiguration, why: WhyDown) -> Iterator[Message]:
    if why.elsewhere:
        yield _("these targets are no services of the project, and cannot be reached here: {targets}",
                targets=why.elsewhere)  # fmt: skip
    if why.assumed:
        yield _("nothing in the repository shows where these listen: {targets}", targets=why.assumed)
    discovery = [f"{job.name} ({', '.join(job.discovery)})" for job in configuration.jobs if job.discovery]
    if discovery:
        yield _("these jobs find their targets only where all of it runs: {jobs}", jobs=discovery)
