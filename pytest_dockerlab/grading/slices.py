"""The folder of a slice: the order that is carried out there, and what came of it.

In it are ``order.json``, ``results/`` with a file for each submission as soon as it is finished, and ``ended.json`` at
the end. What comes out of it is data of unknown worth.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import DockerlabError
from ..messages import Message, from_json, to_json
from ..results import ItemResult
from ..run.output_files import write_text
from ..source import Source
from .distrusted import json_of
from .out import file_name
from .pool import Slice

__all__ = ["Ended", "Limits", "NoSlice", "ended", "order_slice", "results_in", "slice_in"]

_MAX_ENDED_BYTES = 1_000_000
_LONGEST = 1e9


class NoSlice(DockerlabError):
    """A folder is not that of a slice."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a slice may take: the seconds until the next submission is finished, and bytes of memory."""

    seconds: float
    memory: int
    in_order: float
    """Seconds for an end in order."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program of a slice ended."""

    exit: int | None
    signal: int | None
    why: Message | None
    """Where it did not end by itself."""
    seconds: float
    last_words: str
    """The end of what it printed: text that nobody vouches for."""

    def to_json(self) -> dict[str, Any]:
        """The form of ended.json."""
        return {name: to_json(getattr(self, name)) for name in self.__slots__}


def order_slice(
    number: int,
    folder: Path,
    sources: Sequence[Source],
    check: Sequence[str],
    limits: Limits,
    labs: Sequence[ItemResult] = (),
) -> Slice:
    """A slice in ``folder``, which is made. Raises ``OSError``.

    :param check: the options of the check.
    :param labs: what is known of the docker host already.
    """
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "results").mkdir(parents=True)
    ids = tuple(source.id for source in sources)
    document = {
        "schema": 1,
        "check": list(check),
        "seconds": limits.seconds,
        "memory": limits.memory,
        "in_order": limits.in_order,
        "labs": [each.to_json() for each in labs],
        "sources": [each.to_json() for each in sources],
        "files": [_name(id) for id in ids],
    }
    order = folder / "order.json"
    write_text(order, json.dumps(document))  # escaped: a path is what it is, in UTF-8 or not
    return Slice(number, folder, (sys.executable, "-P", "-m", "pytest_dockerlab.grading.slice", str(order)), ids)


def slice_in(folder: Path) -> tuple[Slice, list[Source]]:
    """The slice in ``folder`` of somebody who was killed, and what it is about. Raises :class:`NoSlice`."""
    try:
        order = json.loads((folder / "order.json").read_text("utf-8"))
        sources = [Source.from_json(each) for each in order["sources"]]
        return Slice(0, folder, (), tuple(source.id for source in sources)), sources
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise NoSlice(str(error)) from error


def results_in(slice: Slice) -> Iterator[tuple[str, Path]]:
    """Which submissions are finished, and where their results are: only regular files are any."""
    for id in slice.ids:
        path = slice.folder / "results" / _name(id)
        if path.is_file() and not path.is_symlink():
            yield id, path


def ended(slice: Slice) -> Ended | None:
    """How it ended, where there was the time to say so."""
    try:
        data: Any = json_of(slice.folder / "ended.json", _MAX_ENDED_BYTES)
        why = from_json(data["why"])
        seconds = float(data["seconds"])
        if not 0 <= seconds < _LONGEST:
            return None
        return Ended(
            exit=None if data["exit"] is None else int(data["exit"]),
            signal=None if data["signal"] is None else int(data["signal"]),
            why=why if isinstance(why, Message) else None,
            seconds=seconds,
            last_words=str(data["last_words"]),
        )
    except (OSError, ValueError, LookupError, TypeError, RecursionError, OverflowError):
        return None


def _name(id: str) -> str:
    return f"{file_name(id)}.json"
