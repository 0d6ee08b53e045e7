"""What the classic builder says, read message by message: the steps, which of them came from the cache, and the end.

A step's own program writes into the same stream. So a heading counts only if it is the next one and the container of
the step before is gone (the builder removes it first), and "Using cache" only before the step's container: a program
cannot speak before it has one. A FROM has a container for each build trigger of its image, one after another.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["BuildLog", "LoggedStep"]

# a program writes here too: no number may be longer than Python reads
_HEADING = re.compile(r"Step ([0-9]{1,6})/[0-9]{1,6} : (.*)", re.DOTALL)
_RUNNING = re.compile(r" ---> Running in ([0-9a-f]{12,64})\n?")
_CACHED = " ---> Using cache"
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")  # the classic builder's own, around what goes to stderr
_REMOVING = re.compile(r"^Removing intermediate container [0-9a-f]+\n?", re.MULTILINE)
_KEPT = 200_000
"""Characters of the log that are kept of its beginning, and of its end."""


@dataclass(slots=True)
class LoggedStep:
    """One step: its number from 1, whether it came from the cache, the container that runs it, or was the last one to,
    and when it began."""

    number: int
    text: str
    is_cached: bool = False
    container: str | None = None
    began: float = field(default_factory=time.monotonic)


class BuildLog:
    """The log of one build so far.

    :param is_there: whether a container of this build is on the engine, by its id.
    """

    def __init__(self, is_there: Callable[[str], bool] = lambda _container: False) -> None:
        self._is_there = is_there
        self.steps: list[LoggedStep] = []
        self.image: str | None = None
        self.error: str | None = None
        self.size = 0
        self.spoke = time.monotonic()
        """When a step's program last wrote something."""
        self._beginning = ""
        self._end = ""
        self._own = ""

    def take(self, message: Mapping[str, Any]) -> None:
        """Read one message of the stream (https://docs.docker.com/reference/api/engine/, ImageBuild)."""
        self.spoke = time.monotonic()
        auxiliary = message.get("aux")
        if isinstance(auxiliary, Mapping) and isinstance(auxiliary.get("ID"), str):
            self.image = auxiliary["ID"]
        if "error" in message:
            detail = message.get("errorDetail")
            text = detail.get("message") if isinstance(detail, Mapping) else None
            self.error = str(text or message["error"])
        text = message.get("stream")
        if isinstance(text, str):
            self._write(text)
            self._read(text)
        elif isinstance(message.get("status"), str) and "progress" not in message:
            self._write(f"{message['status']}\n")  # of a pull
            self._keep(f"{message['status']}\n")

    @property
    def step(self) -> LoggedStep | None:
        """The step that is at work, or was when it ended."""
        return self.steps[-1] if self.steps else None

    @property
    def text(self) -> str:
        """The log, its middle left out where it is long."""
        middle = "\n[…]\n" if self.size > 2 * _KEPT else ""
        return f"{self._beginning}{middle}{self._end[-_KEPT:]}"

    def tail(self, lines: int = 80) -> str:
        """The last lines that the step at work wrote, without the builder's own."""
        own = _REMOVING.sub("", _COLOURS.sub("", self._own[-_KEPT:]))
        return "\n".join(own.strip().splitlines()[-lines:])

    def _read(self, text: str) -> None:
        heading = _HEADING.fullmatch(text)
        if heading is not None and int(heading[1]) == len(self.steps) + 1 and not self._is_at_work():
            self.steps.append(LoggedStep(int(heading[1]), heading[2].strip()))
            self._own = ""
            return
        step = self.step
        running = _RUNNING.fullmatch(text)
        if step is not None and running is not None and not self._is_at_work():
            step.container = running[1]
        elif step is None or step.container is not None:
            self._keep(text)
        elif text.startswith(_CACHED):
            step.is_cached = True
        elif not text.startswith(" ---> "):
            self._keep(text)

    def _is_at_work(self) -> bool:
        """Whether the last step's program may be what writes: else its limits would be those of a step that is none."""
        return self.step is not None and self.step.container is not None and self._is_there(self.step.container)

    def _keep(self, text: str) -> None:
        self._own += text
        if len(self._own) > 2 * _KEPT:
            self._own = self._own[-_KEPT:]

    def _write(self, text: str) -> None:
        self.size += len(text)
        room = _KEPT - len(self._beginning)
        if room > 0:
            self._beginning += text[:room]
            text = text[room:]
        self._end += text
        if len(self._end) > 2 * _KEPT:  # now and then, not for each of a million messages
            self._end = self._end[-_KEPT:]
