"""The values of ``.gitlab-ci.yml`` with their places, as GitLab's YAML library (Ruby's Psych) makes them."""

from __future__ import annotations

import datetime
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ...errors import LimitExceeded
from ...findings import Location
from ...messages import Message, _
from ..budget import LIMITS
from ..text.yamldoc import Node

__all__ = ["Value", "list_of", "mapping_of", "merged", "value_of"]

REFERENCE = "!reference"
_LONGEST_NUMBER = 30


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """A mapping, a list or a scalar. Its place is that of its key, or of the item in a list.

    ``text`` is a scalar as it is written. ``is_reference`` says of a list that it is a ``!reference`` to follow.
    ``size`` counts all that stands below it, however often. ``unknown`` says why this is not all that GitLab would find
    here: some of it is in files that are not.
    """

    data: Mapping[str, Value] | tuple[Value, ...] | str | int | float | bool | None
    at: Location
    text: str = ""
    is_reference: bool = False
    size: int = 1
    unknown: Message | None = None

    @property
    def mapping(self) -> Mapping[str, Value]:
        """The keys of a mapping; none of what is no mapping."""
        return self.data if isinstance(self.data, dict) else {}

    @property
    def items(self) -> tuple[Value, ...]:
        """The items of a list; none of what is no list."""
        return self.data if isinstance(self.data, tuple) else ()

    @property
    def is_scalar(self) -> bool:
        """Whether it is one text or number, and neither mapping nor list nor nothing."""
        return self.data is not None and not isinstance(self.data, (dict, tuple))

    def get(self, *keys: str) -> Value | None:
        """What stands below these keys; what is empty there is as good as nothing, as GitLab has it."""
        found: Value | None = self
        for key in keys:
            found = found.mapping.get(key) if found is not None else None
        return found if found is not None and found.data is not None else None

    def texts(self) -> Iterator[Value]:
        """The scalars of a list of lists, or the one scalar."""
        if self.is_scalar:
            yield self
        for each in self.items:
            yield from each.texts()

    def unknowns(self) -> Iterator[tuple[Message, Location]]:
        """What of it and of all below is not known, and where."""
        if self.unknown is not None:
            yield self.unknown, self.at
        if isinstance(self.data, str) and "$[[" in self.data:
            yield _("what is given to an input is put there by GitLab"), self.at
        for each in (*self.items, *self.mapping.values()):
            yield from each.unknowns()

    def plain(self) -> Any:
        """As plain data, without places."""
        if isinstance(self.data, dict):
            return {key: value.plain() for key, value in self.data.items()}
        if isinstance(self.data, tuple):
            return [each.plain() for each in self.data]
        return self.data


def mapping_of(entries: Mapping[str, Value], at: Location, unknown: Message | None = None) -> Value:
    """A mapping. Raises :class:`LimitExceeded` where more stands below it than any pipeline needs."""
    return _limited(Value(dict(entries), at, size=1 + sum(each.size for each in entries.values()), unknown=unknown))


def list_of(items: tuple[Value, ...], at: Location, *, is_reference: bool = False) -> Value:
    """A list, under the same limit."""
    return _limited(Value(items, at, is_reference=is_reference, size=1 + sum(each.size for each in items)))


def merged(below: Value, above: Value) -> Value:
    """Two values as GitLab merges them: mappings key by key, and of anything else the one ``above``."""
    if not isinstance(below.data, dict) or not isinstance(above.data, dict):
        return above
    entries = dict(below.data)
    for key, value in above.data.items():
        entries[key] = merged(entries[key], value) if key in entries else value
    return mapping_of(entries, above.at, above.unknown or below.unknown)


def value_of(node: Node, file: str) -> Value:
    """The value of a file's node. Of a key that stands there twice the last one counts."""
    return _Converter(file).value(node, node.line)


class _Converter:
    def __init__(self, file: str) -> None:
        self._file = file
        self._known: dict[int, Value] = {}
        """By the id of the node: an alias stands for the same value again, and not for a copy."""

    def value(self, node: Node, line: int) -> Value:
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._made(node)
        at = Location(self._file, line)
        return known if known.at == at else replace(known, at=at)

    def _made(self, node: Node) -> Value:
        at = Location(self._file, node.line)
        if node.kind == "mapping":
            return mapping_of(self._entries(node), at)
        if node.kind == "sequence":
            items = tuple(self.value(each, each.line) for each in node.children)
            return list_of(items, at, is_reference=node.tag == REFERENCE)
        return Value(_scalar(node.text) if node.plain else node.text, at, node.text)

    def _entries(self, node: Node) -> dict[str, Value]:
        """A merge takes the place of what stands above it, as in Psych; whatever the specification says."""
        entries: dict[str, Value] = {}
        for key, value in node.pairs:
            if not (key.plain and key.text == "<<"):
                entries[key.text] = self.value(value, key.line)
                continue
            sources = value.children if value.kind == "sequence" else [value]
            for source in reversed(sources):
                entries.update(self.value(source, source.line).mapping)
        return entries


def _limited(value: Value) -> Value:
    if value.size > LIMITS.pipeline_values:
        reason = _("more than {limit} values in the pipeline", limit=LIMITS.pipeline_values)
        raise LimitExceeded(reason, at=value.at)
    return value


@functools.cache
def _yaml() -> tuple[Any, Any]:
    import yaml

    return yaml.resolver.Resolver(), yaml.constructor.SafeConstructor()


def _scalar(text: str) -> str | int | float | bool | None:
    """A plain scalar by the rules of YAML 1.1; what is a date there stays text."""
    import yaml

    if len(text) > _LONGEST_NUMBER or text == "=":
        return text
    resolver, constructor = _yaml()
    tag = resolver.resolve(yaml.ScalarNode, text, (True, False))
    if tag not in _TYPES:
        return text
    try:
        made = constructor.yaml_constructors[tag](constructor, yaml.ScalarNode(tag, text))
    except (ValueError, OverflowError, yaml.YAMLError):
        return text
    return text if isinstance(made, datetime.date) else made


_TYPES = {f"tag:yaml.org,2002:{name}" for name in ("bool", "int", "float", "null")}
