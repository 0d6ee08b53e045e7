"""Where in the text of a Dockerfile something stands: an instruction goes over many lines, and its parser knows two."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

__all__ = ["escape_of", "is_continued", "line_of_mistake", "lines_of_values"]

_DIRECTIVE = re.compile(r"#\s*(\w+)\s*=\s*(\S+)\s*")
_HEREDOC = re.compile(r"<<(-?)\s*(['\"]?)(\w+)\2")
_WITH_HEREDOCS = re.compile(r"\s*(?:ONBUILD\s+)?(?:RUN|COPY|ADD)\s", re.IGNORECASE)


def escape_of(lines: Sequence[str]) -> str:
    """The character that continues a line: the backslash, or what a directive at the very top says."""
    for line in lines:
        directive = _DIRECTIVE.fullmatch(line)
        if directive is None:
            break
        if directive[1].lower() == "escape":
            return directive[2]
    return "\\"


def is_continued(line: str, escape: str) -> bool:
    """Whether the instruction goes on in the next line."""
    return line.rstrip(" \t").endswith(escape)


def lines_of_values(lines: Sequence[str], escape: str, first: int, last: int, values: Sequence[str]) -> tuple[int, ...]:
    """The line of each of an instruction's values, in their order."""
    if first == last:
        return (first,) * len(values)
    found: list[int] = []
    number, column = first, len(lines[first - 1]) - len(lines[first - 1].lstrip())
    column += len(lines[first - 1][column:].split(maxsplit=1)[0])  # the instruction's name
    for value in values:
        number, column = _next_word(lines, escape, number, column, last)
        found.append(number)
        at = lines[number - 1].find(value, column)
        column = at + len(value) if at >= 0 else column
    return tuple(found)


def _next_word(lines: Sequence[str], escape: str, number: int, column: int, last: int) -> tuple[int, int]:
    while number < last:
        line = lines[number - 1]
        word = line[column:].lstrip(" \t=,[")
        if word.strip() not in ("", escape) and not (column == 0 and word.startswith("#")):
            return number, len(line) - len(word)
        number, column = number + 1, 0
    return number, column


def line_of_mistake(lines: Sequence[str], parses: Callable[[str], bool]) -> int | None:
    """The line where the first instruction begins that does not parse by itself, or that opens what nothing ends."""
    escape = escape_of(lines)
    waiting = iter(enumerate(lines, start=1))
    for number, line in waiting:
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        text, numbers = [line], [number]
        while is_continued(text[-1], escape) or text[-1].lstrip().startswith("#") or not text[-1].strip():
            number, line = next(waiting, (0, ""))
            if not number:
                break
            text.append(line)
            numbers.append(number)
        if parses("\n".join(text)):
            continue
        if _WITH_HEREDOCS.match(text[0]):
            for at, each in zip(numbers, list(text), strict=True):
                for heredoc in _HEREDOC.finditer(each):
                    body = list(_until(waiting, heredoc[3], strip_tabs=bool(heredoc[1])))
                    if body[-1:] != [heredoc[3]]:
                        return at
                    text += body
        if not parses("\n".join(text)):
            return numbers[0]
    return None


def _until(waiting: Iterator[tuple[int, str]], end: str, *, strip_tabs: bool) -> Iterator[str]:
    for _number, line in waiting:
        text = line.lstrip("\t") if strip_tabs else line
        yield text
        if text == end:
            return
