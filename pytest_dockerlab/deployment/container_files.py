"""Files of containers, by the engine's archives: it needs no program in them."""

from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..engine.hosts.hosts import DockerHost

__all__ = ["put_file", "put_link", "read_file"]

_MAX_FILE = 1024 * 1024


def put_file(host: DockerHost, container: str, path: str, content: bytes, mode: int) -> None:
    """Write a file into a container; folders that are not there are made."""
    entry = tarfile.TarInfo(path.lstrip("/"))  # by its whole path, for the folders
    entry.size, entry.mode = len(content), mode
    _put(host, container, entry, content)


def put_link(host: DockerHost, container: str, path: str, target: str) -> None:
    """Make ``path`` in a container a symbolic link to ``target`` there; folders that are not there are made."""
    entry = tarfile.TarInfo(path.lstrip("/"))
    entry.type, entry.linkname = tarfile.SYMTYPE, target
    _put(host, container, entry, b"")


def _put(host: DockerHost, container: str, entry: tarfile.TarInfo, content: bytes) -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(entry, io.BytesIO(content))
    host.client.api.put_archive(container, "/", buffer.getvalue())


def read_file(host: DockerHost, container: str, path: str) -> bytes | None:
    """A file of a container; ``None`` where there is none of a usual size."""
    from docker.errors import APIError

    try:
        chunks, _status = host.client.api.get_archive(container, path)
        content = b""
        for chunk in chunks:  # of a folder it is everything in it
            content += chunk
            if len(content) > _MAX_FILE:
                return None
        with tarfile.open(fileobj=io.BytesIO(content)) as archive:
            member = archive.next()
            found = archive.extractfile(member) if member is not None and member.isfile() else None
            return found.read() if found is not None else None
    except (APIError, tarfile.TarError):
        return None
