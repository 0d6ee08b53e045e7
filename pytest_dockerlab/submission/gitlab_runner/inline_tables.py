"""Inline tables over several lines, or with a comma at the end: TOML has them since 1.1, and tomllib does not."""

from __future__ import annotations

import re

__all__ = ["on_one_line"]

_TOKEN = re.compile(
    r"""
      (?P<comment>\#[^\n]*+)
    | (?P<string>\"{3}(?:[^"\\]|\\.|"(?!""))*+\"{3,5} | '{3}(?:[^']|'(?!''))*+'{3,5}
        | "(?:[^"\\\n]|\\[^\n])*+" | '[^'\n]*+')
    | (?P<line>\n)
    | (?P<bracket>[\[\]{}])
    | (?P<rest>[^\n\#"'\[\]{}]++|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def on_one_line(text: str) -> tuple[str, int | None]:
    """The text with each inline table as TOML 1.0 has it, and the first line of one that was not; ``None`` without any.

    What stands behind such a table stays on its line.
    """
    if "{" not in text:
        return text, None
    out: list[str] = []
    open_brackets: list[str] = []
    tables = held = 0
    line, begun, first, is_of_today = 1, 1, None, False
    for token in _TOKEN.finditer(text):
        kind, found = token.lastgroup, token[0]
        line += found.count("\n")
        if kind == "bracket" and found in "[{":
            begun = begun if tables else line
            open_brackets.append(found)
            tables += found == "{"
        elif kind == "bracket":
            if not open_brackets or "[{".index(open_brackets.pop()) != "]}".index(found):
                return text, None  # whatever it is, it is no TOML
            if found == "}":
                tables -= 1
                is_of_today |= _drop_comma(out) or held > 0
                if not tables:
                    found += "\n" * held
                    first = begun if first is None and is_of_today else first
                    held, is_of_today = 0, False
        elif open_brackets and open_brackets[-1] == "{" and kind in ("line", "comment"):
            held += kind == "line"
            found = " "
        out.append(found)
    return (text, None) if open_brackets else ("".join(out), first)


def _drop_comma(out: list[str]) -> bool:
    """Take the comma before the end of a table away, which TOML allows since the same version, if there is one."""
    for at in range(len(out) - 1, -1, -1):
        if bare := out[at].rstrip():
            is_there = bare.endswith(",")
            out[at] = bare[:-1] if is_there else out[at]
            return is_there
    return False
