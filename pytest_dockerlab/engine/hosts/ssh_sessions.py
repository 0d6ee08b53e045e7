"""The SDK's connections to an engine behind ssh: few of them, each used again and again.

Every connection is a session of sshd, and a ``docker system dial-stdio`` at its end. The SDK's own adapter keeps up to
ten for each of the last 25 URLs, and opens a new one for every other URL; sshd allows ten sessions (MaxSessions), and
for every further one ssh connects and logs in anew. This one keeps a few for all URLs. Imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docker.transport import UnixHTTPAdapter

if TYPE_CHECKING:
    from docker import DockerClient

__all__ = ["share_sessions"]

_KEPT = 4


class _Adapter(UnixHTTPAdapter):
    def get_connection(self, url: str | bytes, proxies: Any = None) -> Any:
        return super().get_connection("http+docker://localhost", proxies)


def share_sessions(client: DockerClient, path: str, timeout: int) -> None:
    """Let the SDK keep no more than a few connections to the socket at ``path``; ``timeout`` as for the client."""
    client.api.mount("http+docker://", _Adapter(f"http+unix://{path}", timeout, max_pool_size=_KEPT))
