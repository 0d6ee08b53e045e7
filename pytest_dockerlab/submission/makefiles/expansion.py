"""Variables and functions of make, expanded as GNU make does as far as a text alone can tell.

What only the machine knows (``$(shell …)``, the environment) stays in the result as an *unknown*, a name between two
marks that no Makefile has. https://www.gnu.org/software/make/manual/html_node/Functions.html
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...messages import Message, _
from ..budget import LIMITS, Budget
from .functions import FUNCTIONS, patsubst

__all__ = ["ROOT", "Expansion", "MakeError", "is_known", "printable", "unknown"]

ROOT = "/submission"
"""Where the submission lies as far as its Makefiles can see."""

_OPEN, _CLOSE = "\ue000", "\ue001"  # private to us: Unicode gives them to nobody
_NAME = 60
_LONGEST_PATTERN = 200
_BRACKETS = {"(": re.compile(r"[()]"), "{": re.compile(r"[{}]")}
_FUNCTION = re.compile(r"([a-z-]+)[ \t\n]+")
_LAZY = frozenset({"foreach", "if", "or", "and"})
_MOST = {"subst": 3, "patsubst": 3, "findstring": 2, "filter": 2, "filter-out": 2, "word": 2, "wordlist": 3,
         "addsuffix": 2, "addprefix": 2, "join": 2, "foreach": 3, "if": 3}  # fmt: skip
_MULTIPLYING = frozenset({"subst", "patsubst", "addprefix", "addsuffix"})
_SPECIAL = frozenset({"call", "eval", "value", "origin", "flavor", "wildcard", "abspath", "realpath", "shell", "info",
                      "warning", "error", "file", "guile", "let"})  # fmt: skip
_SEVERAL = frozenset({"or", "and", "call"})


class MakeError(Exception):
    """Where make itself gives up."""

    def __init__(self, reason: Message) -> None:
        super().__init__(str(reason))
        self.reason = reason


def unknown(name: str) -> str:
    """The text that stands for a value that nobody can know here."""
    return f"{_OPEN}{re.sub(r'[^A-Za-z0-9_.-]', '', name)[:_NAME] or '?'}{_CLOSE}"


def is_known(text: str) -> bool:
    """Whether every part of an expanded text is."""
    return _OPEN not in text


def printable(text: str) -> str:
    """An expanded text for people: ``$(NAME)`` for what is not known."""
    return text.replace(_OPEN, "$(").replace(_CLOSE, ")")


def without_marks(text: str) -> str:
    """A text of the submission, which must not bring marks of its own."""
    return text.replace(_OPEN, "?").replace(_CLOSE, "?")


@dataclass(slots=True)
class _Variable:
    value: str
    is_simple: bool


class Expansion:
    """The variables of one Makefile, and what texts become with them.

    :param files: the paths of the submission, for ``$(wildcard …)``.
    :param evaluate: takes the text of ``$(eval …)``.
    """

    def __init__(
        self,
        budget: Budget,
        files: Sequence[str],
        folder: str,
        overrides: Mapping[str, str],
        evaluate: Callable[[str], None],
    ) -> None:
        self._budget = budget
        self._files = files
        self._folder = folder
        self._overrides = {name: _Variable(value, True) for name, value in overrides.items()}
        self._evaluate = evaluate
        here = posixpath.join(ROOT, folder).rstrip("/")
        self._known = {
            name: _Variable(value, True) for name, value in (("CURDIR", here), ("PWD", here), ("MAKE", "make"))
        }
        self._open: list[str] = []
        self.letters: set[str] = set()
        """One letter behind a dollar without brackets, which no variable is called: mostly the shell's was meant."""

    def set(self, name: str, operator: str, value: str) -> None:
        """Carry out an assignment."""
        known = self._known.get(name)
        if known is None and len(self._known) >= LIMITS.makefile_variables:
            raise LimitExceeded(_("more than {limit} variables", limit=LIMITS.makefile_variables))
        match operator:
            case "?=" if known is not None:
                return
            case "!=":
                known = _Variable(unknown(name), True)
            case "+=" if known is not None:
                more = self.expand(value) if known.is_simple else value
                known = _Variable(f"{known.value} {more}", known.is_simple)
            case "=" | "?=" | "+=":
                known = _Variable(value, False)
            case _:
                known = _Variable(self.expand(value), True)
        if len(known.value) > LIMITS.makefile_bytes:
            raise LimitExceeded(_("more than {limit} characters in one variable", limit=LIMITS.makefile_bytes))
        self._known[name] = known

    def value_of(self, name: str) -> str | None:
        """The value of a variable, expanded; ``None`` for one that the Makefile does not set."""
        return self.expand(f"$({name})") if name in self._known or name in self._overrides else None

    def expand(self, text: str, scope: Mapping[str, str] | None = None) -> str:
        """What make makes of a text; ``scope`` are values that hold here alone. Raises :class:`MakeError`."""
        return self._expand(text, scope or {}, 0)

    def _expand(self, text: str, scope: Mapping[str, str], depth: int) -> str:
        if "$" not in text:
            return text
        if depth > LIMITS.makefile_nesting:
            limit = LIMITS.makefile_nesting
            raise LimitExceeded(_("variables and functions inside one another deeper than {limit} levels", limit=limit))
        parts, at = list[str](), 0
        while (dollar := text.find("$", at)) >= 0:
            parts.append(text[at:dollar])
            sign = text[dollar + 1 : dollar + 2]
            if sign in _BRACKETS:
                end = _closing(text, dollar + 1)
                parts.append(self._reference(text[dollar + 2 : end], scope, depth))
                at = end + 1
            else:
                parts.append("$" if sign in ("$", "") else self._letter(sign, scope, depth))
                at = dollar + 2
        parts.append(text[at:])
        result = "".join(parts)
        self._grow(len(result))
        return result

    def _grow(self, characters: int) -> None:
        limit = LIMITS.makefile_characters
        reason = _("more than {limit} characters once variables are expanded", limit=limit)
        self._budget.spend("makefile_characters", characters, reason)

    def _letter(self, letter: str, scope: Mapping[str, str], depth: int) -> str:
        if letter in scope or letter in self._known or letter in self._overrides:
            return self._variable(letter, scope, depth)
        if letter.isalpha() or letter == "_":
            self.letters.add(letter)
        return ""

    def _reference(self, inside: str, scope: Mapping[str, str], depth: int) -> str:
        reason = _("more than {limit} variables and functions are expanded", limit=LIMITS.makefile_expansions)
        self._budget.spend("makefile_expansions", 1, reason)
        match = _FUNCTION.match(inside)
        if match is not None and (match[1] in FUNCTIONS or match[1] in _LAZY or match[1] in _SPECIAL):
            return self._function(match[1], inside[match.end() :], scope, depth + 1)
        colon = _top(inside, ":")
        if colon is not None and "=" in inside[colon:]:
            name = self._expand(inside[:colon], scope, depth + 1).strip()
            old, _equals, new = self._expand(inside[colon + 1 :], scope, depth + 1).partition("=")
            old, new = (old, new) if "%" in old else (f"%{old}", f"%{new}")
            return patsubst(old, new, self._variable(name, scope, depth + 1))
        return self._variable(self._expand(inside, scope, depth + 1).strip(), scope, depth + 1)

    def _variable(self, name: str, scope: Mapping[str, str], depth: int) -> str:
        if name in scope:
            return scope[name]
        known = self._overrides.get(name) or self._known.get(name)
        if known is None:
            return unknown(name)
        if known.is_simple:
            return known.value
        if name in self._open:
            raise MakeError(_("the variable {name} refers to itself", name=name))
        self._open.append(name)
        try:
            return self._expand(known.value, scope, depth + 1)
        finally:
            self._open.pop()

    def _function(self, name: str, text: str, scope: Mapping[str, str], depth: int) -> str:
        most = _MOST.get(name, 0 if name in _SEVERAL else 1)
        raw = list(_arguments(text, most))
        if name in _LAZY:
            return self._lazy(name, raw, scope, depth)
        given = [self._expand(each, scope, depth) for each in raw]
        match name:
            case "call":
                return self._call(given, scope, depth)
            case "eval":
                self._evaluate(given[0])
                return ""
            case "value":
                known = self._known.get(given[0].strip())
                return known.value if known is not None else unknown(given[0])
            case "origin" | "flavor":
                return unknown(name)
            case "wildcard":
                return " ".join(self._wildcard(given[0].split()))
            case "abspath" | "realpath":
                here = posixpath.join(ROOT, self._folder)
                return " ".join(posixpath.normpath(posixpath.join(here, word)) for word in given[0].split())
            case "shell":
                here = self._known["CURDIR"].value
                return here if given[0].strip() == "pwd" else unknown(f"shell {given[0].strip()[:_NAME]}")
            case (
                "info" | "warning" | "error"
            ):  # an error stands behind a condition, mostly one that the machine decides
                return ""
            case "file" | "guile" | "let":
                return unknown(name)
        given = (given + [""] * (most - len(given)))[:most]
        if name in _MULTIPLYING:
            self._grow(len(given[-2]) * _count(given[0] if name == "subst" else " ", given[-1]))
        return FUNCTIONS[name](*given)

    def _lazy(self, name: str, raw: list[str], scope: Mapping[str, str], depth: int) -> str:
        if name == "foreach":
            raw += [""] * (3 - len(raw))
            variable = self._expand(raw[0], scope, depth).strip()
            words = self._expand(raw[1], scope, depth).split()
            self._grow(len(raw[2]) * len(words))
            return " ".join(self._expand(raw[2], {**scope, variable: word}, depth) for word in words)
        if name == "if":
            condition = self._expand(raw[0].strip(), scope, depth)
            if not is_known(condition):  # nobody knows: what either says may be meant
                return " ".join(filter(None, (self._expand(each, scope, depth) for each in raw[1:3])))
            return self._expand([*raw[1:3], "", ""][0 if condition else 1], scope, depth)
        result = ""
        for each in raw:
            result = self._expand(each.strip(), scope, depth)
            if bool(result) is (name == "or"):
                return result
        return result

    def _call(self, given: list[str], scope: Mapping[str, str], depth: int) -> str:
        name = given[0].strip()
        known = self._known.get(name)
        if known is None:
            return unknown(name)
        arguments = {str(number): text for number, text in enumerate(given)}
        empty = dict.fromkeys((str(number) for number in range(len(given), 10)), "")
        return self._expand(known.value, {**scope, **empty, **arguments}, depth + 1)

    def _wildcard(self, patterns: list[str]) -> Iterator[str]:
        for pattern in patterns[: LIMITS.expansions]:
            self._grow(len(self._files))
            path = posixpath.normpath(posixpath.join(self._folder, pattern))
            if not is_known(pattern) or len(pattern) > _LONGEST_PATTERN:
                yield unknown("wildcard")
                continue
            depth = path.count("/")
            seen: set[str] = set()
            for file in self._files:
                # a pattern may mean folders too, which are there as far as files are in them
                start = "/".join(file.split("/")[: depth + 1])
                if start not in seen and fnmatch.fnmatchcase(start, path) and start.count("/") == depth:
                    seen.add(start)
                    yield (
                        posixpath.relpath(start, self._folder or ".") if not pattern.startswith("./") else f"./{start}"
                    )


def _closing(text: str, opening: int) -> int:
    """Where the bracket at ``opening`` is closed. Only brackets of its own kind count."""
    bracket = text[opening]
    depth = 0
    for match in _BRACKETS[bracket].finditer(text, opening):
        depth += 1 if match[0] == bracket else -1
        if not depth:
            return match.start()
    raise MakeError(_("a variable's bracket is not closed: {text}", text=text[max(0, opening - 1) :][:_NAME]))


def _top(text: str, sign: str) -> int | None:
    """The first place of a sign outside of all brackets."""
    depth = 0
    for match in re.finditer(rf"[(){{}}{re.escape(sign)}]", text):
        if match[0] in "({":
            depth += 1
        elif match[0] in ")}":
            depth -= 1
        elif depth <= 0:
            return match.start()
    return None


def _arguments(text: str, most: int) -> Iterator[str]:
    """The arguments of a function, at most so many: the last one keeps its commas. 0: as many as there are."""
    start, depth, count = 0, 0, 1
    for match in re.finditer(r"[(){},]", text):
        if match[0] in "({":
            depth += 1
        elif match[0] in ")}":
            depth -= 1
        elif depth <= 0 and count != most:
            yield text[start : match.start()]
            start, count = match.end(), count + 1
    yield text[start:]


def _count(part: str, text: str) -> int:
    """How often a function puts something into a text, at most."""
    return text.count(part) + 1 if part else 0
