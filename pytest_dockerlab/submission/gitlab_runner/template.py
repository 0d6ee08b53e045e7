"""TOML that is not yet TOML: what Jinja, Terraform, ERB, a shell or a README leaves open in it, taken out of the way.

Every line stays where it is. A value that something fills in becomes a :func:`hole <is_hole>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...findings import Location
from ...messages import _
from ..budget import LIMITS

__all__ = ["Filled", "fill", "is_hole", "is_open"]

_HOLE = "\ue000"
_QUOTED_HOLE = f'"{_HOLE}"'
_MAX_DOTS = 200
"""In one line, outside of strings: each part of a dotted key costs as much as all before it."""

# Each bounded, or possessive: none of it goes back over what it has read.
_PLACE = r"\{\{[^\n]{0,400}?\}\}|\$\{[^{}\n]{0,400}+\}|<%=?[^\n]{0,400}?%>"
_TOKEN = re.compile(
    rf"""
      (?P<comment>\#[^\n]*+)
    | (?P<string>
          \"{{3}}(?:[^"\\]|\\.|"(?!""))*+\"{{3,5}}
        | '{{3}}(?:[^']|'(?!''))*+'{{3,5}}
        | "(?:{_PLACE}|[^"\\\n]|\\[^\n])*+"
        | '(?:{_PLACE}|[^'\n])*+'
      )
    | (?P<directive>\{{%|\{{\#|%\{{)
    | (?P<hole>(?:{_PLACE}|\$\([^()\n]{{0,400}}+\)|\$[A-Za-z_]\w{{0,60}}+)(?:{_PLACE}|[\w.:/-])*+)
    | (?P<named><[\w .@/-]{{1,60}}>)
    | (?P<rest>[^\n\#"'{{%$<\[\].]++|.|\n)
    """,
    re.VERBOSE | re.DOTALL,
)
_ENDS = {"{%": "%}", "{#": "#}", "%{": "}"}
_MAX_DIRECTIVE = 2_000
_ELISION = re.compile(
    r"^[ \t]{0,40}(?:\.{2,10}|…|[\[(](?:\.\.\.|…)[\])]|<(?:\.\.\.|…)>|-{3,80})[ \t\r]{0,40}$", re.MULTILINE
)
_OPEN = re.compile(_PLACE)
_NAMED = re.compile(r"<[\w .@/-]{1,60}>")


@dataclass(frozen=True, slots=True)
class Filled:
    """What can be read as TOML, and what was taken out of the way for that."""

    text: str
    has_holes: bool
    has_conditions: bool
    """Whether what is there depends on conditions or loops of a template."""
    is_elided: bool
    """Whether ``...`` stands for lines that are left out."""


def is_hole(value: object) -> bool:
    """Whether something else fills in this value."""
    return isinstance(value, str) and value.startswith(_HOLE)


def is_open(text: str) -> bool:
    """Whether something else fills in a part of this text, so that nobody knows its length."""
    return is_hole(text) or _OPEN.search(text) is not None or _NAMED.fullmatch(text) is not None


def fill(text: str, path: str, *, is_excerpt: bool = False) -> Filled:
    """Make TOML of it, as far as that goes. Raises :class:`LimitExceeded` for what is nested or dotted without end.

    :param is_excerpt: whether it stands in a README, where ``...`` and ``<your token>`` are for the reader to fill in.
    """
    is_elided = False
    if is_excerpt:
        text, elisions = _ELISION.subn("", text)
        is_elided = elisions > 0
    out: list[str] = []
    line, depth, dots, is_blank = 1, 0, 0, True
    has_holes = has_conditions = False
    at = 0
    while (token := _TOKEN.match(text, at)) is not None:
        kind, found = token.lastgroup, token[0]
        if kind == "directive":  # its end is looked for apart: where there is none, that would be done again and again
            end = text.find(_ENDS[found], at + 2, at + _MAX_DIRECTIVE)
            kind, found = ("directive", text[at : end + len(_ENDS[found])]) if end >= 0 else ("rest", found[0])
        at += len(found)
        lines = found.count("\n")
        match kind:
            case "string":
                found = _OPEN.sub(_without_quotes, found)
                has_holes |= _OPEN.search(found) is not None
            case "directive":
                has_conditions |= not found.startswith("{#")
                found = "\n" * lines
            case "hole" | "named" if kind == "hole" or is_excerpt:
                has_holes = True
                ends = text[at : at + 1] in ("", "\n", "\r")
                # one that is a whole line may be any number of lines
                has_conditions |= is_blank and ends and not depth
                found = "" if is_blank and ends and not depth else _QUOTED_HOLE
            case "rest":
                depth += (found == "[") - (found == "]") + found.count("{") - found.count("}")
                dots += found == "."
                if depth > LIMITS.toml_depth:
                    reason = _("TOML that is nested deeper than {limit}", limit=LIMITS.toml_depth)
                    raise LimitExceeded(reason, at=Location(path, line))
                if dots > _MAX_DOTS:
                    reason = _("more than {limit} points in one line of TOML", limit=_MAX_DOTS)
                    raise LimitExceeded(reason, at=Location(path, line))
        out.append(found)
        line += lines
        if lines:
            dots = 0
            is_blank = True
        else:
            is_blank = is_blank and not found.strip()
    return Filled("".join(out), has_holes, has_conditions, is_elided)


def _without_quotes(match: re.Match[str]) -> str:
    return match[0].replace('"', "`").replace("'", "`").replace("\\", "/")
