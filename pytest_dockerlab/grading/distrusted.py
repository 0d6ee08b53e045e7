"""Files that somebody else has written, read without waiting, and no further than a limit."""

from __future__ import annotations

import json
import os
import re
import stat
from collections import Counter
from pathlib import Path
from typing import BinaryIO

__all__ = ["content_of", "json_in", "json_of", "opened", "rendered_length"]

_PLACE = re.compile(r"\{(\w+)\}")
_HALF = re.compile(r"\\u[dD][89a-fA-F]")
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)


def opened(path: Path) -> BinaryIO:
    """A regular file, to be read.

    Raises ``OSError`` for what cannot be, and for links, pipes and devices: whoever opens a pipe waits for ever.
    """
    handle = os.open(path, _FLAGS | getattr(os, "O_BINARY", 0))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise IsADirectoryError(path)
    return os.fdopen(handle, "rb")


def content_of(path: Path, limit: int) -> bytes:
    """Its content, of a longer one ``limit`` bytes. Raises as :func:`opened` does."""
    with opened(path) as file:
        return file.read(limit)


def json_of(path: Path, limit: int) -> object:
    """The JSON in a file. Raises ``OSError``, ``ValueError`` and ``RecursionError``."""
    document = json_in(content_of(path, limit))
    if rendered_length(document) > limit:
        raise ValueError("its texts are too long")
    return document


def json_in(content: bytes) -> object:
    """The JSON that it is, in UTF-8. Raises ``ValueError``, for half a pair in a text too, and ``RecursionError``."""
    text = content.decode("utf-8")
    document: object = json.loads(text)
    if _HALF.search(text):
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    return document


def rendered_length(value: object) -> int:
    """About how many characters its messages come to: a small one can name its places again and again."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(rendered_length, value))
    if not isinstance(value, dict):
        return 1
    if value.keys() == {"id", "args"} and isinstance(value["args"], dict):
        id = str(value["id"])
        if not value["args"]:
            return len(id)
        times = Counter(_PLACE.findall(id))
        return len(id) + sum((times[name] or 1) * rendered_length(arg) for name, arg in value["args"].items())
    return sum(len(name) + rendered_length(item) for name, item in value.items())
