"""Why an application that runs does not work: a container that ended, our limits, the world, or the student's code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from ..engine.app_limits import AppLimits
from ..engine.waiting import wait_until
from ..findings import Finding, Location, Mismatch, Unverified
from ..messages import Message, _
from ..submission.app_plan import AppPlan, AppService
from .disk_guard import DiskGuard
from .images import AppImage
from .world import outgrown

if TYPE_CHECKING:
    from ..engine.hosts import DockerHost

__all__ = ["Judge"]

_LOG_LINES = 60
_SHOWN_LINES = 8
_LOG_BYTES = 64 * 1024
_RESTARTS = 5


class Judge:
    """Looks at the containers of an application, and says what a failure of it means.

    :ivar containers: the containers' ids by service.
    :ivar images: the images that were built, by service.
    :ivar guard: who looks after the disk.
    """

    def __init__(self, host: DockerHost, plan: AppPlan, limits: AppLimits, images: Mapping[str, AppImage]) -> None:
        self.host = host
        self.plan = plan
        self.limits = limits
        self.containers: dict[str, str] = {}
        self.images = images
        self.guard: DiskGuard | None = None

    def log(self, service: str) -> str:
        """The last lines that a service wrote; untrusted text."""
        try:
            said: bytes = self.host.client.api.logs(self.containers[service], tail=_LOG_LINES)
        except Exception as error:  # noqa: BLE001 - a log is no reason to fail
            return f"({error})"
        return said[-_LOG_BYTES:].decode("utf-8", "replace").strip()

    def watch(self) -> None:
        """Raise ``Mismatch`` where a container has ended, ``Unverified`` where our own limits ended it."""
        if self.guard is not None and self.guard.written is not None:
            written = round(self.guard.written / 1000**3, 1)
            raise Mismatch(
                Finding(
                    _("the application writes no more than {limit} GB", limit=self.limits.disk // 1000**3),
                    _("{written} GB in a few seconds", written=written),
                    None,
                    _("look for what writes without end"),
                )
            )
        for service in self.plan.services:
            self._look_at(service)

    def wait_until_healthy(self, *, timeout: float = 90.0) -> dict[str, str]:
        """The health of every service that has a health check, once none is still starting.

        Raises as :meth:`watch`, and ``Mismatch`` for a service that is unhealthy. One whose check has not come to a
        result within ``timeout`` seconds is given as ``starting``: it is slow to ask, which is no fault.
        """
        found: dict[str, str] = {}

        def settled() -> bool:
            self.watch()
            for service in self.plan.services:
                state = self._state(service)
                if (health := (state.get("Health") or {}).get("Status")) not in (None, "none"):
                    found[service.name] = str(health)
                    if health == "unhealthy":
                        raise self._unhealthy(service, state)
            return "starting" not in found.values()

        with contextlib.suppress(TimeoutError):
            wait_until(settled, timeout=timeout, error=TimeoutError, longest_pause=0.5)
        return found

    @contextlib.contextmanager
    def judging(self, service: AppService | None = None) -> Iterator[None]:
        """Around the steps of a driver: a failed one gets its true reason, with what the services wrote last.

        :param service: the one that is asked, where it is not the application as a whole.
        """
        try:
            yield
        except Mismatch as mismatch:
            self.watch()  # a container that ended is the better reason
            raise self.judged(mismatch.finding, service) from mismatch

    def judged(self, finding: Finding, service: AppService | None = None) -> Mismatch | Unverified:
        """The exception for a finding about the running application."""
        logs = {each.name: self.log(each.name) for each in self.plan.services if each.name in self.containers}
        cause = next((found for log in logs.values() if (found := outgrown(log)) is not None), None)
        if cause is not None:
            return Unverified(
                _("the application does not work, and it is not its author's fault: {cause}", cause=cause[0]), cause[1]
            )
        if self.plan.denied:
            return Unverified(
                _("the application does not work ({found}); it asks for what is not given to anybody's code here: "
                  "{denied}", found=finding.found or finding.expected, denied=list(self.plan.denied)),
                _("make it work without"),
            )  # fmt: skip
        shown = [(name, log) for name, log in logs.items() if log and (service is None or name == service.name)]
        parts: list[object] = [finding.found] if finding.found not in (None, "") else []
        parts += [_("the log of {service}:\n{log}", service=name, log=_last_lines(log)) for name, log in shown]
        places = {f"part{at}": part for at, part in enumerate(parts)}
        told = Message("\n".join(f"{{{name}}}" for name in places), places) if shown else finding.found
        return Mismatch(Finding(finding.expected, told, finding.at or self._place(service), finding.hint))

    def restarts(self, service: AppService) -> int:
        """How often the engine has started its container again."""
        return int(self._state(service).get("RestartCount") or 0)

    def _state(self, service: AppService) -> Mapping[str, Any]:
        if service.name not in self.containers:
            return {}
        inspected: dict[str, Any] = self.host.client.api.inspect_container(self.containers[service.name])
        return {**inspected["State"], "RestartCount": inspected.get("RestartCount", 0)}

    def _look_at(self, service: AppService) -> None:
        state = self._state(service)
        has_ended = state.get("Status") in ("exited", "dead")
        again = int(state.get("RestartCount") or 0) >= _RESTARTS
        # what is no part of the course's application, or not the only one of its role, may have done what it was for
        others = [each for each in self.plan.services if each.role is service.role and each is not service]
        if not (has_ended or again) or (state.get("ExitCode") == 0 and (service.role is None or others)):
            return
        if state.get("OOMKilled"):
            raise Unverified(
                _("{service} was killed: it may take {memory} MiB of memory here", service=service.name,
                  memory=self.limits.memory // 1024**2),
                _("see whether it needs less, or run it on a machine of your own"),
            )  # fmt: skip
        code = state.get("ExitCode")
        found = _("it ended with {code}", code=code)
        if again:
            found = _("it ends again and again, {count} times so far, with {code}",
                      count=state.get("RestartCount"), code=code)  # fmt: skip
        if state.get("Error"):
            found = _("{why} (return code {code})", why=str(state["Error"])[:500], code=code)
        hint = _("look at its log: docker logs shows why it ended")
        expected = _("{service} stays up", service=service.name)
        raise self.judged(Finding(expected, found, self._place(service), hint), service)

    def _unhealthy(self, service: AppService, state: Mapping[str, Any]) -> Mismatch | Unverified:
        log = (state.get("Health") or {}).get("Log") or [{}]
        said = str(log[-1].get("Output") or "")[-500:].strip()
        hint = _("run the command of its HEALTHCHECK in the container: it must return 0")
        return self.judged(
            Finding(
                _("{service} becomes healthy", service=service.name),
                _("its health check fails: {said}", said=said or _("no output")),
                self._place(service),
                hint,
            ),
            service,
        )

    def _place(self, service: AppService | None) -> Location | None:
        if service is None and len(self.plan.services) == 1:
            service = self.plan.services[0]
        if service is None:
            return next((each.at for each in self.plan.services if each.at is not None), None)
        if service.at is not None:
            return service.at
        image = self.images.get(service.name)
        return image.plan.at(image.plan.command()) if image is not None else None


def _last_lines(log: str) -> str:
    return "\n".join(line[:400] for line in log.splitlines()[-_SHOWN_LINES:])
