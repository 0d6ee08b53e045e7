"""Who runs slices: processes of this machine, or workers of HyperQueue elsewhere.

A slice is a folder with an order in it, and one program that carries it out, wherever it is started: it limits itself,
writes the results of each submission as it is done, and last how it ended. A pool starts that program and says when it
is over. What the folder then holds is data of unknown worth: the parent validates every file of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ..messages import Message

__all__ = ["Over", "Pool", "Slice"]


@dataclass(frozen=True, slots=True)
class Slice:
    """Some submissions that one run checks, in a folder of its own."""

    number: int
    folder: Path
    argv: tuple[str, ...]
    """The program that carries out its order."""
    ids: tuple[str, ...]

    @property
    def order(self) -> Path:
        """What is to be done."""
        return self.folder / "order.json"

    @property
    def stop(self) -> Path:
        """Once this file is there, the program ends: elsewhere, no signal reaches it."""
        return self.folder / "stop"


@dataclass(frozen=True, slots=True)
class Over:
    """A slice whose program runs no more."""

    slice: Slice
    why: Message | None = None
    """What the pool knows of its death, where the program itself could not write how it ended."""


class Pool(Protocol):
    """Takes slices and says which are over, in whatever order."""

    def start(self, slice: Slice) -> None:
        """Have it run, now or as soon as there is a place. Raises :class:`DockerlabError` where nothing can be."""

    def over(self, seconds: float) -> Sequence[Over]:
        """Those that ended since it was last asked; waits at most so long for one."""

    def close(self) -> None:
        """End all that runs or waits."""
