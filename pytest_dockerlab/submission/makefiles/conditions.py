"""The conditional parts of a Makefile: which of them are read. What only the machine can decide is read both ways."""

from __future__ import annotations

import re

from .expansion import Expansion, is_known
from .lines import partition

__all__ = ["Conditions"]

_KINDS = frozenset({"ifeq", "ifneq", "ifdef", "ifndef"})


class Conditions:
    """The conditions around the line that is read."""

    def __init__(self, variables: Expansion) -> None:
        self._variables = variables
        self._open: list[tuple[bool | None, bool | None]] = []
        """Of each: whether its part is read, and whether one of its parts was. ``None``: nobody knows."""

    @property
    def is_active(self) -> bool:
        """Whether what stands here is read."""
        return all(state is not False for state, _taken in self._open)

    @property
    def is_certain(self) -> bool:
        """Whether make would read it on any machine."""
        return all(state is not None for state, _taken in self._open)

    @property
    def depth(self) -> int:
        """How many there are."""
        return len(self._open)

    def close(self, depth: int) -> None:
        """Leave those that a file has left open."""
        del self._open[depth:]

    def take(self, word: str, rest: str) -> bool:
        """Whether it is one of the lines around a conditional part; keeps account of them."""
        if word in _KINDS or re.match(r"(ifn?eq)[(\"']", word):
            kind = re.match(r"ifn?(?:eq|def)", word)
            rest = word[len(kind[0] if kind else word) :] + " " + rest
            state: bool | None = self._decide(kind[0] if kind else word, rest.strip()) if self.is_active else False
            self._open.append((state, state))
        elif word == "else" and self._open:
            _now, taken = self._open.pop()
            other = rest.split(None, 1)
            state = False
            if taken is not True and self.is_active:
                is_another = bool(other) and other[0] in _KINDS
                state = self._decide(other[0], "".join(other[1:])) if is_another else True
            both = None if None in (state, taken) else state or taken
            self._open.append((None if taken is None and state else state, True if state else both))
        elif word == "endif" and self._open:
            self._open.pop()
        else:
            return False
        return True

    def _decide(self, kind: str, text: str) -> bool | None:
        if kind in ("ifdef", "ifndef"):
            value = self._variables.value_of(text.strip())
            return None if value is None or not is_known(value) else bool(value) is (kind == "ifdef")
        if text.startswith("("):
            first, _has_two, second = partition(text.strip()[1:].removesuffix(")"), ",")
        else:
            quoted = re.findall(r"\"([^\"]*)\"|'([^']*)'", text)
            first, second = (["".join(each) for each in quoted] + ["", ""])[:2]
        first, second = self._variables.expand(first).strip(), self._variables.expand(second).strip()
        if not is_known(first + second):
            return None
        return (first == second) is (kind == "ifeq")
