"""Why targets are down that were scraped: each with its line, and whose finding it is."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pytest_dockerlab.checks.monitoring_1._places import BLACKBOX, RESOLVE, job_of, place_of
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.plans.scrapes.predictions import Obstacle, Prediction
from pytest_dockerlab.plans.skeletons.plan import ENABLE_ICC
from pytest_dockerlab.submission.prometheus.exporters import ExporterKind

if TYPE_CHECKING:
    from pytest_dockerlab.deployment.scraping import Scraped
    from pytest_dockerlab.monitoring.answers import ScrapedTarget
    from pytest_dockerlab.plans.scrapes.plan import ScrapePlan
    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration
    from pytest_dockerlab.submission.submission import Submission

_MAX_NAMES = 20
# What the name, the network and the port are: the same is seen in the files.
_OF_RESOLVE = frozenset(
    {Obstacle.NO_SUCH_NAME, Obstacle.OTHER_NETWORK, Obstacle.NOT_STARTED, Obstacle.CLOSED_PORT, Obstacle.SCHEME,
     Obstacle.NO_METRICS}
)  # fmt: skip


class WhyDown:
    """Judges the targets: ``findings`` are this item's, ``told`` are another's, by its id.

    ``elsewhere`` are those that cannot be reached here, ``assumed`` those that are up only because nobody knows better.
    """

    def __init__(
        self, submission: Submission, configuration: PrometheusConfiguration, plan: ScrapePlan, scraped: Scraped
    ) -> None:
        self.findings: list[Finding] = []
        self.told: dict[str, list[Finding]] = {RESOLVE: [], BLACKBOX: []}
        self.elsewhere: list[str] = []
        self.assumed: list[str] = []
        self._submission = submission
        self._configuration = configuration
        self._plan = plan
        for target in scraped.targets:
            self._add(target)

    def _add(self, target: ScrapedTarget) -> None:
        prediction = self._plan.predictions.obstacle(target.scrape_url)
        # One name of several services leads now here and now there, so that it may well be up.
        if target.is_up and (prediction is None or prediction.obstacle is not Obstacle.SEVERAL):
            if self._plan.predictions.is_assumed(target.scrape_url):
                self.assumed.append(target.scrape_url)
            return
        assert prediction is not None  # it was waited for otherwise
        if prediction.obstacle is Obstacle.ELSEWHERE:
            self.elsewhere.append(target.scrape_url)
            return
        found, hint = self._words(target, prediction)
        expected = _("Prometheus scrapes {target} ({job})", target=target.scrape_url, job=target.pool)
        finding = Finding(expected, found, self._place(target, prediction), hint)
        where = self._teller(prediction)
        known = self.findings if where is None else self.told[where]
        if finding not in known:
            known.append(finding)

    def _teller(self, prediction: Prediction) -> str | None:
        if prediction.obstacle in _OF_RESOLVE:
            return RESOLVE
        exporters = self._submission.exporters_of(self._submission.monitoring)
        kinds = {exporters[name].kind for name in prediction.services if name in exporters}
        if prediction.obstacle in (Obstacle.PATH, Obstacle.PARAMETER) and ExporterKind.BLACKBOX in kinds:
            return BLACKBOX
        return None

    def _place(self, target: ScrapedTarget, prediction: Prediction) -> Location:
        job = job_of(self._configuration, target)
        key = {Obstacle.PATH: "metrics_path", Obstacle.SCHEME: "scheme"}.get(prediction.obstacle)
        if job is not None and key is not None and key in job.raw:
            return self._configuration.location("scrape_configs", self._configuration.jobs.index(job), key)
        return place_of(self._configuration, target)

    def _words(self, target: ScrapedTarget, prediction: Prediction) -> tuple[Message, Message]:
        """What was found, and what to do."""
        parts = urlsplit(target.scrape_url)
        host, port, path = parts.hostname or "", parts.port or 80, parts.path
        services, known = list(prediction.services), list(prediction.known)
        prometheus = self._plan.service
        match prediction.obstacle:
            case Obstacle.NO_SUCH_NAME:
                near = difflib.get_close_matches(host[:100], known, n=1, cutoff=0.7)
                found = _("no service has the name {name}", name=host)
                hint = _("did you mean {name}?", name=near[0]) if near else _(
                    "use one of the names that {service} knows: {names}", service=prometheus, names=known[:_MAX_NAMES]
                )  # fmt: skip
            case Obstacle.OTHER_NETWORK:
                project = self._submission.monitoring
                theirs = list(project.services[services[0]].networks)
                found = _("{service} and {source} share no network", service=services[0], source=prometheus)
                hint = _("add one of these networks to {service}: {networks}", service=prometheus, networks=theirs)
            case Obstacle.NOT_STARTED:
                found = self._plan.skeleton.skipped[services[0]].reason
                hint = _("start {service} on a network that {source} is on", service=services[0], source=prometheus)
            case Obstacle.SEVERAL:
                found = _("{name} is the name of several services: {services}", name=host, services=services)
                hint = _("use a name that only one service has")
            case Obstacle.NO_CONNECTIONS:
                found = _("the name resolves, but no connection is made: the network forbids it (enable_icc)")
                hint = _("remove the option {option}", option=ENABLE_ICC)
            case Obstacle.CLOSED_PORT:
                found = _("connection refused: {service} listens on {ports}, not on {port}",
                          service=services, ports=known, port=port)  # fmt: skip
                hint = _("write {address}", address=f"{host}:{known[0]}") if known else _(
                    "use the name of the service that is meant, and the port it listens on"
                )  # fmt: skip
            case Obstacle.SCHEME:
                found = _("{service} speaks http, the job asks in https", service=services)
                hint = _("remove scheme: https from the job")
            case Obstacle.PATH:
                found = _("404: {service} has nothing at {path}", service=services, path=path)
                hint = _("its pages are {paths}: see metrics_path", paths=known)
            case Obstacle.PARAMETER:
                found = _("400: {service} is not told what to probe", service=services)
                hint = _("copy the target into its parameter: source_labels [__address__], target_label __param_{name}",
                         name=known[0])  # fmt: skip
            case _:
                found = _("{service} is MongoDB itself, which has no metrics for Prometheus", service=services)
                hint = _("scrape an exporter: a service of its own that asks MongoDB")
        return found, hint
