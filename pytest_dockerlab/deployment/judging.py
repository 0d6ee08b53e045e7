"""Why an application that runs does not work: a container that ended, our limits, the world, or the student's code."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..activity import working_on
from ..engine.owned.limits import AppLimits
from ..engine.waiting import wait_until
from ..findings import Finding, Location, Mismatch, Unverified
from ..messages import Message, _
from ..plans.applications.plan import AppPlan, AppService
from ..submission.scan.roles import Role
from .builds.images import AppImage
from .builds.out_of_memory import OutOfMemory
from .causes import cause_first, worth_showing
from .crlf_scripts import windows_script
from .disk_guard import DiskGuard
from .left_out_files import mentioned
from .own_limits import in_the_way
from .patience import Patience
from .world import outgrown

if TYPE_CHECKING:
    from ..engine.hosts.hosts import DockerHost
    from ..submission.files.tree import Tree

__all__ = ["Judge", "last_lines"]

_LOG_LINES = 2_000
_LOG_BYTES = 256 * 1024
_SHOWN_LINES = 8
# What differs in a line that is written again and again, and what only underlines the one above.
_CHANGING = re.compile(r"[0-9a-f]{8,}|[0-9]+")
_UNDERLINE = re.compile(r"[\s^~]*")
_A_FEW = 3
# How runc, and before it the engine, begin to say why a program was not started.
_NOT_STARTED = re.compile(r"\b(?:OCI runtime create failed|runc create failed)\b.*?process: ", re.DOTALL)


class Judge:
    """Looks at the containers of an application, and says what a failure of it means.

    :ivar containers: the containers' ids by service.
    :ivar stopped: the services that were stopped on purpose.
    :ivar images: the images that were built, by service.
    :ivar guard: who looks after the disk.
    :ivar unsent: the files of mounted folders that could not be sent.
    :ivar out_of_memory: who knows what was killed for want of memory; ``None`` while nothing has been started.
    """

    def __init__(
        self,
        host: DockerHost,
        tree: Tree,
        plan: AppPlan,
        limits: AppLimits,
        images: Mapping[str, AppImage],
        patience: Patience,
    ) -> None:
        self.host = host
        self._tree = tree
        self.plan = plan
        self.limits = limits
        self.patience = patience
        self.containers: dict[str, str] = {}
        self.stopped: set[str] = set()
        self.images = images
        self.guard: DiskGuard | None = None
        self.out_of_memory: OutOfMemory | None = None
        self.unsent: Sequence[str] = ()

    def log(self, service: str) -> str:
        """The last lines that a service wrote; untrusted text."""
        try:
            said: bytes = self.host.client.api.logs(self.containers[service], tail=_LOG_LINES)
        except Exception as error:  # noqa: BLE001 - a log is no reason to fail
            return f"({error})"
        return said[-_LOG_BYTES:].decode("utf-8", "replace").strip()

    def watch(self) -> None:
        """Raise ``Mismatch`` where a container has ended, ``Unverified`` where our own limits ended it."""
        if self.guard is not None:
            self.guard.check()
        try:
            self._look_at_all()
        except Mismatch:
            if self.guard is not None:
                self.guard.check()  # which may just have killed them
            raise

    def wait_until_healthy(self, *, timeout: float = 90.0) -> dict[str, str]:
        """The health of every service that has a health check, once none is still starting.

        Raises as :meth:`watch`, and ``Mismatch`` for a service that is unhealthy and stays so. One whose check has not
        come to a result within ``timeout`` seconds is given as ``starting``: it is slow to ask, which is no fault.
        """
        found: dict[str, str] = {}
        unhealthy: list[tuple[AppService, Mapping[str, Any]]] = []

        def settled() -> bool:
            self.watch()
            unhealthy.clear()
            for service in self.plan.services:
                state = self._state(service)
                health = state.get("Health") or {}
                if (status := health.get("Status")) not in (None, "none"):
                    found[service.name] = str(status)
                    if status == "unhealthy":
                        unhealthy.append((service, state))
            if any(_is_final(state) for _service, state in unhealthy):
                return True
            return not unhealthy and "starting" not in found.values()

        healthy = working_on(_("the health checks are waited for"))
        with contextlib.suppress(TimeoutError), healthy:
            wait_until(settled, timeout=timeout, error=TimeoutError, longest_pause=0.5)
        if unhealthy:
            raise self._unhealthy(*unhealthy[0])
        return found

    @contextlib.contextmanager
    def judging(self, service: AppService | None = None, *, with_others: bool = False) -> Iterator[None]:
        """Around the steps of a driver: a failed one gets its true reason, with what the services wrote last.

        :param service: the one that is asked, where it is not the application as a whole.
        :param with_others: what it answers depends on the others, so their logs are shown too.
        """
        try:
            yield
        except Mismatch as mismatch:
            self.watch()  # a container that ended is the better reason
            self._look_at_all(is_over=True)
            finding = mismatch.finding
            if service is not None and service.ports and finding.found is not None:
                # the URL names a port that the engine chose
                told = _("{found} (port {port} of {service})", found=finding.found, port=service.ports[0],
                         service=service.name)  # fmt: skip
                finding = replace(finding, found=told)
            raise self.judged(finding, service, with_others=with_others) from mismatch

    def judged(
        self, finding: Finding, service: AppService | None = None, *, with_others: bool = False, is_told: bool = False
    ) -> Mismatch | Unverified:
        """The exception for a finding about the running application.

        :param with_others: what ``service`` answers depends on the others, so their logs are shown too.
        :param is_told: what the logs say stands in the finding.
        """
        logs = {each.name: self.log(each.name) for each in self.plan.services if each.name in self.containers}
        cause = next((found for log in logs.values() if (found := outgrown(log)) is not None), None)
        if cause is not None:
            return Unverified(
                _("the application does not work, and that is not its author's fault: {cause}", cause=cause[0]),
                cause[1],
            )
        if self.plan.denied:
            return Unverified(
                _(
                    "the application does not work ({found}), and it asks for what this run does not allow: {denied}",
                    found=finding.found or finding.expected, denied=list(self.plan.denied),
                ),
                _("make it work without this"),
            )  # fmt: skip
        for each in self.plan.services:
            if (asked := in_the_way(logs.get(each.name, ""), self.limits)) is not None:
                return Unverified(
                    _("the application does not work ({found}), and {service} asks for what this run does not allow: "
                      "{what}", found=finding.found or finding.expected, service=each.name, what=asked),
                    _("make it work without this, or run it on a machine of your own and give its address with "
                      "--hw-app-url"),
                )  # fmt: skip
        left_out = [*self.unsent, *(name for image in self.images.values() for name in image.packed.left_out)]
        if missed := mentioned(left_out, "\n".join([str(finding.found or ""), *logs.values()])):
            return Unverified(
                _("the application does not work ({found}), and these of its files could not be sent: {files}",
                  found=finding.found or finding.expected, files=missed[:_SHOWN_LINES]),
                _("commit regular files of a reasonable size"),
            )  # fmt: skip
        if (killed := self._out_of_memory()) is not None:
            return self._killed(killed)
        shown = [
            (name, log)
            for name, log in logs.items()
            if log and not is_told and (service is None or with_others or name == service.name)
        ]
        parts: list[object] = [finding.found] if finding.found not in (None, "") else []
        parts += [_("the log of {service}:\n{log}", service=name, log=last_lines(log)) for name, log in shown]
        places = {f"part{at}": part for at, part in enumerate(parts)}
        told = Message("\n".join(f"{{{name}}}" for name in places), places) if shown else finding.found
        at, hint = finding.at or self._place(service), finding.hint
        said = "\n".join([str(finding.found or ""), *(log for _name, log in shown)])
        if (script := windows_script(self._tree, said)) is not None:
            at = Location(script, 1)
            hint = _(
                "this script has Windows line endings (CRLF), so its interpreter is not found: save it with LF, and "
                "keep it so with *.sh text eol=lf in .gitattributes"
            )
        return Mismatch(Finding(finding.expected, told, at, hint))

    def restarts(self, service: AppService) -> int:
        """How often the engine has started its container again."""
        return int(self._state(service).get("RestartCount") or 0)

    def _state(self, service: AppService) -> Mapping[str, Any]:
        if service.name not in self.containers:
            return {}
        inspected: dict[str, Any] = self.host.client.api.inspect_container(self.containers[service.name])
        return {**inspected["State"], "RestartCount": inspected.get("RestartCount", 0)}

    def _look_at_all(self, *, is_over: bool = False) -> None:
        """Raise where a container has ended; ``is_over``: nothing is waited for any more."""
        for service in self.plan.services:
            if service.name not in self.stopped:
                self._look_at(service, is_over)

    def _look_at(self, service: AppService, is_over: bool) -> None:
        state = self._state(service)
        refused = _NOT_STARTED.search(str(state.get("Error") or ""))
        has_ended = state.get("Status") in ("exited", "dead") or refused is not None
        count = int(state.get("RestartCount") or 0)
        again = count >= self.patience.restarts or (is_over and count >= _A_FEW and state.get("Status") == "restarting")
        # what is no part of the course's application, or not the only one of its role, may have done what it was for
        others = [each for each in self.plan.services if each.role is service.role and each is not service]
        if not (has_ended or again) or (state.get("ExitCode") == 0 and (service.role is None or others)):
            return
        if state.get("OOMKilled"):
            raise self._killed(service)
        code = state.get("ExitCode")
        found = _("it exited with {code}", code=code)
        if again:
            found = _("it keeps exiting, {count} times so far, with {code}",
                      count=count, code=code)  # fmt: skip
        hint = _("look at its log: docker logs shows why it exited")
        if state.get("Error"):
            why = str(state["Error"])[refused.end() if refused is not None else 0 :]
            found = _("{why} (return code {code})", why=why.removesuffix(": unknown")[:500], code=code)
            hint = _("see what CMD, ENTRYPOINT or command names: it has to be in the image, executable (RUN chmod "
                     "+x), and on PATH or with its full path")  # fmt: skip
        expected = _("{service} stays up", service=service.name)
        if log := self.log(service.name):
            found, advice = cause_first(log, found, last_lines(log))
            hint = advice or hint
        finding = Finding(expected, found, self.start_place(service) or self._place(service), hint)
        raise self.judged(finding, service, is_told=True)

    def _killed(self, service: AppService) -> Unverified:
        return Unverified(
            _("{service}, or a process in it, was killed: it may use {memory} MiB of memory here",
              service=service.name, memory=self.limits.memory // 1024**2),
            _("see whether it can manage with less, or run it on a machine of your own"),
        )  # fmt: skip

    def _out_of_memory(self) -> AppService | None:
        """A service that lost a process for want of memory: only the engine's events tell while the first one lives."""
        services = {self.containers[each.name]: each for each in self.plan.services if each.name in self.containers}
        if self.out_of_memory is None or (killed := self.out_of_memory.first_of(list(services))) is None:
            return None
        return services[killed]

    def _unhealthy(self, service: AppService, state: Mapping[str, Any]) -> Mismatch | Unverified:
        log = (state.get("Health") or {}).get("Log") or [{}]
        said = str(log[-1].get("Output") or "")[-500:].strip()
        hint = _("run the command of its HEALTHCHECK in the container: it must return 0")
        return self.judged(
            Finding(
                _("{service} becomes healthy", service=service.name),
                _("its health check fails: {said}", said=said or _("no output")),
                self._said_at(service, ("healthcheck",), ("HEALTHCHECK",)) or self._place(service),
                hint,
            ),
            service,
        )

    def start_place(self, service: AppService) -> Location | None:
        """Where it is said what the container of a service runs: the compose file's word goes before the image's."""
        return self._said_at(service, ("command", "entrypoint"), ("CMD", "ENTRYPOINT"))

    def _said_at(self, service: AppService, keys: Sequence[str], instructions: Sequence[str]) -> Location | None:
        image = self.images.get(service.name)
        place = next((service.places[key] for key in keys if key in service.places), None)
        if place is not None or image is None:
            return place
        # what the Dockerfile does not say comes from its base image
        found = [each for each in image.plan.instructions if each.name in instructions]
        found = found or [each for each in image.plan.instructions if each.name == "FROM"]
        return image.plan.at(found[-1] if found else None)

    def _place(self, service: AppService | None) -> Location | None:
        service = service or self.plan.service(Role.UI)  # whom everything is asked of
        if service is None:
            return None
        if service.at is not None:
            return service.at
        image = self.images.get(service.name)
        return image.plan.at(image.plan.command()) if image is not None else None


def _is_final(state: Mapping[str, Any]) -> bool:
    """Whether an unhealthy container is not expected to get well: with ``retries: 1`` it is so before it has begun."""
    return int((state.get("Health") or {}).get("FailingStreak") or 0) >= _A_FEW


def last_lines(log: str) -> str:
    """The last lines that are not the same again."""
    last: dict[str, str] = {}
    for line in reversed(worth_showing(log.splitlines())):
        if len(last) == _SHOWN_LINES:
            break
        if not _UNDERLINE.fullmatch(line):
            last.setdefault(_CHANGING.sub("#", line), line)
    return "\n".join(reversed(last.values()))
