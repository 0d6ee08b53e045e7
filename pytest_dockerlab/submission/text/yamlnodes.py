"""The node graph of a YAML file, composed from PyYAML's events under limits.

It is composed here and not by PyYAML because its composer recurses, and because what an alias expands to has to be
known before anybody expands it. Nothing is constructed: a scalar stays the text that stands in the file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ...errors import LimitExceeded
from ...findings import Location
from ...messages import Message, _
from ..budget import LIMITS
from .yaml_syntax import syntax_fault

__all__ = ["Composer", "Duplicate", "Key", "Node", "UnreadableYaml", "YamlError"]

Key = str | int


class YamlError(Exception):
    """The file is not YAML that we, or compose, would read. ``reason`` is for the student."""

    def __init__(self, reason: Message, at: Location) -> None:
        super().__init__(f"{at}: {reason}")
        self.reason = reason
        self.at = at


class UnreadableYaml(YamlError):
    """There is no text to judge: the file is not there, too large, or a pointer to somewhere else."""


@dataclass(slots=True, eq=False)
class Node:
    """A mapping (``pairs``), a sequence (``children``) or a scalar (``text``) and the line on which it starts.

    ``size`` and ``depth`` count what stands below it with every alias expanded. ``tag`` is what is written before it:
    ``!reference``.
    """

    kind: str
    line: int
    text: str = ""
    plain: bool = False
    tag: str = ""
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1
    _found: dict[str, tuple[Node, Node]] | None = None

    def entries(self) -> Iterable[tuple[Node, Node]]:
        """The pairs of a mapping, then those that ``<<`` merges into it and that it does not have itself."""
        return self._by_name().values()

    def _by_name(self) -> dict[str, tuple[Node, Node]]:
        if self._found is None:
            self._found = {}
            for key, value in self.pairs:
                if not _is_merge(key):
                    self._found.setdefault(key.text, (key, value))
            for key, value in self.pairs:
                for source in (value.children or [value]) if _is_merge(key) else ():
                    for name, pair in source._by_name().items():
                        self._found.setdefault(name, pair)
        return self._found

    def child(self, key: Key) -> tuple[int, Node] | None:
        """The line and the value of a key or of a place in a sequence."""
        if self.kind == "mapping":
            found = self._by_name().get(str(key))
            return None if found is None else (found[0].line, found[1])
        if self.kind == "sequence" and isinstance(key, int) and 0 <= key < len(self.children):
            return self.children[key].line, self.children[key]
        return None

    def get(self, key: Key) -> Node | None:
        """The value of a key or of a place in a sequence."""
        found = self.child(key)
        return None if found is None else found[1]

    def names(self) -> list[str]:
        """The keys of a mapping, the merged ones too."""
        return list(self._by_name())


def _is_merge(key: Node) -> bool:
    return key.plain and key.text == "<<"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that a mapping has more than once."""

    key: str
    lines: tuple[int, int]


class Composer:
    """Makes the node graph from events, without recursion."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.documents: list[Node] = []
        self.duplicates: list[Duplicate] = []
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        self._firsts: list[dict[str, Node]] = []
        """The keys of each open mapping, as they came first."""
        self._count = 0
        self._anchors: dict[str, Node] = {}
        self._unfinished: dict[str, Node] = {}

    def read(self, content: str) -> None:
        """Compose every document of ``content``; raise :class:`YamlError` where that cannot be."""
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(content, Loader=loader):
                self._take(type(event).__name__, event)
        except yaml.MarkedYAMLError as error:
            raise self._problem(*syntax_fault(error, content)) from None
        except yaml.reader.ReaderError as error:
            line = content.count("\n", 0, int(error.position)) + 1
            raise self._problem(_("invalid YAML: {why}", why=error.reason), line) from None

    @property
    def count(self) -> int:
        """The values of all documents, with all that aliases stand for."""
        return self._count

    def _problem(self, reason: Message, line: int | None) -> YamlError:
        return YamlError(reason, Location(self.path, line))

    def _take(self, kind: str, event: Any) -> None:
        line = event.start_mark.line + 1
        match kind:
            case "DocumentStartEvent":
                self._anchors, self._unfinished = {}, {}
            case "ScalarEvent":
                # PyYAML gives a scalar without a style where it is plain.
                node = Node("scalar", line, event.value, plain=not event.style, tag=event.tag or "")
                self._limit(node, line)
                self._named(event.anchor, node)
                self._put(node)
            case "AliasEvent":
                if event.anchor in self._unfinished:
                    raise self._problem(
                        _("the alias *{name} is inside the value it refers to", name=event.anchor), line
                    )
                if event.anchor not in self._anchors:
                    raise self._problem(
                        _("the alias *{name} refers to an anchor that is not defined", name=event.anchor), line
                    )
                self._limit(self._anchors[event.anchor], line)
                self._put(self._anchors[event.anchor])
            case "MappingStartEvent" | "SequenceStartEvent":
                node = Node("mapping" if kind.startswith("M") else "sequence", line, tag=event.tag or "")
                if event.anchor:
                    self._unfinished[event.anchor] = node
                self._limit(node, line)
                self._open.append(node)
                self._keys.append(None)
                self._firsts.append({})
            case "MappingEndEvent" | "SequenceEndEvent":
                node = self._open.pop()
                self._keys.pop()
                self._firsts.pop()
                for name in [name for name, unfinished in self._unfinished.items() if unfinished is node]:
                    del self._unfinished[name]
                    self._anchors[name] = node
                self._put(node)

    def _named(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _limit(self, node: Node, line: int) -> None:
        """Stop before a value is taken that is too deep, or one too many."""
        self._count += node.size
        if self._count > LIMITS.yaml_values:
            reason = _("more than {limit} values once its aliases are expanded", limit=LIMITS.yaml_values)
        elif len(self._open) + node.depth > LIMITS.yaml_depth:
            reason = _("nested deeper than {limit} levels", limit=LIMITS.yaml_depth)
        else:
            return
        raise LimitExceeded(reason, at=Location(self.path, line))

    def _put(self, node: Node) -> None:
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        parent.size += node.size
        parent.depth = max(parent.depth, 1 + node.depth)
        if parent.kind == "sequence":
            parent.children.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
            return
        self._keys[-1] = None
        first = self._firsts[-1].setdefault(key.text, key)
        if first is not key and key.kind == "scalar" and not _is_merge(key):
            self.duplicates.append(Duplicate(key.text, (first.line, key.line)))
        parent.pairs.append((key, node))
