"""An application of a submission while it runs: started within our limits, watched, and judged when it fails.

Works without pytest::

    with resolve_docker_host() as host, Probes(host) as probes, Images(host, Labels.of_run()) as images:
        with Deployment(probes, images, submission, plan_of_compose(submission, submission.compose, {})) as running:
            driver = AppDriver(running.url(Role.UI))
            with running.judging():
                driver.wait_until_up(timeout=60, watch=running.watch)
                driver.write_post()
"""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from ..activity import working_on
from ..engine.compose.running_project import ComposeProjectError, RunningProject
from ..engine.owned.limits import AppLimits
from ..engine.probes.connections import Outcome
from ..engine.waiting import wait_until
from ..errors import DockerlabError, ToolTimeout
from ..findings import Finding, Mismatch, Unverified
from ..messages import _
from ..plans.applications.plan import AppPlan, AppService, MountKind
from ..plans.builds.context import MAX_FILE
from ..reddit_app.exchange import NoAnswer
from .builds.images import AppImage, Images
from .builds.out_of_memory import OutOfMemory
from .compose_file import write_compose
from .container_files import put_file, put_link, read_file
from .disk_guard import DiskGuard
from .judging import Judge
from .listening import listeners_of, why_nobody_answers
from .patience import Patience
from .preparation import Preparation
from .service_images import ServiceImages
from .start_failures import is_the_docker_hosts, not_started, not_started_in_time

if TYPE_CHECKING:
    from ..engine.probes.starting import Probes
    from ..submission.scan.roles import Role
    from ..submission.submission import Submission

__all__ = ["Deployment"]

_TO_SAVE = 5
"""Seconds that a program has for its end before it is killed."""


class Deployment:
    """An application that runs; a context manager, at whose end everything of it is gone but its images.

    :param replacements: the course's replacements of images.
    :ivar patience: how long it is waited for, by whoever asks it too.
    """

    def __init__(
        self,
        probes: Probes,
        images: Images,
        submission: Submission,
        plan: AppPlan,
        *,
        replacements: Mapping[str, str] = MappingProxyType({}),
        limits: AppLimits = AppLimits(),  # noqa: B008 - frozen
        patience: Patience = Patience(),  # noqa: B008
    ) -> None:
        self.host = probes.host
        self.plan = plan
        self.patience = patience
        self._images = ServiceImages(images, submission, replacements)
        self._preparation = Preparation(probes, self._images, submission, plan)
        self._judge = Judge(probes.host, submission.tree, plan, limits, self._images.built, patience)
        self._probes = probes
        self._submission = submission
        self._limits = limits
        self._folder = Path(tempfile.mkdtemp(prefix="dockerlab-"))
        self._cleanup = contextlib.ExitStack()
        self._project: RunningProject | None = None

    def __enter__(self) -> Self:
        """Build, start, and wait until the containers run.

        Raises ``Mismatch`` where the application is at fault, ``Unverified`` where the world or our limits are.
        """
        self._cleanup.callback(shutil.rmtree, self._folder, ignore_errors=True)
        try:
            self._prepare()
            with working_on(_("the containers are started")):
                self._start()
        except BaseException:
            self._cleanup.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._cleanup.close()

    # -- what it is

    def url(self, role: Role, port: int | None = None) -> str:
        """Where the service of a role answers: see :meth:`url_of`."""
        service = self.plan.service(role)
        assert service is not None
        return self.url_of(service.name, port)

    def url_of(self, name: str, port: int | None = None) -> str:
        """Where a service answers: its first published port, or the one that leads to ``port``.

        It changes with every start of the container: see :meth:`restarts`. Raises as :meth:`watch` where the container
        does not stay up long enough to publish anything.
        """
        service = next(each for each in self.plan.services if each.name == name)
        assert service.ports, f"{name} publishes nothing"
        wanted, timeout = port or service.ports[0], self.patience.publish

        def late() -> Exception:
            finding = Finding(
                _("{service} stays up", service=service.name),
                _("after {seconds} s its port {port} is published nowhere", seconds=round(timeout), port=wanted),
                None,
                _("look at its log: docker logs shows why it exited"),
            )
            return self._judge.judged(finding, service)

        address, published = wait_until(lambda: self._published(service, wanted), timeout=timeout, error=late)
        return f"http://[{address}]:{published}" if ":" in address else f"http://{address}:{published}"

    def restarts(self, role: Role) -> int:
        """How often the engine has started a service's container again."""
        service = self.plan.service(role)
        assert service is not None
        return self._judge.restarts(service)

    @property
    def images(self) -> Mapping[str, AppImage]:
        """The images that were built, by service."""
        return self._images.built

    def container(self, service: str) -> str:
        """The id of a service's container."""
        return self._judge.containers[service]

    # -- what is done with it

    def replace(self, service: str) -> None:
        """Remove a service's container with everything in it, and start a new one. Named volumes stay."""
        assert self._project is not None
        self._project.remove(service)
        self._preparation.empty(service)
        self._judge.containers |= {
            each.service: each.id for each in self._project.start(service, timeout=self.patience.start)
        }

    def restart(self, service: str) -> None:
        """Stop a service's container and start the same one again."""
        self.host.client.api.restart(self.container(service), timeout=2)

    def stop(self, service: str) -> None:
        """Stop a service's container, as ``docker stop`` does; from then on :meth:`watch` expects it to be so."""
        self._judge.stopped.add(service)
        self.host.client.api.stop(self.container(service), timeout=_TO_SAVE)

    def start(self, service: str) -> None:
        """Start a service's container again, which was stopped."""
        self.host.client.api.start(self.container(service))
        self._judge.stopped.discard(service)

    def put(self, service: str, path: str, content: bytes, mode: int = 0o644) -> None:
        """Write a file where a service sees it at ``path``: into the volume that lies there, or into its container.

        Raises ``Unverified`` where the way to it in a volume leads over a symbolic link.
        """
        self._preparation.require_no_link(service, path)
        place = self._preparation.place(service, path)
        container = self.container(service) if place is None else place[0]
        put_file(self.host, container, path if place is None else place[1], content, mode)

    def read(self, service: str, path: str) -> bytes | None:
        """A file of a service's container; ``None`` where there is none of a usual size."""
        return read_file(self.host, self.container(service), path)

    # -- how it is judged

    def watch(self) -> None:
        """See :meth:`.judging.Judge.watch`."""
        self._judge.watch()

    def wait_until_healthy(self, *, timeout: float = 90.0) -> dict[str, str]:
        """See :meth:`.judging.Judge.wait_until_healthy`."""
        return self._judge.wait_until_healthy(timeout=timeout)

    @contextlib.contextmanager
    def judging(self, service: AppService | None = None, *, with_others: bool = False) -> Iterator[None]:
        """See :meth:`.judging.Judge.judging`. Raises ``Unverified`` too where only the way from here is closed."""
        try:
            with self._judge.judging(service, with_others=with_others):
                yield
        except Mismatch as mismatch:
            self._require_a_way_in()
            asked = mismatch.__cause__  # what the driver said, before it was judged
            if service is None or asked is None or not isinstance(asked.__cause__, NoAnswer):
                raise
            raise self._nobody_answers(mismatch.finding, service) from mismatch

    def _nobody_answers(self, finding: Finding, service: AppService) -> Mismatch:
        """The finding of no answer, with what the container listens on before the rest."""
        listeners = listeners_of(self._probes, self.container(service.name))
        why = why_nobody_answers(service.name, service.ports[0], listeners)
        if why is None:
            return Mismatch(finding)
        found = _("{why}\n{found}", why=why[0], found=finding.found)
        return Mismatch(Finding(finding.expected, found, self._judge.start_place(service) or finding.at, why[1]))

    def _published(self, service: AppService, port: int) -> tuple[str, int] | None:
        self.watch()
        relay = self._preparation.relay
        target = relay.target(service.name, port) if relay is not None else None
        inside = self._inside(service)
        if relay is None or target is None or not inside:  # not published, or between two starts
            return None
        relay.lead(service.name, inside)
        return self.host.address, relay.published(target)

    def _inside(self, service: AppService) -> str:
        """Its address where its ports are reached; empty where it has none."""
        network = self._preparation.way_in(service)
        if network is None:
            return ""
        inspected = self.host.client.api.inspect_container(self.container(service.name))
        return str((inspected["NetworkSettings"]["Networks"].get(network.network.name) or {}).get("IPAddress") or "")

    def _require_a_way_in(self) -> None:
        """The control of what a published port does not answer: the same port, tried from beside the container."""
        service = next((each for each in self.plan.services if each.ports and each.networks), None)
        if self.host.is_local or service is None or (found := self._published(service, service.ports[0])) is None:
            return
        address, published = found
        with contextlib.suppress(OSError), socket.create_connection((address, published), self.patience.way_in):
            return
        network = self._preparation.way_in(service)
        assert network is not None
        reach = self._probes.start(network=network.network).reach(self._inside(service), service.ports[0])
        if reach.outcome in (Outcome.ANSWERED, Outcome.SILENT):
            raise Unverified(
                _("{service} listens on the docker host, but its published port {port} cannot be reached from here",
                  service=service.name, port=f"{address}:{published}"),
                _("open the docker host's firewall for this machine, or run the check on the docker host itself"),
            )  # fmt: skip

    # -- how it is started

    def _prepare(self) -> None:
        made = self._preparation.make()
        self._judge.unsent = self._preparation.unsent
        body = write_compose(self._preparation.plan, made, self.host.facts, self._limits)
        (self._folder / "compose.json").write_text(json.dumps(body), "utf-8")
        project = RunningProject(self.host, self._folder, ["compose.json"], run_id=self._probes.labels.run_id)
        volumes = tuple(f"/volumes/{at}" for at in range(len(made.volumes)))
        probe = self._preparation.holder or self._probes.start(network="none")
        self._judge.guard = DiskGuard(
            self.host, project.name, self._limits.disk, probe, volumes, every=self._limits.every
        )
        self._project = self._cleanup.enter_context(project)

    def _start(self) -> None:
        assert self._project is not None
        assert self._judge.guard is not None
        kinds = (MountKind.FILE, MountKind.OWN)
        files = [(each, mount) for each in self.plan.services for mount in each.mounts if mount.kind in kinds]
        self._judge.out_of_memory = self._cleanup.enter_context(OutOfMemory(self.host))
        try:
            if files:
                self._judge.containers = {each.service: each.id for each in self._project.create()}
                for service, mount in files:
                    assert mount.source is not None
                    if mount.kind is MountKind.OWN:
                        put_link(self.host, self.container(service.name), mount.target, mount.source)
                        continue
                    tree = self._submission.tree
                    entry = tree.files.get(mount.source)
                    mode = 0o755 if entry is not None and entry.executable else 0o644
                    self.put(service.name, mount.target, tree.read_up_to(MAX_FILE, mount.source), mode)
            self._judge.guard.start()
            self._cleanup.callback(self._judge.guard.stop)
            self._judge.containers = {
                each.service: each.id for each in self._project.start(timeout=self.patience.start)
            }
        except ComposeProjectError as error:
            if is_the_docker_hosts(error):
                raise  # an error of ours: nobody's homework can do anything about it
            self._find_containers()
            self.wait_until_healthy(timeout=0)  # compose says no more than that one is not
            raise self._judge.judged(not_started(error, self._project.name)) from error
        except ToolTimeout as error:
            self._find_containers()
            health = self.wait_until_healthy(timeout=0)
            late = next((each for each in self.plan.services if health.get(each.name) == "starting"), None)
            raise self._judge.judged(not_started_in_time(self.patience.start), late) from error
        self.watch()

    def _find_containers(self) -> None:
        assert self._project is not None
        with contextlib.suppress(DockerlabError):
            self._judge.containers = {each.service: each.id for each in self._project.ps()}
