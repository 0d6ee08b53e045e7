"""testinfra's way to run commands on a machine behind ssh, over a connection of ours. Imported where it is used.

testinfra's own backend starts ssh through a shell, waits as long as ssh does, and keeps whatever comes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from testinfra.backend.base import BaseBackend
from testinfra.host import Host

if TYPE_CHECKING:
    from .ssh import SshTunnel

__all__ = ["machine_behind"]


class _Backend(BaseBackend):  # type: ignore[misc]  # testinfra has no types
    NAME = "ssh"

    def __init__(self, tunnel: SshTunnel) -> None:
        super().__init__(tunnel.endpoint.host)
        self._tunnel = tunnel

    def run(self, command: str, *args: str, **_kwargs: Any) -> Any:
        text = self.get_command(command, *args)
        done = self._tunnel.run(text)
        return self.result(done.returncode, text.encode(), done.stdout_bytes, done.stderr_bytes)

    def decode(self, data: bytes) -> str:
        """Without asking the machine's Python how: there may be none."""
        return data.decode("utf-8", "replace")

    def encode(self, data: str) -> bytes:
        return data.encode()


def machine_behind(tunnel: SshTunnel) -> Any:
    """The machine that the tunnel leads to, as a pytest-testinfra host."""
    backend = _Backend(tunnel)
    host = Host(backend)
    backend.set_host(host)
    return host
