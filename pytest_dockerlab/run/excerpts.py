"""The lines that findings speak of, taken along in the result: whoever reads it has no repository at hand."""

from __future__ import annotations

from dataclasses import replace

from ..errors import DockerlabError
from ..findings import Excerpt, Finding
from ..messages import shortened
from ..results import ItemResult
from ..submission.files.tree import Tree
from ..submission.text.secrets import quoted

__all__ = ["add_excerpts"]

_AROUND = 3
"""Lines before it, and after it."""
_WIDEST = 200
_READ = 4_000
"""Characters of a line in which secrets are looked for."""
_LONGEST_KEY = 200
"""Lines before, in which a private key may begin."""
_WIDER = 3
"""Further lines on both sides, in which a secret may begin."""


def add_excerpts(result: ItemResult, tree: Tree) -> None:
    """Give each finding that names a line the lines around it; none where the file cannot be read."""
    files: dict[str, list[str] | None] = {}
    for index, finding in enumerate(result.findings):
        if finding.at is None or finding.at.line is None or finding.lines is not None:
            continue
        if finding.at.file not in files:
            files[finding.at.file] = _lines_of(tree, finding.at.file)
        lines = files[finding.at.file]
        if lines is not None and finding.at.line <= len(lines):
            result.findings[index] = _with_lines(finding, lines, finding.at.line)


def _lines_of(tree: Tree, path: str) -> list[str] | None:
    try:
        text = tree.text(path)
    except DockerlabError:
        return None
    return None if text.binary else text.content.split("\n")


def _with_lines(finding: Finding, lines: list[str], number: int) -> Finding:
    first, last = max(1, number - _AROUND), min(len(lines), number + _AROUND)
    if last == len(lines) > number and not lines[-1]:
        last -= 1  # behind the last line's end there is none
    begin, end = max(1, first - _WIDER), last + _WIDER
    without = quoted("\n".join(line[:_READ] for line in lines[begin - 1 : end])).split("\n")
    hidden = _of_private_keys(lines, begin, end)
    shown = [
        "[…]" if begin + at in hidden else shortened(line.removesuffix("\r"), _WIDEST)
        for at, line in enumerate(without)
        if first <= begin + at <= last
    ]
    return replace(finding, lines=Excerpt(first, tuple(shown)))


def _of_private_keys(lines: list[str], first: int, last: int) -> set[int]:
    """The lines that are the body of a private key, wherever that began."""
    found: set[int] = set()
    is_inside = False
    start = max(0, first - _LONGEST_KEY)
    for number, line in enumerate(lines[start:last], start=start + 1):
        if "-----END " in line:
            is_inside = False
        elif is_inside and number >= first:
            found.add(number)
        if "-----BEGIN " in line and "PRIVATE KEY" in line and "-----END " not in line:
            is_inside = True
    return found
