"""Looks after the disk while other people's containers run: neither overlay2 nor a volume has a limit of its own."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..engine.owned.labels import SCOPE
from ..engine.probe_answers import ProbeError
from ..findings import Finding, Mismatch, Unverified
from ..messages import Message, _
from .builds.disk_space import DiskSpace

if TYPE_CHECKING:
    from ..engine.hosts.hosts import DockerHost
    from ..engine.probes.probe import Probe

__all__ = ["DiskGuard"]

_DU = ("busybox", "du", "-s", "-k")
_DU_SECONDS = 15
"""What is in the volumes of the course's applications is counted in much less than one."""
_FAILURES = 2
"""Counts one after another that may fail."""


class DiskGuard:
    """Kills the containers of a scope when they, with their volumes, have written more than ``limit`` bytes.

    It does so too when nobody can count it, and when the docker host's disk fills up: a file that was removed while it
    is open is in no count. Neither is held against anybody.

    :param probe: one of ours.
    :param volumes: where the volumes are mounted in it.
    :param every: seconds between two looks.
    """

    def __init__(
        self,
        host: DockerHost,
        scope: str,
        limit: int,
        probe: Probe,
        volumes: tuple[str, ...] = (),
        *,
        every: float = 2.0,
    ) -> None:
        self._host = host
        self._scope = scope
        self._limit = limit
        self._probe = probe
        self._every = every
        self._volumes = volumes
        self._space = DiskSpace(probe, limit, ("/", *volumes))
        self._failures = 0
        self._over = threading.Event()
        # counting takes its time where there are many files, and meanwhile the disk may fill up
        looks = (self._look_at_files, self._look_at_space)
        self._threads = [threading.Thread(target=self._look_after, args=(look,), daemon=True) for look in looks]
        self._found: Mismatch | Unverified | None = None

    def start(self) -> None:
        """Begin."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; nothing is asked of the engine after this."""
        self._over.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(30)

    def check(self) -> None:
        """Raise ``Mismatch`` where the containers were killed for what they wrote, ``Unverified`` where nobody can say
        that they did."""
        if self._found is not None:
            raise self._found.with_traceback(None)

    def _look_after(self, look: Callable[[], Mismatch | Unverified | None]) -> None:
        while self._found is None and not self._over.wait(self._every):
            # an engine that does not answer is somebody else's to notice
            with contextlib.suppress(Exception):
                found = look()
                if found is not None:
                    self._kill(found)

    def _look_at_files(self) -> Mismatch | Unverified | None:
        from requests import ReadTimeout

        try:
            sizes = self._host.client.api.containers(size=True, filters={"label": f"{SCOPE}={self._scope}"})
            written = sum(int(each.get("SizeRw") or 0) for each in sizes) + self._in_volumes()
        except (ProbeError, ReadTimeout):
            self._failures += 1
            return None if self._failures < _FAILURES else _stopped(_("what they write could not be measured"))
        self._failures = 0
        if written <= self._limit:
            return None
        return Mismatch(
            Finding(
                _("the application writes no more than {limit} GB", limit=self._limit // 1000**3),
                _("{written} GB in a few seconds", written=round(written / 1000**3, 1)),
                None,
                _("find what keeps writing"),
            )
        )

    def _look_at_space(self) -> Mismatch | Unverified | None:
        try:
            is_short = self._space.is_short()
        except ProbeError:
            return _stopped(_("what they write could not be measured"))
        return _stopped(_("the docker host's disk filled up")) if is_short else None

    def _in_volumes(self) -> int:
        if not self._volumes:
            return 0
        done = self._probe.exec([*_DU, *self._volumes], timeout=_DU_SECONDS)
        sizes = [line.split("\t")[0] for line in done.stdout.splitlines()]
        if len(sizes) != len(self._volumes) or not all(map(str.isdecimal, sizes)):  # it was killed
            raise ProbeError("a probe cannot count what is in the volumes", returncode=done.returncode)
        return sum(map(int, sizes)) * 1024

    def _kill(self, why: Mismatch | Unverified) -> None:
        """Kill all of them, and say why before anybody can see that they have ended."""
        there = self._host.client.api.containers(filters={"label": f"{SCOPE}={self._scope}"})
        self._found = self._found or why  # not before: an engine that is gone is another matter
        for each in there:
            with contextlib.suppress(Exception):
                self._host.client.api.kill(str(each["Id"]))


def _stopped(why: Message) -> Unverified:
    return Unverified(
        _("the containers of the application were stopped: {why}", why=why),
        _("free space on the docker host, and see whether the application fills the disk"),
    )
