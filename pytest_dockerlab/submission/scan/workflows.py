"""The files by which a repository has itself checked, each by a digest of what it means.

A workflow means the same to GitHub whatever its comments, blank lines, indentation, quotes and the order of its keys
are; nothing else is passed over. The text of a script and the order of steps count, and so does the kind of a value:
``true`` is not ``"true"``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256

from ...errors import LimitExceeded, RefusedPath
from ...messages import _
from ...workflow_paths import is_workflow
from ..budget import LIMITS
from ..files.tree import Tree
from ..text.yamldoc import Node, YamlDoc, YamlError

__all__ = ["meaning", "workflows_of"]

_MOST = 30
_NO_TEXT = re.compile(
    r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)|"
)
"""What is no text without quotes: YAML 1.2's core schema, by which GitHub reads."""


def workflows_of(tree: Tree) -> Mapping[str, str | None]:
    """The digest of each such file by its path; ``None`` for what is not one YAML document in a regular file.

    Raises as :attr:`Tree.files` does, and ``LimitExceeded`` where there are too many to be looked at.
    """
    found = [path for path in tree.files if is_workflow(path)]
    if len(found) > _MOST:
        raise LimitExceeded(_("more than {limit} workflows", limit=_MOST))
    return {path: None if tree.files[path].is_symlink else _meaning_in(tree, path) for path in found}


def meaning(document: YamlDoc) -> str | None:
    """The digest of what a file means; ``None`` for one that is not one document."""
    return _digest(document.documents[0], {}).hex() if len(document.documents) == 1 else None


def _meaning_in(tree: Tree, path: str) -> str | None:
    """What is too large or too deep is nobody's template; the submission's own limits say nothing about the file."""
    if (tree.files[path].size or 0) > LIMITS.yaml_bytes:
        return None
    try:
        text = tree.text(path)
    except RefusedPath:
        return None
    try:
        return meaning(YamlDoc(path, text.content)) if text.encoding == "utf-8" else None
    except (YamlError, LimitExceeded):
        return None


def _digest(node: Node, known: dict[int, bytes]) -> bytes:
    """Of a node by those below it: of what aliases repeat only once."""
    if id(node) not in known:
        if node.kind == "scalar":
            parts = [b"no text" if node.plain and _NO_TEXT.fullmatch(node.text) else b"text", _of(node.text)]
        elif node.kind == "sequence":
            parts = [_digest(child, known) for child in node.children]
        else:
            parts = sorted(_key(key, known) + _digest(value, known) for key, value in node.pairs)
        known[id(node)] = sha256(b"".join([node.kind.encode(), _of(node.tag), *parts])).digest()
    return known[id(node)]


def _key(node: Node, known: dict[int, bytes]) -> bytes:
    """A key is a text, with quotes or without: ``on``, ``"on"``."""
    return _of(node.text) if node.kind == "scalar" and not node.tag else _digest(node, known)


def _of(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
