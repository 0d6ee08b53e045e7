"""Files of JSON that grow by a line at a time, and may be cut by the end of whoever wrote them, or by a full disk."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from .distrusted import opened

__all__ = ["append", "read"]


_LONGEST = 4 * 1024 * 1024


def append(path: Path, documents: Iterable[object]) -> None:
    """Write a line for each, behind what is there. Raises ``OSError``."""
    lines = b"".join(json.dumps(each).encode() + b"\n" for each in documents)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                lines = b"\n" + lines  # else a line that was cut would take the next one with it
        file.write(lines)


def read(path: Path) -> Iterator[dict[str, Any]]:
    """Each object; a line that was cut is none. A file that is not there has none.

    Raises ``ValueError`` for a line that is longer than any of ours.
    """
    try:
        with opened(path) as file:
            while line := file.readline(_LONGEST):
                if len(line) == _LONGEST:
                    raise ValueError(f"a line of more than {_LONGEST} bytes")
                try:
                    yield json.loads(line)
                except ValueError:
                    continue
    except FileNotFoundError:
        return
