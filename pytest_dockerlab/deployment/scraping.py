"""Carries a scrape out: a real Prometheus among stand-ins, and what it says of its targets.

Prometheus is in the network namespace of its own stand-in, which has its names and networks. These are closed: whatever
the configuration makes it ask for, it reaches stand-ins of ours and nobody else, no name server either. It is asked
through a relay, the one container that is on a network with a way out; see :mod:`..engine.closed.relay`.
"""

from __future__ import annotations

import io
import re
import tarfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..activity import working_on
from ..engine.closed.networks import closed_network
from ..engine.closed.relay import Relay, Target
from ..engine.images.stock_images import PullFailed, ensure_image
from ..engine.owned.limits import confined_server
from ..engine.probe_answers import ProbeError
from ..engine.probes.pages import ASKED, METRIC, SAID_BY, serve_script
from ..engine.probes.skeleton import start_skeleton
from ..findings import Unverified
from ..messages import _, excerpt
from ..monitoring.server import PrometheusServer
from ..net.deadline import Deadline
from .world import moved_on

if TYPE_CHECKING:
    from ..engine.probes.starting import Probes
    from ..monitoring.answers import ScrapedTarget
    from ..plans.scrapes.plan import ScrapePlan

__all__ = ["ConfigurationRefused", "Scraped", "scrape", "target_of"]

_CONFIGURATION = "dockerlab-prometheus.yml"
_STORAGE = "/prometheus"
"""A volume of the image, and a tmpfs here, which takes the mode of the image's folder, but not its owner."""
_USER = 65534
"""The images' own: nobody."""
_MEMORY = 512 * 1024**2
_STORED = 64 * 1024**2
_NOBODY = ("127.0.0.1",)
"""The name server of the outside: the engine's own asks it in the container's namespace, and is refused at once."""
_START, _SCRAPE, _PULL = 30.0, 40.0, 120.0
_DISCOVERY, _SETTLED = 15.0, 2.0
"""Seconds for targets to appear, and for the others when the first have: Prometheus looks for them every 5 s."""
_cannot_be_had: dict[tuple[str, str], str] = {}


class ConfigurationRefused(Exception):
    """Prometheus does not take the configuration; the text is its own word."""


@dataclass(frozen=True, slots=True)
class Scraped:
    """What Prometheus says, once every target has been scraped."""

    server: PrometheusServer
    image: str
    missing: Mapping[str, str]
    """The images that would have been better, and why they cannot be had; others' words."""
    version: str | None
    targets: tuple[ScrapedTarget, ...]
    dropped: frozenset[tuple[str, str]]
    """The job and the address of those that relabelling drops."""
    answers: Mapping[tuple[tuple[str, str], ...], tuple[str, str]]
    """Which service answered and what it was asked, by the labels of a target that has no double."""

    def answer(self, target: ScrapedTarget) -> tuple[str, str] | None:
        """The service that answered a target, and the query that it was asked with; ``None`` for Prometheus itself."""
        return self.answers.get(_key(target.labels))


def scrape(probes: Probes, plan: ScrapePlan) -> Scraped:
    """Start all of it, and wait until every target has been scraped. It goes on until ``probes`` ends.

    Raises :class:`ConfigurationRefused`, ``Unverified`` where no image of Prometheus can be had or it takes too much,
    and :class:`ProbeError` where a target is down that has no reason to be.
    """
    image = _image(probes, plan)
    closed = {
        each.name: closed_network(probes, options=each.options, rank=rank)
        for rank, each in enumerate(sorted(plan.skeleton.networks, key=lambda each: each.name))
    }
    stand_in = plan.skeleton.stand_in(plan.root)
    assert stand_in is not None
    way_in = Target(plan.service, plan.port, closed[next(iter(stand_in.networks))])
    # It has a certain address on each of them, so it comes before the others.
    relay = Relay(probes, list(closed.values()), [way_in])
    containers: list[str] = []

    def started(service: str, container: str) -> None:
        if service == plan.root:  # it looks for targets only after some seconds: others start meanwhile
            containers.append(_start(probes, plan, image, container))

    skeleton = start_skeleton(
        probes,
        plan.skeleton,
        networks={name: each.network for name, each in closed.items()},
        script=lambda stand_in, token: serve_script(plan.pages.get(stand_in.service, ()), token),
        dns=_NOBODY,
        started=started,
    )
    (container,) = containers
    relay.lead(plan.service, next(iter(skeleton.members[plan.root].addresses.values())))
    host = f"[{probes.host.address}]" if ":" in probes.host.address else probes.host.address
    server = PrometheusServer(f"http://{host}:{relay.published(way_in)}{plan.prefix}")

    def watch() -> None:
        _require_it_runs(probes, container)

    with working_on(_("Prometheus scrapes its targets")):
        server.wait_until_ready(Deadline(_START), watch)
        targets, dropped = _targets(server, plan, watch)
        services = {member.probe.token: each for each, member in skeleton.members.items() if member.root == each}
        samples = server.query(METRIC)
    answers: dict[tuple[tuple[str, str], ...], tuple[str, str]] = {}
    for sample in samples:
        labels = {key: value for key, value in sample.labels.items() if key not in ("__name__", SAID_BY, ASKED)}
        said_by = services.get(sample.labels.get(SAID_BY, ""))
        if said_by is not None:
            answers[_key(labels)] = (said_by, sample.labels.get(ASKED, ""))
    missing = {name: _cannot_be_had[probes.host.facts.id, name] for name in plan.images[: plan.images.index(image)]}
    return Scraped(server, image, missing, server.version(), targets, dropped, answers)


def target_of(discovered: Mapping[str, str]) -> tuple[str, str]:
    """The job and the address of a target before relabelling."""
    return discovered.get("job", ""), discovered.get("__address__", "")


def _key(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((name, value) for name, value in labels.items() if value))


def _image(probes: Probes, plan: ScrapePlan) -> str:
    """The name of the first of the images that can be had; what cannot is not asked for again in this process."""
    host = probes.host
    for name in plan.images:
        key = (host.facts.id, name)
        if key in _cannot_be_had:
            continue
        try:
            ensure_image(host, name, _PULL)
        except PullFailed as error:
            _cannot_be_had[key] = error.stdout or str(error)
            continue
        return name
    why = moved_on(_cannot_be_had[host.facts.id, plan.images[0]])
    raise Unverified(
        _("the image of Prometheus cannot be had: {images}", images=list(plan.images)),
        why[1] if why is not None else _("pull it on the docker host, or replace it in the course file: [images]"),
    )


def _start(probes: Probes, plan: ScrapePlan, image: str, namespace_of: str) -> str:
    host = probes.host
    api: Any = host.client.api
    command = [
        f"--config.file=/{_CONFIGURATION}",
        f"--storage.tsdb.path={_STORAGE}",
        f"--web.listen-address=:{plan.port}",
        "--log.level=error",
        *([f"--web.external-url=http://localhost{plan.prefix}"] if plan.prefix else []),
    ]
    limits = confined_server(host.facts, _MEMORY)
    container = str(
        api.create_container(
            image,
            command,
            user=f"{_USER}:{_USER}",
            labels=probes.labels.make("container", "prometheus"),
            host_config=api.create_host_config(
                network_mode=f"container:{namespace_of}",
                tmpfs={_STORAGE: f"size={_STORED},uid={_USER}"},
                log_config={"type": "json-file", "config": {"max-size": "1m"}},
                **limits,
            ),
        )["Id"]
    )
    api.put_archive(container, "/", _archive(_CONFIGURATION, plan.configuration.encode()))
    api.start(container)
    return container


def _archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        entry = tarfile.TarInfo(name)
        entry.mode, entry.size = 0o644, len(content)
        archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()


def _require_it_runs(probes: Probes, container: str) -> None:
    api: Any = probes.host.client.api
    state = api.inspect_container(container)["State"]
    if state["Status"] not in ("exited", "dead"):
        return
    if state.get("OOMKilled") or state["ExitCode"] == 137:
        raise Unverified(
            _("Prometheus takes more than {limit} MiB with this configuration", limit=_MEMORY // 1024**2),
            _("look for what is large in it: expressions, and numbers of targets"),
        )
    log = api.logs(container).decode("utf-8", "replace")
    refused = re.search(r'[Ee]rror loading config.{0,300}?err="((?:[^"\\]|\\.){0,2000})', log)
    if refused:
        raise ConfigurationRefused(excerpt(refused[1].replace('\\"', '"')))
    raise ProbeError(f"Prometheus does not stay up: {log.strip()[-500:]}", host=probes.host.address)


def _targets(
    server: PrometheusServer, plan: ScrapePlan, watch: Callable[[], None]
) -> tuple[tuple[ScrapedTarget, ...], frozenset[tuple[str, str]]]:
    """The targets, once each is up, or down for a reason; and the plan's targets that relabelling drops.

    What is neither is no address of a target: that it is not there is believed some seconds after others are.
    """
    found: dict[tuple[str, tuple[tuple[str, str], ...]], ScrapedTarget] = {}
    dropped: set[tuple[str, str]] = set()
    patience = Deadline(_DISCOVERY)

    def look(_server: PrometheusServer) -> bool:
        nonlocal patience
        watch()
        was_empty = not found
        for target in server.targets():
            key = target.scrape_url, _key(target.labels)
            # What was up once can be: on a busy machine a second may be too short for the next scrape.
            if target.is_up or key not in found or not found[key].is_up:
                found[key] = target
        if was_empty and found:
            patience = Deadline(_SETTLED)
        if any(map(is_open, found.values())):
            return False
        missing = plan.targets - {target_of(each.discovered) for each in found.values()}
        if missing:
            dropped.update(map(target_of, server.dropped()))
        return missing <= dropped or patience.is_over

    def is_open(target: ScrapedTarget) -> bool:
        if target.health == "unknown":
            return True
        return not target.is_up and plan.predictions.obstacle(target.scrape_url) is None

    if not server.wait_for(look, Deadline(_SCRAPE)):
        left = next(filter(is_open, found.values()))
        raise ProbeError(
            f"the target {left.scrape_url} is {left.health}, and nothing in the submission says why: {left.last_error}",
            host=server.url,
        )
    return tuple(found.values()), frozenset(dropped & plan.targets)
