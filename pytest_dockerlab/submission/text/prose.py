"""What people write beside their commands, in READMEs and logs: sentences and clauses, as words.

Weak evidence: it is only asked which words stand together, in Russian and English. Everything here takes a time that
grows with the text alone: words are looked up, no expression is tried at each place anew.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

__all__ = ["NEGATIONS", "Sentence", "Words", "sentences", "words_of"]

_MAX_LINE = 2_000
_WORD = re.compile(r"\w+")
_GAP = re.compile(r" {2,}|\t+")


class Words:
    """A vocabulary, written as one text: words, and beginnings of words with ``*`` behind them."""

    def __init__(self, text: str) -> None:
        words = text.split()
        self._whole = frozenset(word for word in words if not word.endswith("*"))
        self._begun = tuple(word[:-1] for word in words if word.endswith("*"))

    def __contains__(self, word: str) -> bool:
        """Whether the word, in small letters, belongs to it."""
        return word in self._whole or word.startswith(self._begun)

    def among(self, words: Collection[str]) -> bool:
        """Whether one of the words belongs to it."""
        return not self._whole.isdisjoint(words) or any(word.startswith(self._begun) for word in words)

    def __or__(self, other: Words) -> Words:
        both = Words("")
        both._whole, both._begun = self._whole | other._whole, self._begun + other._begun
        return both


NEGATIONS = Words(
    "не нет ни без нету отсутств* no not non nor neither none never without isn don doesn lacks lack cannot"
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence without the commands in it; a heading and the item of a list are one as well."""

    line: int
    names: tuple[str, ...]
    """Its words as they are written."""
    clauses: tuple[tuple[str, ...], ...]
    """Its words in small letters, with ``е`` for ``ё``: one group from comma to comma and from *and* to *but*."""
    commands: tuple[str, ...]
    """What was done by the commands that stood in it: ``run`` for ``docker run -d nginx``."""

    @property
    def words(self) -> tuple[str, ...]:
        """Those of all clauses."""
        return tuple(word for clause in self.clauses for word in clause)


def words_of(text: str) -> list[str]:
    """The words of a text, in small letters and with ``е`` for ``ё``."""
    return _WORD.findall(text.casefold().replace("ё", "е"))


def sentences(lines: Iterable[tuple[int, str]]) -> Iterator[Sentence]:
    """The sentences of numbered lines.

    A sentence goes on from line to line until it ends, or a blank line ends it; in a fenced block every line is one.
    """
    open_one = _Open()
    is_fenced = False
    for number, line in lines:
        text = line[:_MAX_LINE]
        if text.lstrip().startswith(("```", "~~~")) and text.count("```") < 2:
            is_fenced = not is_fenced
            yield from open_one.end()
            continue
        words = text.split()
        bare = [word for word in words if word.strip(_MARKS)]
        if not bare or words[0] != bare[0] or words[0][0] in _BEGINS or _is_number(words[0]):
            yield from open_one.end()
        for word in _without_commands(text.lstrip(_MARKS)):
            yield from open_one.take(number, word)
        if is_fenced or (words and words[0].startswith("#")):
            yield from open_one.end()
    yield from open_one.end()


_MARKS = " \t>*#$|-+=~•–—_<"
"""What may stand before the text of a line: of headings, lists, quotations, tables, prompts."""
_BEGINS = "*#$|>•<"
_CLOSERS = ")]}\"'»”`*_"
_COMMAND = "\0"
"""Before the verb of a command that was left out."""
_DASHES = frozenset({"-", "–", "—", "--", "=", "=>", "->", "→", "|", "||", "&&", "#", "//", ":"})
_JOINTS = Words("а и но или зато тогда and but or while whereas yet vs versus against instead вместо")
_ABBREVIATIONS = Words("т.к. т.е. т.д. т.п. т.ч. т.н. др. пр. см. напр. т. е. к. e.g. i.e. etc. vs. ver. v. no.")
_PROGRAMS = frozenset({"docker", "docker-compose", "docker-machine", "docker.exe", "podman"})
_VERBS = Words(
    "run exec ps inspect start stop kill rm rmi create commit build push pull tag login logout logs diff attach info "
    "version top stats cp save load import export rename update wait pause unpause search history events port up down "
    "config ssh env scp restart"
)
# Nouns, until one of these verbs follows: "docker image ls" is a command, "docker image has layers" is none.
_NOUNS = Words("image container images network volume system builder buildx compose context")
_OF_NOUNS = _VERBS | Words("ls prune df connect disconnect use list")
# What no command has for an argument, so that a sentence goes on behind it.
_PROSE = Words(
    "of on shows show showed displays display displayed is are was were lists list listed prints printed gives gave "
    "returns returned sees see saw has have had says said contains outputs and or for in the a an with without at as "
    "that which it we i you from to by when where while whereas but because so uses used takes took starts started "
    "begins began resumes resumed does did will can only just all every now then this"
)
_OPTIONS_WITH_VALUE = frozenset({"--pid", "--net", "--network", "--ipc", "--uts", "--userns", "--name"})


class _Read(NamedTuple):
    """What a word, with what is written at it, has and does."""

    names: tuple[str, ...]
    words: tuple[str, ...]
    begins: bool
    """A clause."""
    ends_clause: bool
    ends_sentence: bool


# The same words and lines come again: several checks read a text, each several parts of it.
@functools.lru_cache(maxsize=4096)
def _read(word: str) -> _Read:
    plain = word.strip("(")
    words = words_of(plain)
    end = word.rstrip(_CLOSERS)
    is_end = end.endswith((".", "!", "?", ";", "…")) and word.casefold() not in _ABBREVIATIONS
    return _Read(
        names=tuple(_WORD.findall(plain)),
        words=tuple(words),
        begins=plain in _DASHES or word.startswith(("(", "–", "—")) or (len(words) == 1 and words[0] in _JOINTS),
        ends_clause=end.endswith((",", ":", ";")) or end != word.rstrip("\"'»”`*_"),
        ends_sentence=is_end and not _is_number(word),
    )


class _Open:
    """The sentence that is being read."""

    def __init__(self) -> None:
        self._start()

    def _start(self) -> None:
        self._line = 0
        self._names: list[str] = []
        self._clauses: list[list[str]] = [[]]
        self._commands: list[str] = []

    def take(self, line: int, word: str) -> Iterator[Sentence]:
        """Add a word; with it the sentence may end."""
        self._line = self._line or line
        if word.startswith(_COMMAND):
            self._commands.append(word[1:])
            return
        read = _read(word)
        if read.begins:
            self._clauses.append([])
        self._names += read.names
        self._clauses[-1] += read.words
        if read.ends_clause:
            self._clauses.append([])
        if read.ends_sentence:
            yield from self.end()

    def end(self) -> Iterator[Sentence]:
        """What was read, if it has a word."""
        if self._names or self._commands:
            clauses = tuple(tuple(clause) for clause in self._clauses if clause)
            yield Sentence(self._line, tuple(self._names), clauses, tuple(self._commands))
        self._start()


@functools.lru_cache(maxsize=1024)
def _without_commands(text: str) -> tuple[str, ...]:
    """The words of a line; a command of docker and its arguments are one word, ``_COMMAND`` and the verb."""
    found: list[str] = []
    # In a column of its own stands what the command does.
    for at, part in enumerate(_GAP.sub(" – ", text).split("`")):
        words = part.split()
        if at % 2 and words and (verb := _verb(words[1:] if words[0] in ("$", "#", "sudo") else words)):
            found.append(_COMMAND + verb)
        else:
            found += _plain(words)
    return tuple(found)


def _plain(words: list[str]) -> Iterator[str]:
    inside = skip = False
    for at, word in enumerate(words):
        bare = word.strip("()[]\"'.,:;«»*_$>!?").casefold()
        if verb := _verb(words[at : at + 3]):
            yield _COMMAND + verb
            inside = True
        elif inside:
            inside = not (word in _DASHES or word.startswith("(") or bare in _PROSE or _is_cyrillic(word))
            if not inside:
                yield word
            elif word.endswith((":", ",", ";")):  # of the command's last word
                yield word[-1]
                inside = False
        elif skip:
            skip = False
        elif word.startswith("--") and len(word) > 2:
            skip = bare in _OPTIONS_WITH_VALUE
        elif bare.startswith(("pid=", "net=", "network=")):
            continue
        else:
            yield word


def _verb(words: list[str]) -> str | None:
    """What the command that begins with these words does; ``None`` where they begin none."""
    if not words or words[0].lstrip("(\"'«") not in _PROGRAMS:
        return None
    bare = [word.strip("()[]\"'.,:;«»*_").casefold() for word in words[:3]] + ["", "", ""]
    if bare[0] == "docker-machine" or bare[0] == "docker-compose":
        return bare[1] if bare[1] in _OF_NOUNS else None
    if bare[1] in _NOUNS:
        if words[1].endswith((",", ".", ";")):
            return None
        if bare[2] in _OF_NOUNS:
            return bare[2]
        return "images" if bare[1] == "images" and (not bare[2] or bare[2].startswith("-")) else None
    return bare[1] if bare[1] in _VERBS else None


def _is_number(word: str) -> bool:
    """Whether it numbers the item of a list, and ends no sentence."""
    return word[:-1].isdecimal() and word[-1] in ".)"


def _is_cyrillic(word: str) -> bool:
    return any("\u0400" <= char <= "\u04ff" for char in word)
