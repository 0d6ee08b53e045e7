"""Names of files of a submission, of whatever its id has in it."""

from __future__ import annotations

from hashlib import sha256
from urllib.parse import quote

__all__ = ["file_name"]

_LONGEST_NAME = 150
"""Bytes: 255 are a file name's limit, and more comes before and after it."""


def file_name(id: str) -> str:
    """A name for files of the submission ``id``: another for each, as no two of a roster differ in case alone."""
    name = quote(id, safe="@+")
    if len(name) <= _LONGEST_NAME and not name.startswith("."):
        return name
    return f"{name[: _LONGEST_NAME - 20].strip('.')}~{sha256(id.encode()).hexdigest()[:12]}"
