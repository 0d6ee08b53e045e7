"""No regular expression of ours takes more time than grows with the text: a submission may be any text.

Every expression is tried on strings made of the expression itself: what leads to each of its repetitions, then one
thing again and again, then something that does not fit. It is the growth of the time that is looked at, not the time.
"""

from __future__ import annotations

import ast
import functools
import importlib
import itertools
import pkgutil
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import pytest_dockerlab
import pytest_dockerlab.checks

_METHODS = ("search", "match", "fullmatch", "finditer", "findall", "split", "sub", "subn")
_LENGTHS = (12, 18, 24, 100, 200, 400, 800, 1_600)
_NOTICED = 0.002
_REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
_MANY = 50
_ALPHABET = "a0 \t\n-_./:=\"'<>${}()[]`#\\,;|&@*!яA"


@dataclass(frozen=True)
class Expression:
    """A pattern, where it stands, and how it is used: ``match`` only where it is never searched for."""

    where: str
    pattern: re.Pattern[str]
    method: str


def expressions() -> list[Expression]:
    """Those of every module, as far as they can be known without running it."""
    found = []
    for package in (pytest_dockerlab, pytest_dockerlab.checks):
        for each in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".isolated" not in each.name and not each.name.endswith("__main__"):
                found += _of_module(importlib.import_module(each.name))
    known = {(each.pattern.pattern, each.pattern.flags, each.method): each for each in found}
    return sorted(known.values(), key=lambda each: (each.where, each.pattern.pattern))


def _of_module(module: Any) -> Iterator[Expression]:
    source = Path(module.__file__).read_text("utf-8")
    names = {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}
    used: dict[str, set[str]] = {}
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in _METHODS):
            continue
        used.setdefault(node.value.id, set()).add(node.attr)
    for name, pattern in names.items():
        if isinstance(pattern.pattern, str):
            yield Expression(f"{module.__name__}.{name}", pattern, _method(used.get(name, {"search"})))
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            if not (isinstance(node.func.value, ast.Name) and node.func.value.id == "re"):
                continue
            try:
                flags = [word.value for word in node.keywords if word.arg == "flags"]
                values = [_value(each, module) for each in (node.args[0], *flags)]
                pattern = re.compile(*values)
            except Exception:  # noqa: BLE001 - it knows a local variable: an escaped text, mostly
                continue
            if isinstance(pattern.pattern, str) and node.func.attr != "compile":
                yield Expression(f"{module.__name__}:{node.lineno}", pattern, _method({node.func.attr}))


def _value(node: ast.expr, module: Any) -> Any:
    return eval(compile(ast.Expression(node), "", "eval"), dict(vars(module)))


def _method(methods: set[str]) -> str:
    return "match" if methods <= {"match", "fullmatch"} else "search"


def hostile(pattern: re.Pattern[str]) -> Iterator[tuple[str, str, str]]:
    """What comes before, what again and again, and what at last."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    literals = dict.fromkeys(chr(code) for code in _literals(tree))
    befores = dict.fromkeys(["", *(before for before, _body in _repeats(tree, ""))])
    bodies = dict.fromkeys(body for _before, body in _repeats(tree, "") if len(body) > 1)
    whole = _sample(tree)
    wholes = [text for text in (whole, whole[:-1], *befores) if len(text) > 1]
    pumps = dict.fromkeys([*_ALPHABET, *literals, *bodies, *wholes, " a", "a.", *(f"{body} " for body in bodies)])
    yield from itertools.product(befores, pumps, ("", "\0"))


def _literals(tree: Any) -> Iterator[int]:
    for code, value in tree:
        if code in (codes.LITERAL, codes.NOT_LITERAL):
            yield value
        elif code is codes.RANGE:
            yield from value
        elif code is codes.IN:
            yield from _literals(value)
        else:
            for part in _parts(code, value):
                yield from _literals(part)


def _parts(code: Any, value: Any) -> list[Any]:
    if code in _REPEATS:
        return [value[2]]
    if code is codes.SUBPATTERN:
        return [value[3]]
    if code is codes.BRANCH:
        return list(value[1])
    if code is codes.ATOMIC_GROUP:
        return [value]
    return [value[1]] if code in (codes.ASSERT, codes.ASSERT_NOT) else []


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    for at, (code, value) in enumerate(tree):
        here = before + "".join(_sample([each]) for each in tree[:at])
        if code in _REPEATS and (value[1] is codes.MAXREPEAT or value[1] > _MANY):
            yield here, _sample(value[2])
        for part in _parts(code, value):
            yield from _repeats(part, here)


def _sample(tree: Any) -> str:
    """A short text that fits."""
    text = ""
    for code, value in tree:
        if code is codes.LITERAL:
            text += chr(value)
        elif code is codes.NOT_LITERAL:
            text += "a" if value != ord("a") else "b"
        elif code is codes.ANY:
            text += "a"
        elif code is codes.IN:
            text += next((each for each in f"a0 {_ALPHABET}" if _fits(value, each)), "a")
        elif code in _REPEATS:
            text += _sample(value[2]) * max(1, min(value[0], 5))
        elif code is codes.BRANCH:
            text += _sample(value[1][0])
        elif code in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            text += _sample(value[3] if code is codes.SUBPATTERN else value)
    return text


def _fits(choices: Any, char: str) -> bool:
    negated = choices[0][0] is codes.NEGATE
    return negated != any(_is_one(code, value, char) for code, value in choices if code is not codes.NEGATE)


_CATEGORIES = {
    codes.CATEGORY_DIGIT: r"\d",
    codes.CATEGORY_SPACE: r"\s",
    codes.CATEGORY_WORD: r"\w",
    codes.CATEGORY_NOT_DIGIT: r"\D",
    codes.CATEGORY_NOT_SPACE: r"\S",
    codes.CATEGORY_NOT_WORD: r"\W",
}


def _is_one(code: Any, value: Any, char: str) -> bool:
    if code is codes.LITERAL:
        return bool(ord(char) == value)
    if code is codes.RANGE:
        return bool(value[0] <= ord(char) <= value[1])
    return code is codes.CATEGORY and re.match(_CATEGORIES[value], char) is not None


def _seconds(each: Expression, text: str) -> float:
    begin = time.process_time()
    if each.method == "match":
        each.pattern.match(text)
    else:
        for _match in each.pattern.finditer(text):
            pass
    return time.process_time() - begin


def _is_slow(each: Expression, before: str, again: str, last: str) -> bool:
    def seconds(length: int) -> float:
        return _seconds(each, before + again * (length // len(again)) + last)

    for length in _LENGTHS:
        once = seconds(length)
        if once > _NOTICED:
            once = min(once, seconds(length), seconds(length))
            if length < 100:
                return once > _NOTICED  # that is exponential
            return once > _NOTICED / 2 and min(seconds(4 * length), seconds(4 * length)) > 8 * once  # quadratic: 16
    return False


def slow(each: Expression) -> Iterator[str]:
    """The strings that it takes too long over."""
    for before, again, last in hostile(each.pattern):
        if _is_slow(each, before, again, last):
            yield f"{before!r} + {again!r} * n + {last!r}"


@pytest.mark.parametrize("text", [r"(a+)+b", r"a*a*b", r"x\s*=(.*?)\s*$", r"\w+@"])
def test_an_expression_that_backtracks_is_found(text: str) -> None:
    assert any(slow(Expression("", re.compile(text), "search")))


def test_one_that_does_not_is_none() -> None:
    assert not any(slow(Expression("", re.compile(r"a*+b|^\w+\s*=\s*\w"), "search")))


@functools.cache
def _all() -> list[Expression]:
    return expressions()


def test_there_are_many() -> None:
    assert len(_all()) > 150


@pytest.mark.parametrize("each", _all(), ids=lambda each: each.where)
def test_every_expression_takes_a_time_that_grows_with_the_text(each: Expression) -> None:
    assert next(slow(each), None) is None, each.pattern.pattern
