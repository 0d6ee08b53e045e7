"""TOML files that remember their lines: tomllib has the values, tree-sitter's grammar where they stand."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator
from typing import Any

from ...errors import LimitExceeded
from ...findings import Finding, Location, Mismatch
from ...messages import _, excerpt
from ..budget import LIMITS
from .inline_tables import on_one_line
from .template import Filled, fill

__all__ = ["Key", "TomlDoc"]

Key = str | int

_AT_LINE = re.compile(r" ?\(at (?:line (\d{1,9}), column \d{1,9}|end of document)\)")
# An apostrophe within a word is no quote.
_COPIED = {
    r"[“”„«»]|\B[‘’]|[‘’]\B": _("curly quotes, as copied text has; TOML takes straight ones"),
    "\u00a0": _("a no-break space, as copied text has; take the plain one"),
}
_OPEN = _("a comma or the closing bracket is missing before this")
_TWICE = _("a key or section that is there before")
_QUOTE = _("a quote that is not closed")
# How tomllib's own words begin, of what people get wrong.
_FAULTS = {
    "Unclosed ": _OPEN, "Expected ']": _OPEN, "Cannot ": _TWICE, "Duplicate ": _TWICE, "Unterminated ": _QUOTE,
    "Illegal character '\\n'": _QUOTE, "Expected '='": _("a key without ="), "Invalid value": _("text without quotes"),
    "Expected newline": _("something more behind a value"), "Invalid statement": _("neither a section nor key = value"),
    "Unescaped '\\'": _("a single backslash in double quotes: write two of them"),
}  # fmt: skip


class TomlDoc:
    """One TOML text. Keys are found whatever their case, as the runner finds them."""

    def __init__(self, text: str, path: str, first_line: int = 1, *, is_excerpt: bool = False) -> None:
        """Raise ``Mismatch`` for a syntax error, :class:`LimitExceeded` for what is larger or deeper than allowed.

        :param first_line: the line of the file ``path`` on which the text begins.
        :param is_excerpt: whether it stands in a README.
        """
        self.path = path
        self.source = text
        self.first_line = first_line
        self.is_excerpt = is_excerpt
        if len(text.encode("utf-8", "replace")) > LIMITS.toml_bytes:
            raise LimitExceeded(
                _("larger than {limit} KiB", limit=LIMITS.toml_bytes // 1024), at=Location(path, first_line)
            )
        self.filled: Filled = fill(text.replace("\r\n", "\n"), path, is_excerpt=is_excerpt)
        self._text, line = on_one_line(self.filled.text)
        self.long_table: Location | None = None if line is None else Location(path, first_line + line - 1)
        """An inline table over several lines, which only TOML 1.1 has."""
        self.data: dict[str, Any] = self._loaded()

    def _loaded(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self._text)
        except tomllib.TOMLDecodeError as error:
            said = str(error)
            at = _AT_LINE.search(said)
            last = self._text.rstrip().count("\n") + 1
            line = int(at[1]) if at is not None and at[1] else last
            why = next((why for words, why in _FAULTS.items() if said.startswith(words)), None)
            for signs, cause in _COPIED.items():
                why = cause if re.search(signs, self._text.split("\n")[min(line, last) - 1]) else why
            raise Mismatch(
                Finding(
                    _("the configuration is valid TOML"),
                    why or excerpt(_AT_LINE.sub("", said)),
                    Location(self.path, self.first_line + min(line, last) - 1),
                    _("correct it at this place: text is in quotes, keys are followed by =, and none is there twice"),
                )
            ) from None
        except (RecursionError, ValueError) as error:  # a number of a thousand digits is none to Python
            raise LimitExceeded(
                _("TOML that cannot be read: {why}", why=type(error).__name__), at=Location(self.path, self.first_line)
            ) from None

    def location(self, *path: Key) -> Location:
        """The place of a key, a table or an item of an array, else of its nearest ancestor."""
        return Location(self.path, self.first_line + self.line(*path) - 1)

    def has(self, *path: Key) -> bool:
        """Whether there is such a key, table or item."""
        return _folded(path) in self._lines

    def line(self, *path: Key) -> int:
        """The line of it in this text, from 1."""
        wanted = _folded(path)
        for length in range(len(wanted), 0, -1):
            if (line := self._lines.get(wanted[:length])) is not None:
                return line
        return 1

    @functools.cached_property
    def _lines(self) -> dict[tuple[Key, ...], int]:
        found: dict[tuple[Key, ...], int] = {}
        counted: dict[tuple[Key, ...], int] = {}

        def resolved(names: tuple[str, ...]) -> tuple[Key, ...]:
            """Of a header's name: with the places in arrays of tables, of which the last is meant."""
            done: tuple[Key, ...] = ()
            for name in names:
                done = (*done, name)
                if done in counted:
                    done = (*done, counted[done])
            return done

        for node in _parser().parse(self._text.encode("utf-8", "replace")).root_node.children:
            prefix: tuple[Key, ...] = ()
            if node.type == "pair":
                _add(node, prefix, found)
                continue
            if node.type not in ("table", "table_array_element"):
                continue
            names = _names(node)
            if node.type == "table_array_element":
                bare = (*resolved(names[:-1]), *names[-1:])
                counted[bare] = counted.get(bare, -1) + 1
                found.setdefault(bare, node.start_point[0] + 1)
                prefix = (*bare, counted[bare])
            else:
                prefix = resolved(names)
            found[prefix] = node.start_point[0] + 1
            for length in range(1, len(prefix)):  # what is there without a header of its own
                found.setdefault(prefix[:length], node.start_point[0] + 1)
            for child in node.children:
                if child.type == "pair":
                    _add(child, prefix, found)
        return found


def _add(pair: Any, prefix: tuple[Key, ...], found: dict[tuple[Key, ...], int]) -> None:
    """The lines of a key and of what is inside of its value."""
    waiting = [(pair, prefix)]
    while waiting:
        node, at = waiting.pop()
        if node.type == "pair":
            at = (*at, *_names(node))
            found.setdefault(at, node.start_point[0] + 1)
            node = node.children[-1]
        if node.type == "inline_table":
            waiting += [(child, at) for child in node.children if child.type == "pair"]
        elif node.type == "array":
            items = (child for child in node.children if child.type not in ("[", "]", ",", "comment"))
            for index, child in enumerate(items):
                found[*at, index] = child.start_point[0] + 1
                waiting.append((child, (*at, index)))


def _names(node: Any) -> tuple[str, ...]:
    """The parts of the name of a pair or a header."""
    return tuple(reversed(list(_reversed_names(node))))


def _reversed_names(node: Any) -> Iterator[str]:
    waiting = [child for child in node.children if child.type in ("bare_key", "quoted_key", "dotted_key")][:1]
    while waiting:
        key = waiting.pop()
        if key.type == "dotted_key":
            waiting += [child for child in key.children if child.type != "."]
        else:
            yield key.text.decode("utf-8", "replace").strip("\"'").casefold()


def _folded(path: tuple[Key, ...]) -> tuple[Key, ...]:
    return tuple(part.casefold() if isinstance(part, str) else part for part in path)


@functools.cache
def _parser() -> Any:
    import tree_sitter
    import tree_sitter_toml

    return tree_sitter.Parser(tree_sitter.Language(tree_sitter_toml.language()))
