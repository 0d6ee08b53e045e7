"""Jinja in YAML: its expressions as words that YAML takes anywhere, and what they stand for."""

from __future__ import annotations

import re
from collections.abc import Callable

__all__ = ["Template", "default_of", "name_of"]

# Of a private area of Unicode, so in nobody's text; letters to YAML, to the shell and to compose.
_FIRST = 0xE000
_MOST = 2_000
_LONGEST = 500
_OPENS = re.compile(r"\{[{%#]")
_CLOSES = {"{{": "}}", "{%": "%}", "{#": "#}"}
_PLACE = re.compile(f"[{chr(_FIRST)}-{chr(_FIRST + _MOST)}]")
_NAME = re.compile(r"\{\{-?\s{0,9}([A-Za-z_]\w{0,99})(?![\w.(\[])")
_DEFAULT = re.compile(r"\|\s{0,9}default\(\s{0,9}(?:'([^']{0,200})'|\"([^\"]{0,200})\")")


class Template:
    """A text with the Jinja taken out. The lines stay where they are.

    An expression becomes one sign, a statement or a comment nothing: what a loop repeats is read once, and of an ``if``
    both sides.
    """

    def __init__(self, content: str) -> None:
        self._expressions: list[str] = []
        self.text = self._without(content) if "{" in content else content

    def _without(self, content: str) -> str:
        parts, at = [], 0
        for opening in _OPENS.finditer(content):
            begin = opening.start()
            if begin < at:
                continue
            end = content.find(_CLOSES[opening[0]], begin, begin + _LONGEST)
            if end < 0 or len(self._expressions) >= _MOST:
                continue
            whole = content[begin : end + 2]
            parts.append(content[at:begin])
            if opening[0] == "{{":
                parts.append(chr(_FIRST + len(self._expressions)))
                self._expressions.append(whole)
            parts.append("\n" * whole.count("\n"))
            at = end + 2
        return "".join([*parts, content[at:]])

    def restore(self, text: str, value_of: Callable[[str], str | None] = lambda _expression: None) -> str:
        """A text of it with its expressions as they stood, or with the values that ``value_of`` gives."""

        def expression(match: re.Match[str]) -> str:
            at = ord(match[0]) - _FIRST
            if at >= len(self._expressions):
                return match[0]
            value = value_of(self._expressions[at])
            return self._expressions[at] if value is None else value

        return _PLACE.sub(expression, text)

    def only(self, text: str) -> str | None:
        """The expression that is all of a text; ``None`` where there is more, or none."""
        text = text.strip()
        is_one = len(text) == 1 and 0 <= ord(text) - _FIRST < len(self._expressions)
        return self._expressions[ord(text) - _FIRST] if is_one else None


def name_of(expression: str) -> str | None:
    """The variable of ``{{ name }}``, with or without a filter; ``None`` for an attribute, a call or an item."""
    match = _NAME.match(expression)
    return match[1] if match is not None else None


def default_of(expression: str) -> str | None:
    """The text of ``| default('…')``."""
    match = _DEFAULT.search(expression)
    return (match[1] or match[2] or "") if match is not None else None
