"""The form of a pipeline, by the JSON schema of GitLab's editor, which check-jsonschema ships.

Only what GitLab itself refuses, whatever its version, is taken from it: kinds of values, words of a closed list, keys
that are missing, and keys that are near a known one. Its patterns and formats are stricter than GitLab, and keys that
it does not know may be newer than it.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib import metadata, resources
from typing import Any

from ...findings import Finding
from ...messages import Message, _
from ..text.secrets import redacted
from .near_names import near_name
from .pipeline import GLOBAL, Pipeline
from .values import Value, list_of, mapping_of

__all__ = ["Form", "form"]


_NAMING = frozenset({"properties", "patternProperties", "definitions", "dependencies"})
"""Keywords whose keys are names, and no keywords."""
_STRICTER = frozenset({"pattern", "format", "uniqueItems", "minLength", "maxLength", "minItems", "maxItems"})
_GROWING = frozenset({"retry", "reports"})
"""Below these, new words come with every version of GitLab."""
_SCRIPTS = frozenset({"script", "before_script", "after_script"})
_FLATTENED = _SCRIPTS | {"rules"}
"""Lists in which a list, as ``!reference`` brings it, is part of the outer one."""
_A_KEY = re.compile(r"[a-z][a-z_]*")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_NEAR = 0.75
_LONGEST = 80
_MOST = 50
"""Findings: whoever has more has made one mistake in many places."""

_KINDS = {
    "string": _("a text"),
    "array": _("a list"),
    "object": _("a mapping"),
    "number": _("a number"),
    "integer": _("a number"),
    "boolean": _("true or false"),
}


@dataclass(slots=True)
class Form:
    """What is wrong with a pipeline by the schema, and what only a newer GitLab could know."""

    findings: list[Finding] = field(default_factory=list)
    unsure: list[Finding] = field(default_factory=list)

    @staticmethod
    def source() -> str:
        """Whose schema that is, and of which version."""
        return f"check-jsonschema {metadata.version('check-jsonschema')}"


def form(pipeline: Pipeline) -> Form:
    """Hold the settings and jobs of a pipeline against the schema; what is not known of them is left out."""
    found = Form()
    kept = {
        name: cleaned
        for name, value in pipeline.root.mapping.items()
        if (name in pipeline.jobs or (name in GLOBAL and "script" not in value.mapping))
        and (cleaned := _cleaned(value, name)) is not None
    }
    _look(mapping_of(kept, pipeline.root.at), found)
    for asked in pipeline.asked_includes:
        _look(mapping_of({"include": asked}, asked.at), found)
    return found


def _look(value: Value, found: Form) -> None:
    for error in _validator().iter_errors(value.plain()):
        for leaf in _leaves(error):
            for is_sure, finding in _said(leaf, value):
                into = found.findings if is_sure else found.unsure
                if len(into) < _MOST and all(each.at != finding.at for each in into):  # one thing in one place
                    into.append(finding)


def _cleaned(value: Value, key: str) -> Value | None:
    """The value as GitLab would judge it: nothing empty, and one list of commands. ``None`` for what is not known."""
    if value.unknown is not None or (isinstance(value.data, str) and "$[[" in value.data):
        return None
    if key == "types":  # how stages were called once
        return None
    if isinstance(value.data, dict):
        entries = {name: _cleaned(each, name) for name, each in value.data.items() if name != "type"}
        return mapping_of({name: each for name, each in entries.items() if each is not None}, value.at)
    if isinstance(value.data, tuple):
        items = _flat(value) if key in _FLATTENED else value.items
        return list_of(tuple(each for item in items if (each := _cleaned(item, "")) is not None), value.at)
    return value if value.data is not None else None


def _flat(value: Value) -> Iterator[Value]:
    for each in value.items:
        if isinstance(each.data, tuple):
            yield from _flat(each)
        else:
            yield each


@functools.cache
def _validator() -> Any:
    import jsonschema

    file = resources.files("check_jsonschema").joinpath("builtin_schemas/vendor/gitlab-ci.json")
    return jsonschema.Draft7Validator(_lenient(json.loads(file.read_text("utf-8"))))


def _lenient(schema: Any) -> Any:
    """The schema without what is stricter than GitLab. Without its patterns more than one alternative may fit."""
    if isinstance(schema, list):
        return [_lenient(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        "anyOf" if key == "oneOf" else key: {name: _lenient(each) for name, each in value.items()}
        if key in _NAMING and isinstance(value, dict)
        else _lenient(value)
        for key, value in schema.items()
        if key not in _STRICTER
    }


@dataclass(frozen=True, slots=True)
class _Leaf:
    """An error that has no further reason: where, which keyword, and what that says."""

    path: tuple[str | int, ...]
    keyword: str
    says: Any
    schema: Any = None


def _leaves(error: Any) -> list[_Leaf]:
    """The errors that somebody made; of several alternatives those of the one that was meant, by the looks of it."""
    path = tuple(error.absolute_path)
    if error.validator != "anyOf":
        return [_Leaf(path, error.validator, error.validator_value, error.schema)]
    branches: dict[int, list[_Leaf]] = {}
    for each in error.context:
        branches.setdefault(each.schema_path[0], []).extend(_leaves(each))
    fitting = [leaves for leaves in branches.values() if not any(_is_of_another_kind(leaf, path) for leaf in leaves)]
    if fitting:
        return min(fitting, key=len)
    kinds = [kind for leaves in branches.values() for leaf in leaves if leaf.path == path for kind in _kinds(leaf)]
    return [_Leaf(path, "type", list(dict.fromkeys(kinds)))]


def _is_of_another_kind(leaf: _Leaf, path: tuple[str | int, ...]) -> bool:
    return leaf.path == path and leaf.keyword in ("type", "enum")


def _kinds(leaf: _Leaf) -> list[str]:
    if leaf.keyword == "enum":
        return ["string"]
    return list(leaf.says) if isinstance(leaf.says, list) else [leaf.says]


def _said(leaf: _Leaf, root: Value) -> Iterator[tuple[bool, Finding]]:
    """What a leaf means to whoever wrote the file, and whether every GitLab says so."""
    value = _at(root, leaf.path)
    where = ":".join(str(each) for each in leaf.path if isinstance(each, str))
    match leaf.keyword:
        case "type":
            yield True, _of_another_kind(leaf, value, where)
        case "enum":
            near = near_name(value.text, [str(each) for each in leaf.says])
            yield (
                not _GROWING.intersection(leaf.path),
                Finding(
                    _("{key} is one of {words}", key=where, words=list(leaf.says)),
                    _written(value),
                    value.at,
                    _("write {name}", name=near) if near else _("write one of these words"),
                ),
            )
        case "required":
            for name in leaf.says:
                if not near_name(name, value.mapping, _NEAR):  # else it is misspelt
                    found = _("there is no {name}", name=name)
                    yield True, Finding(_("{key} has all it needs", key=where), found, value.at, _("add it"))
        case "additionalProperties":
            known = list(leaf.schema.get("properties", ()))
            for name in value.mapping:
                if name not in known:
                    yield _unknown_key(name, known, value.mapping[name], where, leaf)
        case "maximum" | "minimum":
            word = _("at most {number}", number=leaf.says)
            if leaf.keyword == "minimum":
                word = _("at least {number}", number=leaf.says)
            yield (
                True,
                Finding(
                    _("{key} is {number}", key=where, number=word), _written(value), value.at, _("correct the number")
                ),
            )


def _unknown_key(name: str, known: list[str], value: Value, where: str, leaf: _Leaf) -> tuple[bool, Finding]:
    """A key that the schema does not know: it may be younger than the schema, unless it looks like a mistake."""
    near = near_name(name, known, _NEAR)
    elsewhere, is_job = name in _all_keys(), "script" in value.mapping
    hint = _("correct the name or the indentation, or delete it")
    if near and _CYRILLIC.search(name):  # to the eye they are the same
        hint = _("write {name} in Latin letters: it has Cyrillic ones", name=near)
    elif near:
        hint = _("write {name}", name=near)
    elif is_job:
        hint = _("{key} is a job: begin its line without spaces, as the other jobs do", key=name)
    elif elsewhere:
        hint = _("{key} does not belong here: correct the indentation", key=name)
    is_sure = bool(near) or is_job or elsewhere or not _A_KEY.fullmatch(name)
    is_sure = is_sure and not (_GROWING.intersection(leaf.path) and not near)
    return is_sure, Finding(_("GitLab knows each key of {key}", key=where), name, value.at, hint)


@functools.cache
def _all_keys() -> frozenset[str]:
    """The keys that GitLab knows anywhere."""
    found, waiting = set[str](), [_validator().schema]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            properties = each.get("properties")
            found.update(properties if isinstance(properties, dict) else ())
        waiting += each.values() if isinstance(each, dict) else each if isinstance(each, list) else ()
    return frozenset(found)


def _of_another_kind(leaf: _Leaf, value: Value, where: str) -> Finding:
    wanted = [_KINDS[kind] for kind in _kinds(leaf) if kind in _KINDS]
    hint = _("correct the indentation")
    if "array" in _kinds(leaf) and (value.is_scalar or value.mapping):
        hint = _("write it as a list: each item in a line of its own, behind a dash")
    if isinstance(value.data, tuple) and _kinds(leaf) == ["object"]:
        hint = _("write it as name: value, without dashes")
    if isinstance(value.data, str) and {"boolean", "number", "integer"}.intersection(_kinds(leaf)):
        hint = _("write it without quotes")
    if "string" in _kinds(leaf) and value.is_scalar:
        hint = _("put it in quotes")
    if isinstance(value.data, dict) and _SCRIPTS.intersection(leaf.path):
        hint = _("put the whole command in quotes: a colon before a space makes a mapping of it")
    if "services" in leaf.path and value.is_scalar and leaf.path[-1] != "services":
        hint = _("write the image as one word, without a space behind the colon")
    return Finding(_("{key} is {kinds}", key=where, kinds=_either(wanted)), _kind_of(value), value.at, hint)


def _either(kinds: Sequence[Message]) -> Message:
    found: Message = kinds[0] if kinds else _("something else")
    for each in kinds[1:]:
        if each != found:
            found = _("{one} or {another}", one=found, another=each)
    return found


def _kind_of(value: Value) -> Message:
    match value.data:
        case dict():
            return _KINDS["object"]
        case tuple():
            return _KINDS["array"]
        case bool():
            return _KINDS["boolean"]
        case int() | float():
            return _KINDS["number"]
        case None:
            return _("nothing")
    return _KINDS["string"]


def _written(value: Value) -> str:
    """A scalar as it stands there, without what may be a secret."""
    return redacted(value.text[:_LONGEST])


def _at(root: Value, path: Iterable[str | int]) -> Value:
    found = root
    for key in path:
        found = found.items[key] if isinstance(key, int) else found.mapping[key]
    return found
