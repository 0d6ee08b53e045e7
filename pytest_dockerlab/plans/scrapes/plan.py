"""The plan of a scrape: a real Prometheus in the place of the student's, and stand-ins where it scrapes."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from ...engine.probes.pages import Page
from ...findings import Unverified
from ...messages import Message, _
from ...submission.prometheus.service import option
from ..skeletons.plan import SkeletonPlan, StandIn, plan_skeleton
from .configuration import left_out, written
from .images import prometheus_images
from .pages import Listening, Served, mentioned, served
from .predictions import Predictions

if TYPE_CHECKING:
    from ...submission.compose.project import ComposeProject
    from ...submission.compose.services import Service
    from ...submission.submission import Submission

__all__ = ["MAX_TARGETS", "PORT", "ScrapePlan", "plan_scrape"]

MAX_TARGETS = 64
"""More than any homework has; each is a process of a stand-in at every scrape."""
PORT = 9090
_AT_ONCE = 25
"""Targets for each second between two scrapes."""


@dataclass(frozen=True, slots=True)
class ScrapePlan:
    """What to start, and what must come of it."""

    skeleton: SkeletonPlan
    service: str
    """Prometheus among the services. The real one is in the network namespace of its stand-in."""
    root: str
    """Whose namespace that is."""
    port: int
    prefix: str
    """The path that it serves below; empty for none."""
    images: tuple[str, ...]
    """Those to try, the best one first."""
    configuration: str
    pages: Mapping[str, tuple[Page, ...]]
    """By the stand-in that serves them."""
    targets: frozenset[tuple[str, str]]
    """The job and the address of each, as they are written."""
    left_out: tuple[Message, ...]
    predictions: Predictions = field(repr=False, compare=False)


def plan_scrape(
    submission: Submission, prometheus: Service, listening: Mapping[str, Listening], replacements: Mapping[str, str]
) -> ScrapePlan:
    """Plan what a real Prometheus finds with the student's scrape configuration.

    :param prometheus: the service that is Prometheus.
    :param listening: where the services listen, by name.
    :param replacements: the course's replacements of images.

    Raises ``Unverified`` where it cannot be measured: too many targets, or no network of its own.
    """
    project, configuration = submission.monitoring, submission.prometheus
    count = sum(len(job.targets) for job in configuration.jobs)
    if count > MAX_TARGETS:
        raise Unverified(
            _("{count} scrape targets are more than can be scraped here: at most {limit}",
              count=count, limit=MAX_TARGETS)
        )  # fmt: skip
    words = mentioned(configuration.jobs)
    asked = _asked(project, prometheus, words)
    skeleton = plan_skeleton(submission, project, needed=asked)
    own = skeleton.stand_in(prometheus.name)
    if own is None:
        raise Unverified(skeleton.skipped[prometheus.name].reason, at=prometheus.location)
    root = own.shares or own.service
    skeleton = _around(skeleton, root, words)
    of_root = skeleton.stand_in(root)
    if of_root is None or not of_root.networks:
        raise Unverified(
            _("{service} is on no network of the project", service=root),
            _("put it on the networks of the services that it scrapes"),
            at=project.services[root].location,
        )
    started = {each.service for each in skeleton.stand_ins}
    asked = {name: ports for name, ports in asked.items() if name in started and name != prometheus.name}
    found = served(submission, project, configuration.jobs, asked, listening)
    own_image, command = _started_as(submission, prometheus)
    port = min(listening[prometheus.name].ports, default=PORT)
    prefix = _prefix(command)
    pages = {
        each.service: tuple(
            page
            for other in skeleton.stand_ins
            if (other.shares or other.service) == each.service
            for page in found.get(other.service, Served()).pages
            if each.service != root or page.port != port
        )
        for each in skeleton.stand_ins
        if each.shares is None
    }
    found[prometheus.name] = Served((Page(port, f"{prefix}/metrics"),))
    return ScrapePlan(
        skeleton=skeleton,
        service=prometheus.name,
        root=root,
        port=port,
        prefix=prefix,
        images=prometheus_images(own_image, replacements),
        configuration=written(configuration, 1 + count // _AT_ONCE),
        pages=pages,
        targets=frozenset(
            (each.labels.get("job") or job.name, each.address) for job in configuration.jobs for each in job.targets
        ),
        left_out=tuple(left_out(configuration)),
        predictions=Predictions(project, skeleton, found, root),
    )


def _started_as(submission: Submission, prometheus: Service) -> tuple[str | None, tuple[str, ...]]:
    """The image that the student's Prometheus is, or is built from, and the words it is started with."""
    made = submission.prometheus_files.image
    image = made.image if made is not None else None
    command = (*(prometheus.entrypoint or ()), *(prometheus.command or ()))
    if not command and image is not None:
        command = (*(image.entrypoint or ()), *(image.command or ()))
    return made.base if made is not None else prometheus.image, command


def _asked(
    project: ComposeProject, prometheus: Service, words: Mapping[str, frozenset[int]]
) -> dict[str, frozenset[int]]:
    """The services that the configuration may speak of, with the ports beside their names; and Prometheus."""
    found: dict[str, frozenset[int]] = {prometheus.name: frozenset()}
    for service in project.services.values():
        names = {service.name, service.hostname or ""}
        for key in service.networks:
            own = service.names_on(key)
            names |= {*own, *(f"{name}.{project.networks[key].name}" for name in own)}
        names |= {alias for each in project.services.values() for alias, to in each.links.items() if to == service.name}
        if f"service:{prometheus.name}" == service.network_mode or f"service:{service.name}" == prometheus.network_mode:
            names |= {"localhost", "127.0.0.1"}
        ports = [words[name.lower()] for name in names if name.lower() in words]
        if ports:
            found[service.name] = frozenset().union(*ports)
    return found


def _around(skeleton: SkeletonPlan, root: str, words: Collection[str]) -> SkeletonPlan:
    """Only what Prometheus can see: its networks, and whoever is there; itself first, for it takes the longest."""
    own = skeleton.stand_in(root)
    seen = own.networks.keys() if own is not None else set()
    stand_ins = [
        replace(each, networks={name: _names(name, each, words) for name in each.networks if name in seen})
        for each in skeleton.stand_ins
        if each.service == root or each.networks.keys() & seen
    ]
    roots = {each.service for each in stand_ins}
    stand_ins += [each for each in skeleton.stand_ins if each.shares in roots]
    stand_ins.sort(key=lambda each: each.service != root)
    networks = tuple(each for each in skeleton.networks if each.name in seen)
    return replace(skeleton, stand_ins=tuple(stand_ins), networks=networks)


def _names(network: str, stand_in: StandIn, words: Collection[str]) -> tuple[str, ...]:
    """Its names, and those with the network's, which the engine knows too; ours has another one."""
    names = stand_in.networks[network]
    return (*names, *(long for name in names if (long := f"{name}.{network}").lower() in words))


def _prefix(command: tuple[str, ...]) -> str:
    """The path that its command makes Prometheus serve below; what is no plain one counts as none."""
    found = option(command, "web.route-prefix")
    if not found:
        match = re.match(r"[a-z]+://[^/]*(/.*)?|(/.*)", option(command, "web.external-url") or "")
        found = (match[1] or match[2] or "") if match else ""
    return found.rstrip("/") if re.fullmatch(r"(/[A-Za-z0-9_-]{1,50}){1,5}/?", found) else ""
