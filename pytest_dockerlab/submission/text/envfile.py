"""Env files: variables with their lines. Compose and ``docker run`` read them by two grammars, and so do we."""

from __future__ import annotations

import re
from collections import ChainMap
from collections.abc import Mapping
from dataclasses import dataclass

from ...errors import LimitExceeded, RefusedPath
from ...findings import Location
from ...messages import Message, _
from ..budget import LIMITS, reading
from ..files.tree import Tree
from .interpolation import expand

__all__ = ["EnvFile", "EnvProblem", "EnvVariable", "literal_variables"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PLACEHOLDER = re.compile(r"<[^<>]*>|#.*", re.DOTALL)

# The grammar is compose-go's (dotenv/parser.go, v2.9): what it takes for a space, a key, an escape.
_SPACE = "\t\v\f\r \x85\xa0"
_BETWEEN = re.compile(r"(?:\s|#[^\n]*)+")
_BLANKS = re.compile(rf"[{_SPACE}]*")
_IN_KEYS = f"{_SPACE}_.-[]"
_EXPORT = re.compile(rf"export[{_SPACE}]+")
_KEY = re.compile(r"[^=:\n]*")
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""", re.DOTALL)
_ESCAPE = re.compile(r'\\([abfnrtv$"\\]|0\d{0,3})')
_ESCAPES = dict(zip("abfnrtv", "\a\b\f\n\r\t\v", strict=True)) | {"$": "$$", '"': '"', "\\": "\\"}


@dataclass(frozen=True, slots=True)
class EnvVariable:
    """One variable. ``value`` is ``None`` where the line has only a name."""

    name: str
    value: str | None
    line: int

    @property
    def is_placeholder(self) -> bool:
        """Whether the value is nothing yet: empty, something like ``<USERNAME>``, or what was meant as a comment.

        Of ``PORT= # the port of ui`` compose takes all behind the equals sign, and so did docker-compose.
        """
        return not self.value or _PLACEHOLDER.fullmatch(self.value.strip()) is not None


@dataclass(frozen=True, slots=True)
class EnvProblem:
    """A line that defines nothing, or a name that compose cannot use."""

    name: str
    line: int
    reason: Message


class EnvFile:
    """An env file as compose reads it: ``.env``, and what ``env_file:`` names.

    A value may use the variables above it and those of ``given``, which win: never our environment.
    """

    def __init__(self, path: str, content: str, given: Mapping[str, str] | None = None) -> None:
        self.path = path
        self.refused_at: int | None = None
        """The line that compose refuses the file for."""
        self._content = content.removeprefix("\ufeff")
        self._variables: dict[str, EnvVariable] = {}
        self._known: dict[str, str] = {}
        self._values = ChainMap(dict(given or {}), self._known)
        self._problems: list[EnvProblem] = []
        self._read()
        self.variables: Mapping[str, EnvVariable] = self._variables
        self.problems: tuple[EnvProblem, ...] = tuple(self._problems)

    @classmethod
    def read(cls, tree: Tree, path: str, given: Mapping[str, str] | None = None) -> EnvFile:
        """The env file at ``path``; raises what ``tree`` raises."""
        # Compose knows no other encoding, and minds a foreign byte only in a name.
        return cls(path, tree.read(path).decode("utf-8", "replace"), given)

    @classmethod
    def find(cls, tree: Tree, path: str, given: Mapping[str, str] | None = None) -> EnvFile | None:
        """The env file at ``path``; ``None`` where nobody may read it."""
        try:
            return cls.read(tree, path, given)
        except RefusedPath:
            return None

    def location(self, name: str) -> Location:
        """Where a variable is set, else the file."""
        variable = self.variables.get(name)
        return Location(self.path, variable.line if variable else None)

    def line_of(self, text: str) -> int | None:
        """The line that has ``text``; ``None`` where none does."""
        at = self._content.find(text) if text else -1
        return self._content.count("\n", 0, at) + 1 if at >= 0 else None

    def _read(self) -> None:
        content, at, counted, line = self._content, 0, 0, 1
        while True:
            between = _BETWEEN.match(content, at)
            at = between.end() if between else at
            if at >= len(content):
                return
            line, counted = line + content.count("\n", counted, at), at
            at = self._statement(at, line)

    def _statement(self, at: int, line: int) -> int:
        """Read what begins at ``at``, and say where it ends."""
        content = self._content
        export = _EXPORT.match(content, at)
        key = _KEY.match(content, export.end() if export else at)
        assert key is not None
        name, end = key[0].rstrip(), key.end()
        if " " in name or not all(char in _IN_KEYS or char.isalpha() or char.isnumeric() for char in name):
            self._refuse(line, _("the line is not NAME=value"))
            following = content.find("\n", end)
            return following if following >= 0 else len(content)
        if content[end : end + 1] in ("", "\n"):
            self._add(name, None, line)
            return end
        blanks = _BLANKS.match(content, end + 1)
        return self._value(name, blanks.end() if blanks else end + 1, line)

    def _value(self, name: str, at: int, line: int) -> int:
        content = self._content
        if content[at : at + 1] not in ("'", '"'):
            end = content.find("\n", at)
            end = len(content) if end < 0 else end
            self._add(name, self._expand(content[at:end].partition(" #")[0].rstrip(), line), line)
            return end
        quoted = _QUOTED.match(content, at)
        if quoted is None:
            self._refuse(line, _("every quote is closed"))
            return len(content)
        quote = content[at]
        text = quoted[0][1:-1].replace(f"\\{quote}", quote)
        self._add(name, self._expand(_ESCAPE.sub(_unescape, text), line) if quote == '"' else text, line)
        return quoted.end()

    def _expand(self, text: str, line: int) -> str:
        with reading(Location(self.path, line)):
            return expand(text, self._values).text

    def _add(self, name: str, value: str | None, line: int) -> None:
        if len(self._variables) + len(self._problems) >= LIMITS.variables:
            reason = _("more than {limit} variables", limit=LIMITS.variables)
            raise LimitExceeded(reason, at=Location(self.path, line))
        if _NAME.fullmatch(name):
            self._variables[name] = EnvVariable(name, value, line)
            self._known[name] = value or ""
        else:
            reason = _("a name consists of letters, digits and _ and does not start with a digit")
            self._problems.append(EnvProblem(name, line, reason))

    def _refuse(self, line: int, reason: Message) -> None:
        self.refused_at = self.refused_at or line
        if len(self._problems) >= LIMITS.variables:
            reason = _("more than {limit} lines that are not NAME=value", limit=LIMITS.variables)
            raise LimitExceeded(reason, at=Location(self.path, line))
        self._problems.append(EnvProblem("", line, reason))


def _unescape(match: re.Match[str]) -> str:
    char, digits = match[1][0], match[1][1:]
    if char != "0":
        return _ESCAPES[char]
    is_octal = re.fullmatch("[0-3][0-7]{2}", digits) is not None
    return chr(int(digits, 8)) if is_octal else f"\\{digits}"


def literal_variables(content: str) -> dict[str, str]:
    """What ``docker run --env-file`` and ``format: raw`` read: values as they stand, quotes and ``#`` included.

    A line that Docker refuses (a name with a space, as in ``export A=1``, or none) gives nothing, nor does one with a
    name alone, whose value is the shell's.
    """
    found = {}
    for line in content.removeprefix("\ufeff").split("\n"):
        text = line.removesuffix("\r").lstrip()
        name, equals, value = text.partition("=")
        if equals and name and not name.startswith("#") and not re.search(r"\s", name):
            found[name] = value
    return found
