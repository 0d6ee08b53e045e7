"""Files that were not sent to the docker host: whether a program that failed was in want of one of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ..findings import note

__all__ = ["mentioned", "note_unsent"]

_NOTED = 50


def note_unsent(left_out: Sequence[str]) -> None:
    """Keep what was not sent as evidence; git's own folder is none of the homework."""
    files = [each for each in left_out if posixpath.basename(each.rstrip("/")) != ".git"]
    if files:
        note("not sent to the docker host", files[:_NOTED])


def mentioned(left_out: Sequence[str], log: str) -> list[str]:
    """Those of the files whose own name, without its folders, stands in ``log`` as a word of its own.

    The text is untrusted: a student can print any name, and gains no more than *unverified*.
    """
    names = {posixpath.basename(each.rstrip("/")): each for each in left_out}
    if not names:
        return []
    words = "|".join(sorted(map(re.escape, names), key=len, reverse=True))
    found = re.findall(rf"(?<![\w.-])(?:{words})(?![\w-]|\.\w)", log)
    return [names[each] for each in dict.fromkeys(found)]
