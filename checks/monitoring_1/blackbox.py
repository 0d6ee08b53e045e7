"""The item monitoring-1/blackbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._cloudprober_problems import cloudprober_problems, configuration_of
from pytest_dockerlab.checks.monitoring_1._jobs import TOLD_BY_TARGETS, report_job, undecided
from pytest_dockerlab.checks.monitoring_1._modules import modules_of
from pytest_dockerlab.checks.monitoring_1._probes import trouble_of_probe
from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.checks.monitoring_1._reach import View, split_address
from pytest_dockerlab.checks.monitoring_1._targets import place_of_param, scraped
from pytest_dockerlab.checks.monitoring_1.targets_resolve import finding_of, wrong_targets
from pytest_dockerlab.findings import Finding, Location, NotAttempted, Unverified, expect, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.prometheus.exporters import Exporter, ExporterKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.prometheus.configuration import ScrapeJob
    from pytest_dockerlab.submission.prometheus.targets import FinalTarget
    from pytest_dockerlab.submission.submission import Submission

_JOB = re.compile(r"black[-_.]?box|prob(e|ing|er)\b|cloudprober", re.IGNORECASE)
_MAX_FINDINGS = 20


@check(
    "monitoring-1/blackbox",
    "a blackbox job probes the services as it should",
    level="optional",
    needs=["monitoring-1/config", Need.COMPOSE],
    told_by=[TOLD_BY, TOLD_BY_TARGETS],
)
def blackbox(submission: Submission) -> None:
    project = monitored_project(submission)
    its_prometheus(submission)
    exporters = submission.exporters_of(project).values()
    boxes = [each for each in exporters if each.kind is ExporterKind.BLACKBOX]
    clouds = [each for each in exporters if each.kind is ExporterKind.CLOUDPROBER]
    jobs = [job for job in submission.prometheus.jobs if _JOB.search(job.name) or job.metrics_path.endswith("/probe")]
    if not boxes and not clouds and not jobs:
        raise NotAttempted(_("there is neither a blackbox exporter nor cloudprober"))
    if not expect(
        boxes or clouds,
        _("there is a service for the blackbox exporter"),
        found=list(project.services),
        at=jobs[0].location if jobs else None,
        hint=_("add a service with an exporter's image, such as {image}", image="prom/blackbox-exporter"),
    ):
        return
    if clouds:
        report(cloudprober_problems(submission, clouds))
        report_job(submission, clouds, ExporterKind.CLOUDPROBER)
    if boxes:
        _Blackbox(submission, project, boxes, jobs).judge()
    unread = sorted(each.service.name for each in clouds if not configuration_of(submission, each))
    if unread:
        raise Unverified(
            _("what {service} probes is not known: its configuration is not in the repository", service=unread),
            _("mount or copy it from the repository; --hw-tier app shows what is probed"),
        )


class _Blackbox:
    """The jobs that ask the blackbox exporters, and what is wrong with them."""

    def __init__(
        self, submission: Submission, project: ComposeProject, boxes: Sequence[Exporter], jobs: Sequence[ScrapeJob]
    ) -> None:
        self._submission = submission
        self._project = project
        self._boxes = {each.service.name: each for each in boxes}
        self._view = View(submission, project, its_prometheus(submission))
        self._views: dict[str, View] = {}
        self._meant = {job.name for job in jobs}
        self._told: set[str] = set()
        self._unread: dict[str, str] = {}
        self._found: dict[tuple[Location, str], Finding] = {}

    def judge(self) -> None:
        """Leave the findings."""
        known = scraped(self._submission)
        asked = [each for each in known.targets if self._leads_to(each)]
        probing = [each for each in asked if each.metrics_path.endswith("/probe") or "target" in each.params]
        meant = [each for each in known.targets if each.job.name in self._meant and each not in probing]
        for target in probing:
            self._judge(target)
        for target in meant:
            if not (self._leads_to(target) and probing):  # the exporter's own metrics, beside those of the probes
                self._judge_meant(target)
        findings = list(self._found.values())
        report(findings[:_MAX_FINDINGS])
        if len(findings) > _MAX_FINDINGS:
            note("further findings", len(findings) - _MAX_FINDINGS)
        if findings:
            return
        if known.unknown is not None and (self._told or not probing):
            raise known.unknown
        if self._told:
            raise Unverified(
                _("Prometheus does not reach {address}", address=sorted(self._told)),
                _("correct it first: see {item}", item=TOLD_BY_TARGETS),
                told_by=TOLD_BY_TARGETS,
                findings=[
                    finding_of(self._submission, self._view, each)
                    for each in wrong_targets(self._submission, self._view, known)
                    if each.target.address in self._told
                ],
            )
        note("probed", [each.params["target"][0] for each in probing][:_MAX_FINDINGS])
        discovering = [job for job in self._submission.prometheus.jobs if job.discovery]
        if not probing and discovering:
            raise undecided(discovering)
        if not probing:
            self._add(
                self._submission.prometheus.location("scrape_configs"),
                _("a job probes the services through {service}", service=sorted(self._boxes)),
                [job.name for job in self._submission.prometheus.jobs],
                _("add a job with metrics_path: /probe, a module, and the three steps of relabelling"),
            )
            report(self._found.values())
        for name, module in self._unread.items():
            raise Unverified(
                _("whether {service} has the module {module} is not known: its configuration is not in the repository",
                  service=name, module=module),
                _("mount or copy it from the repository; --hw-tier app shows what is probed"),
            )  # fmt: skip

    def _leads_to(self, target: FinalTarget) -> frozenset[str]:
        return self._view.services(split_address(target.address).host) & self._boxes.keys()

    def _judge(self, target: FinalTarget) -> None:
        job, name = target.job, min(self._leads_to(target))
        if not self._view.is_reached(split_address(target.address)):
            self._told.add(target.address)
            return
        if not target.metrics_path.endswith("/probe"):
            self._add_path(job, target.metrics_path)
        asked = next(iter(target.params.get("target", ())), "")
        if not asked:
            self._add(
                self._place(job, "relabel_configs"),
                _("job {job} tells the exporter what to probe", job=job.name),
                _("the parameter target is not set: the exporter answers 400"),
                _("add a step to relabel_configs: source_labels: [__address__], target_label: __param_target"),
            )
            return
        modules = modules_of(self._submission, self._project, self._boxes[name])
        module = next(iter(target.params.get("module", ())), "http_2xx")
        prober = modules.probers.get(module)
        if prober is None and modules.is_known:
            self._add(
                self._place(job, "params"),
                _("job {job} asks for a module that {service} has", job=job.name, service=name),
                module,
                _("use one of {modules}, or add it to {file}", modules=sorted(modules.probers), file=modules.file)
                if modules.file
                else _("use one of {modules}", modules=sorted(modules.probers)),
            )
            return
        if name not in self._views:
            self._views[name] = self._view.seen_by(self._boxes[name].service)
        if prober is None:
            self._unread[name] = module
        trouble = trouble_of_probe(self._views[name], prober or "", asked)
        if trouble is not None:
            self._add(
                place_of_param(self._submission.prometheus, target),
                _("{service} probes {target}", service=name, target=asked),
                trouble.found,
                trouble.hint,
            )

    def _judge_meant(self, target: FinalTarget) -> None:
        """A job that is meant to probe, and asks no exporter to."""
        job = target.job
        name, exporter = next(iter(self._boxes.items()))
        if self._leads_to(target):
            self._add_path(job, target.metrics_path)
        elif not self._view.is_reached(split_address(target.address)):
            self._told.add(target.address)
        elif job.metrics_path.endswith("/probe"):
            self._add(
                self._place(job, "relabel_configs"),
                _("job {job} asks the exporter, {address}", job=job.name, address=f"{name}:{exporter.port}"),
                _("it asks the services themselves: {address}", address=target.address),
                _("add a step to relabel_configs: target_label: __address__, replacement: {address}",
                  address=f"{name}:{exporter.port}"),
            )  # fmt: skip

    def _add_path(self, job: ScrapeJob, path: str) -> None:
        self._add(
            self._place(job, "metrics_path"),
            _("job {job} probes: metrics_path is /probe", job=job.name),
            _("{path}: these are the metrics of the exporter itself, and nothing is probed", path=path),
            _("write metrics_path: /probe"),
        )

    def _place(self, job: ScrapeJob, key: str) -> Location:
        configuration = self._submission.prometheus
        if key not in job.raw:
            return job.location
        return configuration.location("scrape_configs", configuration.jobs.index(job), key)

    def _add(self, at: Location, expected: object, found: object, hint: object) -> None:
        self._found.setdefault((at, str(expected)), Finding(expected, found, at, hint))  # type: ignore[arg-type]
