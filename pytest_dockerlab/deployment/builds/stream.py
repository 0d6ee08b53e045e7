"""The answer of a build as it comes: read by a thread, so that whoever waits can give it up at any time."""

from __future__ import annotations

import contextlib
import json
import queue
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import IO, TYPE_CHECKING, Any, Self

from ...engine.hosts.errors import HostDied
from ...errors import DockerlabError

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost

__all__ = ["BuildRefused", "BuildStream"]

_TICK = 0.2
_MAX_MESSAGE = 1024 * 1024


class BuildRefused(DockerlabError):
    """The engine does not begin the build; the message is what it says, which is untrusted text."""


class BuildStream:
    """The messages of a build as they come, and ``None`` whenever none has come for a moment.

    The answer is read by a thread, because a read cannot be given up: at the end the connection is shut down under it,
    and the engine then ends the build and removes its container.
    """

    def __init__(self, host: DockerHost, context: IO[bytes], parameters: Mapping[str, Any]) -> None:
        from requests import RequestException

        self._host = host
        self._api: Any = host.client.api  # the stubs leave out what the SDK itself builds its calls of
        api: Any = self._api
        try:
            self._response = api.post(
                api._url("/build"),
                data=context,
                params=parameters,
                headers={"Content-Type": "application/x-tar"},
                stream=True,
                timeout=(api.timeout, None),
            )
        except RequestException as error:
            raise HostDied(str(host.endpoint), str(error)) from error
        self._queue: queue.Queue[dict[str, Any] | BaseException | None] = queue.Queue(maxsize=1000)
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._over = threading.Event()

    def __enter__(self) -> Self:
        """Raise :class:`BuildRefused` where the engine does not take the build."""
        if self._response.status_code != 200:
            with contextlib.closing(self._response):
                reason = _refusal(self._response.content)
            raise BuildRefused(reason, host=self._host.address)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        if self._thread.is_alive():
            raw = self._api._get_raw_response_socket(self._response)
            connection = getattr(raw, "_sock", raw)
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(queue.Empty):
            while True:
                self._queue.get_nowait()
        self._thread.join(10)
        self._response.close()

    def __iter__(self) -> Iterator[dict[str, Any] | None]:
        while True:
            try:
                message = self._queue.get(timeout=_TICK)
            except queue.Empty:
                yield None
                continue
            if message is None:
                return
            if isinstance(message, BaseException):
                raise HostDied(str(self._host.endpoint), str(message)) from message
            yield message

    def _read(self) -> None:
        end: BaseException | None = None
        rest = b""
        try:
            for chunk in self._response.iter_content(None):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    if line.strip():
                        self._put(_message(line))
                rest = rest[-_MAX_MESSAGE:]
            if rest.strip():
                self._put(_message(rest))
        except Exception as error:  # noqa: BLE001 - whatever ends the reading is told to whoever waits
            end = error
        self._put(end)

    def _put(self, item: dict[str, Any] | BaseException | None) -> None:
        while not self._over.is_set():
            with contextlib.suppress(queue.Full):
                self._queue.put(item, timeout=_TICK)
                return


def _message(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:
        return {"stream": line.decode("utf-8", "replace")}
    return found if isinstance(found, dict) else {}


def _refusal(body: bytes) -> str:
    message = _message(body[:_MAX_MESSAGE])
    return str(message.get("message") or message.get("stream") or "the engine refuses the build")
