"""Faults that a server of the tests has in the place of answers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

__all__ = ["due"]


class Fault(Protocol):
    """Where it is had, by a regular expression, and how often yet; ``None``: always."""

    where: str
    times: int | None


F = TypeVar("F", bound=Fault)


def due(faults: Iterable[F], asked: str) -> F | None:
    """The first one that ``METHOD /path`` meets, counted as had."""
    for fault in faults:
        if re.search(fault.where, asked) and fault.times != 0:
            if fault.times is not None:
                fault.times -= 1
            return fault
    return None
