"""How docker's own programs find the same engine that we talk to, without any settings of the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .hosts import DockerHost

__all__ = ["cli_environment"]


def cli_environment(host: DockerHost, folder: Path) -> dict[str, str]:
    """The environment variables for the docker command and for compose.

    :param folder: one of ours, that stays as long as the program runs: its home, and where it finds certificates.

    Over ssh by our own tunnel's socket: their own connection would need ssh's settings from a home directory, and one
    process for each call.
    """
    endpoint, tls = host.endpoint, host.endpoint.tls
    environment = {"HOME": str(folder), "DOCKER_CONFIG": str(folder / "docker")}
    if endpoint.scheme == "ssh":
        return {**environment, "DOCKER_HOST": f"unix://{host._open_tunnel().socket_path}"}
    environment["DOCKER_HOST"] = endpoint.url
    if tls is None:
        return environment
    # The docker command knows these files by their names in one folder only.
    for name, path in (("ca.pem", tls.ca), ("cert.pem", tls.cert), ("key.pem", tls.key)):
        link = folder / name
        if path is not None and not link.is_symlink():
            link.symlink_to(path.absolute())
    verify = {"DOCKER_TLS_VERIFY": "1"} if tls.verify else {"DOCKER_TLS": "1"}
    return {**environment, **verify, "DOCKER_CERT_PATH": str(folder)}
