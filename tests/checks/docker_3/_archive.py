"""A tar archive that a Dockerfile unpacks."""

from __future__ import annotations

import io
import tarfile

__all__ = ["ARCHIVE"]


def _archive(path: str, content: bytes) -> str:
    """An archive of one text file, as text: all of its bytes are ASCII."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo(path)
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue().decode("ascii")


ARCHIVE = _archive("inside/data.txt", b"from an archive\n")
