"""The header ``WWW-Authenticate``: which logins a registry accepts, and who gives out its tokens (RFC 9110, 11.6.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

__all__ = ["Challenge", "parse_challenges"]

_MAX_HEADERS = 8
_MAX_LENGTH = 4096
_MAX_PARAMETERS = 16
_WORD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
# A parameter, else a scheme; what is neither is passed over. A value without quotes may be a URL, as some have it.
_PIECE = re.compile(
    r"(?<![!#$%&'*+.^_`|~0-9A-Za-z-])"
    rf'(?:(?P<name>{_WORD})[ \t]*=[ \t]*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<plain>[^\s",]+))'
    rf"|(?P<scheme>{_WORD})(?=[ \t]|,|$))"
)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One way to log in: the scheme in lower case, and its parameters by their names in lower case."""

    scheme: str
    parameters: Mapping[str, str] = field(default_factory=dict)


def parse_challenges(headers: Iterable[str]) -> list[Challenge]:
    """The challenges of all ``WWW-Authenticate`` headers of an answer. What cannot be understood is left out."""
    found: list[Challenge] = []
    for header in list(headers)[:_MAX_HEADERS]:
        parameters: dict[str, str] | None = None
        for piece in _PIECE.finditer(header[:_MAX_LENGTH]):
            if piece["scheme"] is not None:
                parameters = {}
                found.append(Challenge(piece["scheme"].lower(), parameters))
            elif parameters is not None and len(parameters) < _MAX_PARAMETERS:
                value = piece["plain"] if piece["quoted"] is None else re.sub(r"\\(.)", r"\1", piece["quoted"])
                parameters.setdefault(piece["name"].lower(), value)
    return found
