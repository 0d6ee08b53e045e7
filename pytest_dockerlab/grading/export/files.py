"""Files that an instructor names: read whole, and written so that nobody meets a part of one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ... import whole_files
from ...errors import ConfigurationError
from ...messages import _, reason_of

__all__ = ["read_bytes", "replace_file", "replacing"]


def read_bytes(path: Path) -> bytes:
    """The content. Raises :class:`ConfigurationError` where there is none."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(_("the file {file} cannot be read: {why}", file=path, why=reason_of(error))) from error


def replace_file(path: Path, content: bytes) -> None:
    """Put ``content`` there as a whole. Raises :class:`ConfigurationError` where that cannot be."""
    with replacing(path) as part:
        part.write_bytes(content)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path``, which takes its place at the end. Raises :class:`ConfigurationError`."""
    try:
        with whole_files.replacing(path) as part:
            yield part
    except OSError as error:
        raise ConfigurationError(_("{file} cannot be written: {why}", file=path, why=reason_of(error))) from error
