"""Writes YAML anew from what was read of it: what an outside program is given holds nothing that we did not choose."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from ..text.yamldoc import Key, Node

__all__ = ["Copy", "Leave", "write"]

Leave = Callable[[tuple[Key, ...]], bool]
"""Whether the value at a path of keys is left out."""
# Line breaks to YAML, and what is no text in UTF-8.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


class Copy:
    """The text, and for each of its lines the line of the file that it comes from."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._origins: list[int] = []

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(f"{line}\n" for line in self._lines)

    def origin(self, line: int) -> int | None:
        """The line in the file for a line of the copy, from 1."""
        return self._origins[line - 1] if 0 < line <= len(self._origins) else None

    def add(self, line: str, origin: int) -> None:
        """Add a line."""
        self._lines.append(line)
        self._origins.append(origin)


def write(root: Node, leave: Leave = lambda _path: False) -> Copy:
    """The copy of a document, aliases and merges written out, without what is to be left out."""
    copy = Copy()
    _write(root, copy, "", "", (), leave, root.line)
    return copy


def _write(node: Node, copy: Copy, before: str, indent: str, path: tuple[Key, ...], leave: Leave, line: int) -> None:
    """``before`` is what the first line begins with, ``indent`` what those below it do."""
    if node.kind == "scalar":
        copy.add(f"{before}{_scalar(node)}", line)
        return
    entries: list[tuple[str, Key, int, Node]] = (
        [(f"{_scalar(key)}: ", key.text, key.line, value) for key, value in node.entries() if key.kind == "scalar"]
        if node.kind == "mapping"
        else [("- ", number, each.line, each) for number, each in enumerate(node.children)]
    )
    kept = [each for each in entries if not leave((*path, each[1]))]
    if not kept:
        copy.add(f"{before}{'{}' if node.kind == 'mapping' else '[]'}", line)
        return
    if before.strip():
        copy.add(before.rstrip(), line)
    for start, key, at, value in kept:
        _write(value, copy, f"{indent}{start}", f"{indent}  ", (*path, key), leave, at)


def _scalar(node: Node) -> str:
    if node.plain and "\n" not in node.text:
        return node.text
    quoted = json.dumps(node.text, ensure_ascii=False)
    return "".join(f"\\u{ord(each):04x}" if _ESCAPED.match(each) else each for each in quoted)
