"""Which containers lost a process for want of memory, noted as the engine says so.

The container's own state tells only of its first process. The engine's events tell of the others, and of a build's
steps, whose containers are gone when they have failed; but it keeps the last few hundred only, of all that goes on. So
they are listened to from the beginning.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost
    from ...engine.probes.probe import Probe

__all__ = ["Kills", "OutOfMemory"]

_KEPT = 1000
_FILTERS = {"type": "container", "event": "oom"}


class OutOfMemory:
    """Listens while its block lasts. Where the engine's stream breaks, what came before stays noted."""

    def __init__(self, host: DockerHost) -> None:
        self._host = host
        self._noted: dict[str, None] = {}
        self._stream: Any = None
        self._thread = threading.Thread(target=self._listen, name="dockerlab-oom", daemon=True)

    def __enter__(self) -> Self:
        """Begin. Raises docker's own errors where the engine does not take the question."""
        self._stream = self._host.client.api.events(filters=dict(_FILTERS), decode=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        from docker.errors import DockerException

        with contextlib.suppress(OSError, AttributeError, DockerException):  # it may have come to its end by itself
            self._stream.close()
        self._thread.join(10)

    def first_of(self, containers: Sequence[str]) -> str | None:
        """The first of these containers (by the id, or its first digits) that lost a process; ``None`` where none did.

        It may have been just now. So where nothing is noted, the engine is asked for what happens until the end of this
        second, by its own clock.
        """
        if (found := self._first_noted(containers)) is not None:
            return found
        api: Any = self._host.client.api
        now = int(datetime.fromisoformat(api.info()["SystemTime"]).timestamp())
        for event in api.events(since=now - 1, until=now + 1, filters=dict(_FILTERS), decode=True):
            self._note(event)
        return self._first_noted(containers)

    def _listen(self) -> None:
        # an engine that goes away is somebody else's to notice
        with contextlib.suppress(Exception):
            for event in self._stream:
                self._note(event)

    def _note(self, event: Any) -> None:
        container = str((event.get("Actor") or {}).get("ID") or "")
        if container:
            self._noted.pop(container, None)
            self._noted[container] = None
            if len(self._noted) > _KEPT:
                self._noted.pop(next(iter(self._noted)), None)

    def _first_noted(self, containers: Sequence[str]) -> str | None:
        noted = list(self._noted)
        return next((each for each in containers if any(full.startswith(each) for full in noted)), None)


class Kills:
    """How often the docker host's kernel killed for want of memory, anybody, since this was made.

    Where it did not at all, whoever was killed was killed by a program: ``kill -9 -1`` in a step kills its own shell.
    """

    def __init__(self, probe: Probe) -> None:
        self._probe = probe
        self._began = self._count()

    def there_were_none(self) -> bool:
        """Whether there were none; false where it cannot be told."""
        return self._began is not None and self._count() == self._began

    def _count(self) -> str | None:
        # of the whole kernel in every container; Linux 4.13 and newer
        lines = [line.split() for line in self._probe.exec(["cat", "/proc/vmstat"]).stdout.splitlines()]
        return next((words[1] for words in lines if len(words) == 2 and words[0] == "oom_kill"), None)
