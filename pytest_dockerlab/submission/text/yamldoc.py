"""YAML files that remember their lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import _
from ..budget import LIMITS, Budget
from ..files.tree import Text, Tree
from .yamlnodes import Composer, Duplicate, Key, Node, UnreadableYaml, YamlError

__all__ = ["Duplicate", "Key", "Node", "Scalar", "UnreadableYaml", "YamlDoc", "YamlError", "YamlFiles"]


@dataclass(frozen=True, slots=True)
class Scalar:
    """A scalar, where it is, and its raw text."""

    path: tuple[Key, ...]
    text: str
    line: int


class YamlDoc:
    """One YAML file. Where it holds several documents, the later ones are searched first, as compose merges them."""

    def __init__(self, path: str, content: str, budget: Budget | None = None) -> None:
        """Raise :class:`YamlError` for a syntax error, ``LimitExceeded`` for what is larger or deeper than allowed."""
        self.path = path
        if len(content.encode("utf-8", "replace")) > LIMITS.yaml_bytes:
            raise LimitExceeded(_("larger than {limit} KiB", limit=LIMITS.yaml_bytes // 1024), at=Location(path))
        composer = Composer(path)
        composer.read(content)
        if budget is not None:
            reason = _("more than {limit} values in the YAML files of one submission", limit=LIMITS.yaml_total)
            budget.spend("yaml_total", composer.count, reason, Location(path))
        self.documents: tuple[Node, ...] = tuple(composer.documents)
        self.duplicates: tuple[Duplicate, ...] = tuple(composer.duplicates)

    @classmethod
    def read(cls, tree: Tree, path: str) -> YamlDoc:
        """The document in a file of a submission."""
        try:
            text = tree.text(path)
        except RefusedPath as error:
            raise UnreadableYaml(_("cannot be read: {why}", why=error.text), Location(path)) from None
        if text.encoding not in ("utf-8", "utf-16"):
            raise YamlError(_("not in UTF-8"), Location(path, _undecodable_line(tree, path, text)))
        return cls(path, text.content, tree.budget)

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
