"""The functions of make that only look at text."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

__all__ = ["FUNCTIONS", "matched", "patsubst"]


def matched(pattern: str, word: str) -> str | None:
    """What ``%`` stands for where a word fits a pattern; empty for a pattern without one that is the word."""
    before, percent, after = pattern.partition("%")
    if not percent:
        return "" if word == pattern else None
    fits = len(word) >= len(before) + len(after) and word.startswith(before) and word.endswith(after)
    return word[len(before) : len(word) - len(after)] if fits else None


def patsubst(pattern: str, replacement: str, text: str) -> str:
    """``$(patsubst …)``, which ``$(NAME:a=b)`` is too."""
    found = []
    for word in text.split():
        stem = matched(pattern, word)
        found.append(word if stem is None else replacement.replace("%", stem, 1) if "%" in pattern else replacement)
    return " ".join(found)


def _filter(patterns: str, text: str, keep: bool) -> str:
    wanted = patterns.split()
    return " ".join(word for word in text.split() if any(matched(each, word) is not None for each in wanted) is keep)


def _number(text: str) -> int:
    return int(text) if text.strip().isdecimal() and len(text.strip()) < 6 else 1


def _each(function: Callable[[str], str]) -> Callable[[str], str]:
    return lambda text: " ".join(function(word) for word in text.split())


def _longest(first: list[str], second: list[str]) -> Iterator[tuple[str, str]]:
    for at in range(max(len(first), len(second))):
        yield "".join(first[at : at + 1]), "".join(second[at : at + 1])


FUNCTIONS: dict[str, Callable[..., str]] = {
    "subst": lambda old, new, text: text.replace(old, new) if old else text,
    "patsubst": lambda old, new, text: patsubst(old.strip(), new.strip(), text),
    "strip": lambda text: " ".join(text.split()),
    "findstring": lambda part, text: part if part in text else "",
    "filter": lambda patterns, text: _filter(patterns, text, True),
    "filter-out": lambda patterns, text: _filter(patterns, text, False),
    "sort": lambda text: " ".join(sorted(set(text.split()))),
    "word": lambda number, text: (["", *text.split()][_number(number) :] or [""])[0],
    "wordlist": lambda first, last, text: " ".join(text.split()[_number(first) - 1 : _number(last)]),
    "words": lambda text: str(len(text.split())),
    "firstword": lambda text: (text.split() or [""])[0],
    "lastword": lambda text: (text.split() or [""])[-1],
    "dir": _each(lambda word: word[: word.rfind("/") + 1] or "./"),
    "notdir": _each(lambda word: word.rpartition("/")[2]),
    "suffix": _each(lambda word: posixpath.splitext(word)[1]),
    "basename": _each(lambda word: posixpath.splitext(word)[0]),
    "addsuffix": lambda suffix, text: " ".join(word + suffix for word in text.split()),
    "addprefix": lambda prefix, text: " ".join(prefix + word for word in text.split()),
    "join": lambda first, second: " ".join(map("".join, _longest(first.split(), second.split()))),
}
