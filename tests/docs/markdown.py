"""Reads the documentation as its tests need it: fenced blocks with the notes before them, links and anchors."""

from __future__ import annotations

import itertools
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]
ITEM_PAGES = sorted((ROOT / "checks").glob("*/docs/*.md"))

_NOTE = re.compile(r"<!--\s*(.*?)\s*-->", re.DOTALL)
_COMMAND = re.compile(r"(python -m )?(dockerlab|pytest)\b")


@dataclass(frozen=True)
class Step:
    """One command of a block, and the lines that are shown below it (none in a block of ``sh``)."""

    command: str
    shown: list[str] = field(default_factory=list)

    @property
    def words(self) -> list[str]:
        words = shlex.split(self.command, comments=True)
        return words[: words.index(">")] if ">" in words else words

    @property
    def is_ours(self) -> bool:
        """Whether it is ``dockerlab`` or pytest, without a shell around it."""
        return bool(_COMMAND.match(self.command))


@dataclass(frozen=True)
class Block:
    """A fenced block. ``notes`` are those of the HTML comments right before it: ``exit: 4; example: broken``."""

    page: Path
    line: int
    language: str
    text: str
    notes: dict[str, str]

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    @property
    def steps(self) -> list[Step]:
        if self.language == "sh":
            lines = self.text.replace("\\\n", " ").splitlines()
            return [Step(line.strip()) for line in lines if line.strip() and not line.startswith("#")]
        steps: list[Step] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                steps.append(Step(line.removeprefix("$ ")))
            elif steps:
                steps[-1].shown.append(line)
        return steps


def tokens(page: Path) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(page.read_text("utf-8"))


def blocks(*pages: Path) -> Iterator[Block]:
    for page in pages:
        notes: dict[str, str] = {}
        for token in tokens(page):
            if token.type == "html_block":
                for note in _NOTE.findall(token.content):
                    notes |= dict(re.split(r":\s*", each, maxsplit=1) for each in note.split("; ") if ":" in each)
                continue
            if token.type == "fence":
                assert token.map
                yield Block(page, token.map[0] + 1, token.info.strip(), token.content, notes)
            notes = {}


def links(page: Path) -> Iterator[str]:
    for token in tokens(page):
        for child in token.children or ():
            target = child.attrGet("href") if child.type == "link_open" else None
            if target is not None:
                yield str(target)


def anchors(page: Path) -> set[str]:
    """The anchors that GitHub makes of a page's headings."""
    found: set[str] = set()
    for opening, inline in itertools.pairwise(tokens(page)):
        if opening.type == "heading_open":
            text = "".join(child.content for child in inline.children or ())
            found.add(re.sub(r"[^\w\- ]", "", text.lower()).strip().replace(" ", "-"))
    return found


def is_shown(shown: list[str], printed: str) -> str | None:
    """``None`` if the shown lines stand in what was printed, in this order; else the first that does not.

    ``…`` stands for what is left out: a line of its own for any lines, at an end of a line for any text there.
    Between two of them the lines must follow each other.
    """
    lines = [line.rstrip() for line in printed.splitlines()]
    at, may_skip = 0, True
    for wanted in shown:
        if wanted.strip() == "…":
            may_skip = True
            continue
        pattern = ".*".join(re.escape(piece) for piece in wanted.rstrip().split("…"))
        while at < len(lines) and not re.fullmatch(pattern, lines[at]):
            if not may_skip and lines[at]:
                return wanted
            at += 1
        if at == len(lines):
            return wanted
        at, may_skip = at + 1, False
    return None
