"""``$VARIABLE`` and ``${VARIABLE:-default}`` as compose reads them, and which part of a text came from a variable."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...messages import Message, _
from ..budget import LIMITS

__all__ = ["Expanded", "Use", "expand", "is_one_variable", "split", "uses"]

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_HYPHENATED = re.compile(r"[A-Z][A-Z0-9_]*(?:-[A-Z0-9_]+)*")
_BRACES = re.compile(r"\$\{|\}")


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a variable. ``operator`` is one of ``:- - :? ? :+ +``, or empty."""

    name: str
    operator: str = ""
    argument: str = ""

    @property
    def has_default(self) -> bool:
        """Whether it has a value even if nobody defines the variable."""
        return self.operator in (":-", "-", ":+", "+")

    @property
    def is_required(self) -> bool:
        """Whether compose refuses the file when nobody defines the variable."""
        return self.operator in (":?", "?")

    @property
    def hyphenated(self) -> str | None:
        """The name with a hyphen that was probably meant: ``${UI-VERSION}`` is UI, or the text ``VERSION``."""
        is_name = self.operator == "-" and _HYPHENATED.fullmatch(self.argument) is not None
        return f"{self.name}-{self.argument}" if is_name else None


@dataclass(frozen=True, slots=True)
class Expanded:
    """A text after its variables were replaced. ``spans`` are the parts (start, end) that came from a variable.

    What ``${UI-VERSION}`` leaves where nobody defines UI did not: it is a text that was meant as a name.
    """

    text: str
    spans: tuple[tuple[int, int], ...] = ()

    def comes_from_variable(self, start: int, end: int) -> bool:
        """Whether any of ``text[start:end]`` does; an empty value counts where it would stand."""
        return any((first < end and last > start) or start <= first == last <= end for first, last in self.spans)


def uses(template: str) -> Iterator[Use]:
    """The variables of a text, those in another's default included. Raises :class:`LimitExceeded` for too many."""
    count = 0
    waiting = [(_parts(template), 0)]
    while waiting:
        parts, nesting = waiting[-1]
        part = next(parts, None)
        if part is None:
            waiting.pop()
        elif isinstance(part, Use):
            count += 1
            _limit(count, LIMITS.expansions, _("more than {limit} variables in one text", limit=LIMITS.expansions))
            yield part
            waiting += [(_parts(text), inside) for text, inside in _nested(part.argument, nesting)]


def _nested(argument: str, nesting: int) -> Iterator[tuple[str, int]]:
    """The argument of a variable that is ``nesting`` deep, where it has variables of its own."""
    if "$" in argument:
        reason = _("variables nested deeper than {limit} levels", limit=LIMITS.nesting)
        _limit(nesting + 1, LIMITS.nesting, reason)
        yield argument, nesting + 1


def _limit(number: int, limit: int, reason: Message) -> None:
    if number > limit:
        raise LimitExceeded(reason)


def is_one_variable(template: str) -> bool:
    """Whether the text is one variable and nothing else."""
    parts = list(_parts(template))
    return len(parts) == 1 and isinstance(parts[0], Use)


def split(template: str, separator: str) -> list[str]:
    """The parts of a text between separators, those inside a variable's braces not counted."""
    parts, start, at = [], 0, 0
    closings = _closings(template)
    while at < len(template):
        end = closings.get(at + 1) if template.startswith("${", at) else None
        if end is not None:
            at = end
        elif template[at] == separator:
            parts.append(template[start:at])
            start = at + 1
        at += 1
    return [*parts, template[start:]]


def expand(template: str, values: Mapping[str, str], nesting: int = 0) -> Expanded:
    """Replace the variables of a text; an undefined one without a default becomes empty.

    Raises :class:`LimitExceeded` where too many follow one another or are inside one another, or are too long.
    """
    texts, spans, length = list[str](), [], 0
    for part in _parts(template):
        value = part if isinstance(part, str) else _value(part, values, nesting)
        if not isinstance(part, str) and (part.hyphenated is None or part.name in values):
            spans.append((length, length + len(value)))
            _limit(len(spans), LIMITS.expansions, _("more than {limit} variables in one text", limit=LIMITS.expansions))
        texts.append(value)
        length += len(value)
        if spans and length > len(template):
            limit = LIMITS.value_characters
            reason = _("more than {limit} characters once its variables are replaced", limit=limit)
            _limit(length, max(limit, len(template)), reason)
    return Expanded("".join(texts), tuple(spans))


def _value(use: Use, values: Mapping[str, str], nesting: int) -> str:
    value = values.get(use.name)
    is_given = bool(value) if use.operator.startswith(":") else value is not None
    argument = use.argument
    for text, inside in _nested(argument, nesting):
        argument = expand(text, values, inside).text
    if use.operator.endswith("-"):
        return value or "" if is_given else argument
    if use.operator.endswith("+"):
        return argument if is_given else ""
    return value or ""


def _parts(template: str) -> Iterator[str | Use]:
    at = 0
    closings = _closings(template)
    while (dollar := template.find("$", at)) >= 0:
        if dollar > at:
            yield template[at:dollar]
        if template.startswith("$$", dollar):
            yield "$"
            at = dollar + 2
            continue
        if name := _NAME.match(template, dollar + 1):
            yield Use(name[0])
            at = name.end()
            continue
        at = dollar + 1
        end = closings.get(dollar + 1)
        if end is not None and (use := _braced(template[dollar + 2 : end])) is not None:
            yield use
            at = end + 1
        else:
            yield "$"
    if at < len(template):
        yield template[at:]


def _closings(template: str) -> dict[int, int]:
    """Where each brace that opens a variable is closed, by its place; those that nothing closes are left out."""
    found, opened = {}, []
    for match in _BRACES.finditer(template):
        if match[0] != "}":
            opened.append(match.start() + 1)
        elif opened:
            found[opened.pop()] = match.start()
    return found


def _braced(inside: str) -> Use | None:
    name = _NAME.match(inside)
    if name is None:
        return None
    rest = inside[name.end() :]
    if not rest:
        return Use(name[0])
    operator = _OPERATOR.match(rest)
    return None if operator is None else Use(name[0], operator[0], rest[operator.end() :])
