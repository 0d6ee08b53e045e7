"""YAML that remembers its lines: a small node graph, built from PyYAML's events under limits.

The graph is composed here and not by PyYAML because its composer recurses, and because what an alias expands to has
to be known before anybody expands it. Nothing is constructed: a scalar stays the text that stands in the file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ..errors import LimitExceeded, RefusedPath
from ..findings import Location
from ..messages import Message, _
from .tree import Text, Tree

__all__ = ["Duplicate", "Node", "Scalar", "YamlDoc", "YamlError", "YamlFiles"]

MAX_BYTES = 256 * 1024
MAX_DEPTH = 40
MAX_NODES = 50_000

Key = str | int


class YamlError(Exception):
    """The file is not YAML that we, or compose, would read. ``reason`` is for the student."""

    def __init__(self, reason: Message, at: Location) -> None:
        super().__init__(f"{at}: {reason}")
        self.reason = reason
        self.at = at


@dataclass(slots=True, eq=False)
class Node:
    """A mapping (``pairs``), a sequence (``children``) or a scalar (``text``) and the line on which it starts.

    ``size`` and ``depth`` count what stands below it with every alias expanded.
    """

    kind: str
    line: int
    text: str = ""
    plain: bool = False
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    children: list[Node] = field(default_factory=list)
    size: int = 1
    depth: int = 1

    def entries(self) -> Iterator[tuple[Node, Node]]:
        """The pairs of a mapping, then those that ``<<`` merges into it and that it does not have itself."""
        seen: set[str] = set()
        for key, value in self.pairs:
            if not _is_merge(key) and key.text not in seen:
                seen.add(key.text)
                yield key, value
        for key, value in self.pairs:
            for source in (value.children or [value]) if _is_merge(key) else ():
                for inner_key, inner in source.entries():
                    if inner_key.text not in seen:
                        seen.add(inner_key.text)
                        yield inner_key, inner

    def child(self, key: Key) -> tuple[int, Node] | None:
        """The line and the value of a key or of a place in a sequence."""
        if self.kind == "mapping":
            return next(((found.line, value) for found, value in self.entries() if found.text == str(key)), None)
        if self.kind == "sequence" and isinstance(key, int) and 0 <= key < len(self.children):
            return self.children[key].line, self.children[key]
        return None

    def get(self, key: Key) -> Node | None:
        """The value of a key or of a place in a sequence."""
        found = self.child(key)
        return None if found is None else found[1]

    def names(self) -> list[str]:
        """The keys of a mapping, the merged ones too."""
        return [key.text for key, _value in self.entries()]


def _is_merge(key: Node) -> bool:
    return key.plain and key.text == "<<"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar, where it is, and its raw text."""

    path: tuple[Key, ...]
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A key that a mapping has more than once."""

    key: str
    lines: tuple[int, int]


class YamlDoc:
    """One YAML file. Where it holds several documents, the later ones are searched first, as compose merges them."""

    def __init__(self, path: str, content: str) -> None:
        """Raise :class:`YamlError` for a syntax error and for what is larger or deeper than the limits."""
        self.path = path
        if len(content.encode("utf-8", "replace")) > MAX_BYTES:
            raise YamlError(_("larger than {limit} KiB", limit=MAX_BYTES // 1024), Location(path))
        composer = _Composer(path)
        composer.read(content)
        self.documents: tuple[Node, ...] = tuple(composer.documents)
        self.duplicates: tuple[Duplicate, ...] = tuple(composer.duplicates)

    @classmethod
    def read(cls, tree: Tree, path: str) -> YamlDoc:
        """The document in a file of a submission."""
        try:
            text = tree.text(path)
        except LimitExceeded:
            raise YamlError(_("larger than {limit} KiB", limit=MAX_BYTES // 1024), Location(path)) from None
        except RefusedPath as error:
            raise YamlError(_("cannot be read: {why}", why=error.message), Location(path)) from None
        if text.encoding not in ("utf-8", "utf-16"):
            raise YamlError(_("not in UTF-8"), Location(path, _undecodable_line(tree, path, text)))
        return cls(path, text.content)

    @property
    def root(self) -> Node | None:
        """The first document."""
        return self.documents[0] if self.documents else None

    def node(self, *path: Key) -> Node | None:
        """What stands at ``path``, through aliases and merges."""
        return next((found for document in reversed(self.documents) if (found := _follow(document, path)[2])), None)

    def scalar(self, *path: Key) -> str | None:
        """The raw text at ``path``; ``None`` for what is no scalar."""
        node = self.node(*path)
        return node.text if node is not None and node.kind == "scalar" else None

    def line(self, *path: Key) -> tuple[int, int]:
        """How many steps of ``path`` exist, and the line of the last one that does."""
        found = [_follow(document, path)[:2] for document in reversed(self.documents)]
        return max(found, key=lambda each: each[0], default=(0, 1))

    def location(self, *path: Key) -> Location:
        """The place of a key or item, else of its nearest ancestor."""
        return Location(self.path, self.line(*path)[1])

    def scalars(self) -> Iterator[Scalar]:
        """Every scalar value (not the keys), as often as aliases and merges put it somewhere."""
        for document in self.documents:
            yield from _scalars(document, ())


class YamlFiles(tuple[YamlDoc, ...]):
    """Several files of one project; where two have the same key, the first one wins."""

    __slots__ = ()

    def location(self, *path: Key) -> Location:
        """The place of ``path`` in the first file that has most of it."""
        found = [(doc.line(*path), doc) for doc in self]
        (_steps, line), doc = max(found, key=lambda each: each[0][0])
        return Location(doc.path, line)

    def scalar(self, *path: Key) -> str | None:
        """The raw text at ``path`` in the first file that has it."""
        return next((text for doc in self if (text := doc.scalar(*path)) is not None), None)

    def locate_scalar(self, text: str, *path: Key) -> Location:
        """The place of the value ``text`` somewhere below ``path``, else of ``path``."""
        for doc in self:
            waiting = [node for node in [doc.node(*path)] if node is not None]
            while waiting:
                node = waiting.pop()
                if node.kind == "scalar" and node.text == text:
                    return Location(doc.path, node.line)
                waiting += [value for _key, value in node.entries()] + node.children
        return self.location(*path)


def _follow(node: Node, path: tuple[Key, ...]) -> tuple[int, int, Node | None]:
    line = node.line
    for steps, key in enumerate(path):
        found = node.child(key)
        if found is None:
            return steps, line, None
        line, node = found
    return len(path), line, node


def _scalars(node: Node, path: tuple[Key, ...]) -> Iterator[Scalar]:
    if node.kind == "scalar":
        yield Scalar(path, node.text, node.line)
    for key, value in node.entries():
        yield from _scalars(value, (*path, key.text))
    for index, child in enumerate(node.children):
        yield from _scalars(child, (*path, index))


def _undecodable_line(tree: Tree, path: str, text: Text) -> int | None:
    data = tree.read(path)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return data.count(b"\n", 0, error.start) + 1
    return None if text.content else 1


class _Composer:
    """Makes the node graph from events, without recursion."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.documents: list[Node] = []
        self.duplicates: list[Duplicate] = []
        self._open: list[Node] = []
        self._keys: list[Node | None] = []
        self._anchors: dict[str, Node] = {}
        self._unfinished: dict[str, Node] = {}

    def read(self, content: str) -> None:
        import yaml

        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        try:
            for event in yaml.parse(content, Loader=loader):
                self._take(type(event).__name__, event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark is not None else None
            why = " ".join(part for part in (error.context, error.problem) if part)
            raise self._problem(_("invalid YAML: {why}", why=why), line) from None
        except yaml.reader.ReaderError as error:
            line = content.count("\n", 0, int(error.position)) + 1
            raise self._problem(_("invalid YAML: {why}", why=error.reason), line) from None

    def _problem(self, reason: Message, line: int | None) -> YamlError:
        return YamlError(reason, Location(self.path, line))

    def _take(self, kind: str, event: Any) -> None:
        line = event.start_mark.line + 1
        match kind:
            case "DocumentStartEvent":
                self._anchors, self._unfinished = {}, {}
            case "ScalarEvent":
                # PyYAML gives a scalar without a style where it is plain.
                node = Node("scalar", line, event.value, plain=event.style is None or event.style == "")
                self._named(event.anchor, node)
                self._put(node)
            case "AliasEvent":
                if event.anchor in self._unfinished:
                    raise self._problem(_("the alias *{name} stands inside what it names", name=event.anchor), line)
                if event.anchor not in self._anchors:
                    raise self._problem(_("the alias *{name} names nothing", name=event.anchor), line)
                self._put(self._anchors[event.anchor])
            case "MappingStartEvent" | "SequenceStartEvent":
                if len(self._open) >= MAX_DEPTH:
                    raise self._problem(_("nested deeper than {limit} levels", limit=MAX_DEPTH), line)
                node = Node("mapping" if kind.startswith("M") else "sequence", line)
                if event.anchor:
                    self._unfinished[event.anchor] = node
                self._open.append(node)
                self._keys.append(None)
            case "MappingEndEvent" | "SequenceEndEvent":
                node = self._open.pop()
                self._keys.pop()
                for name in [name for name, unfinished in self._unfinished.items() if unfinished is node]:
                    del self._unfinished[name]
                    self._anchors[name] = node
                self._measure(node)
                self._put(node)

    def _named(self, anchor: str | None, node: Node) -> None:
        if anchor:
            self._anchors[anchor] = node

    def _measure(self, node: Node) -> None:
        below = [each for pair in node.pairs for each in pair] + node.children
        node.size = 1 + sum(each.size for each in below)
        node.depth = 1 + max((each.depth for each in below), default=0)
        if node.size > MAX_NODES:
            raise self._problem(_("more than {limit} values once its aliases are expanded", limit=MAX_NODES), node.line)
        if node.depth > MAX_DEPTH:
            raise self._problem(_("nested deeper than {limit} levels", limit=MAX_DEPTH), node.line)

    def _put(self, node: Node) -> None:
        if not self._open:
            self.documents.append(node)
            return
        parent = self._open[-1]
        if parent.kind == "sequence":
            parent.children.append(node)
            return
        key = self._keys[-1]
        if key is None:
            self._keys[-1] = node
            return
        self._keys[-1] = None
        first = next((each for each, _value in parent.pairs if each.text == key.text), None)
        if first is not None and key.kind == "scalar" and not _is_merge(key):
            self.duplicates.append(Duplicate(key.text, (first.line, key.line)))
        parent.pairs.append((key, node))
