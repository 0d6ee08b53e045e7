"""What one module of ours is made of: its functions and the rest of it, each with its digest and what it mentions.

Digests are of the syntax, not of the text: comments, docstrings and layout do not count, nor does the version of Python
that reads it.
"""

from __future__ import annotations

import ast
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

__all__ = ["Module", "Unit", "read_module"]

_PLAIN = {
    *("property", "setter", "cached_property", "cache", "lru_cache", "staticmethod", "classmethod", "contextmanager"),
    *("abstractmethod", "overload", "override", "final", "wraps", "fixture"),
}
"""Decorators that leave a function to be called by its name. Any other may hand it to somebody: it counts at once."""


@dataclass(slots=True)
class Unit:
    """A function (of a class too), or what is left of a module without its functions."""

    digest: str = ""
    mentions: set[str] = field(default_factory=set)
    """Every name in it, and every string that could be one."""
    attributes: set[str] = field(default_factory=set)
    """Of these: what stands behind a dot."""
    arguments: set[str] = field(default_factory=set)
    strings: set[str] = field(default_factory=set)
    """Of these: what may name a fixture."""
    data: set[str] = field(default_factory=set)
    """Strings that could name a file."""
    imports: set[str] = field(default_factory=set)
    """Modules of ours that are imported when it runs."""
    is_fixture: bool = False
    is_always_on: bool = False
    """Whether somebody may call it who has not its name: a method of a class with a base, a hook, a ``__method__``."""


@dataclass(slots=True)
class Module:
    """A module: ``units`` by the names of the functions, and ``""`` for the rest of it."""

    units: dict[str, list[Unit]]
    typing: dict[str, str]
    """Names that stand for types only, and the modules that they are of."""


def read_module(name: str, path: Path, known: Container[str]) -> Module:
    """Read a module. ``known`` are the names of all modules of ours. Raises ``OSError``."""
    reader = _Reader(name, known, is_package=path.name == "__init__.py")
    content = path.read_bytes()
    try:
        reader.read(ast.parse(content, str(path)))
    except (SyntaxError, ValueError, RecursionError):  # of a pack, and nothing has imported it yet
        return Module({"": [Unit(sha256(content).hexdigest(), is_always_on=True)]}, {})
    return Module(reader.units, reader.typing)


class _Reader:
    def __init__(self, name: str, known: Container[str], *, is_package: bool) -> None:
        self._package = name.split(".") if is_package else name.split(".")[:-1]
        self._known = known
        self.units: dict[str, list[Unit]] = {}
        self.typing: dict[str, str] = {}

    def read(self, tree: ast.Module) -> None:
        self._unit("", [tree], is_always_on=True)

    def _unit(self, name: str, nodes: list[ast.AST], *, is_always_on: bool) -> None:
        unit = Unit(is_always_on=is_always_on)
        digest = sha256()
        functions: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]] = []
        for node in nodes:
            for piece in self._walk(node, unit, functions if not name else None, in_derived=False):
                digest.update(piece.encode("utf-8", "surrogatepass"))
        unit.digest = digest.hexdigest()
        self.units.setdefault(name, []).append(unit)
        for function, in_derived in functions:
            decorators = {_last_name(each) for each in function.decorator_list}
            dunder = function.name.startswith("__") and function.name.endswith("__")
            always = in_derived or dunder or function.name.startswith("pytest_") or not decorators <= _PLAIN
            self._unit(function.name, [function], is_always_on=always)
            self.units[function.name][-1].is_fixture = "fixture" in decorators

    def _walk(
        self,
        node: ast.AST,
        unit: Unit,
        functions: list[tuple[ast.FunctionDef | ast.AsyncFunctionDef, bool]] | None,
        *,
        in_derived: bool,
    ) -> Iterator[str]:
        """The syntax, piece by piece; functions are left to units of their own where there is a list for them."""
        if functions is not None and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            functions.append((node, in_derived))
            return
        if isinstance(node, ast.If) and _last_name(node.test) == "TYPE_CHECKING":
            for statement in node.body:
                self.typing.update(self._imported(statement))
            return
        self._note(node, unit)
        if isinstance(node, ast.ClassDef):
            decorators = {_last_name(each) for each in node.decorator_list}
            in_derived = bool(node.bases or node.keywords or decorators - {"dataclass"})
        yield f"({type(node).__name__}"
        for name, value in ast.iter_fields(node):
            if name in ("ctx", "type_comment", "kind") or value is None or value == []:
                continue
            yield f" {name}"
            values = value if isinstance(value, list) else [value]
            for each in values:
                if _is_docstring(each):
                    continue
                if isinstance(each, ast.AST):
                    yield from self._walk(each, unit, functions, in_derived=in_derived)
                else:
                    yield f" {each!r}"
        yield ")"

    def _note(self, node: ast.AST, unit: Unit) -> None:
        match node:
            case ast.Attribute(attr=name):
                unit.mentions.add(name)
                unit.attributes.add(name)
            case ast.Name(id=name):
                unit.mentions.add(name)
            case ast.arg(arg=name):
                unit.mentions.add(name)
                unit.arguments.add(name)
            case ast.keyword(arg=str(name)):
                unit.mentions.add(name)
            case ast.MatchClass(kwd_attrs=names):
                unit.mentions.update(names)
            case ast.Constant(value=str(value)):
                if value.isidentifier():
                    unit.mentions.add(value)
                    unit.strings.add(value)
                elif len(value) < 100 and "." in value:
                    unit.data.add(value)
            case ast.Import() | ast.ImportFrom():
                unit.mentions.update(each.asname or each.name for each in node.names)
                unit.mentions.update(each.name for each in node.names)
                unit.imports.update(self._imported(node).values())

    def _imported(self, node: ast.AST) -> dict[str, str]:
        """Modules of ours that a statement imports, by the names that it gives to them or to what is in them."""
        found = {}
        if isinstance(node, ast.Import):
            for each in node.names:
                if each.name in self._known:
                    found[each.asname or each.name] = each.name
        elif isinstance(node, ast.ImportFrom):
            above = self._package[: len(self._package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            for each in node.names:
                full = f"{base}.{each.name}"
                if full in self._known or base in self._known:
                    found[each.asname or each.name] = full if full in self._known else base
        return found


def _last_name(node: ast.AST) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Call(func=function):
            return _last_name(function)
    return ""


def _is_docstring(statement: object) -> bool:
    """Of a module, a class or a function, or behind the attribute that it is about."""
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )
