"""READMEs: their lines, headings and fenced blocks. Weak evidence, so nothing here decides more than an advice."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ...errors import LimitExceeded
from ...findings import Location
from ...messages import _
from ..budget import LIMITS
from ..files.tree import Tree
from ..files.vendored import is_vendored
from .terminal import visible

__all__ = ["Fence", "Heading", "Line", "Readme", "find_readmes", "is_readme"]

# With a language or a number, as in README.ru.md and README_2.md, and in whatever form people write them.
_NAME = re.compile(
    r"readme(?:[._-]\w{1,8})?\.(?:md|markdown|mkd|mdown|txt|text|rst|adoc|asciidoc|asc|org)"
    r"|readme(?:[_-]\w{1,8})?(?:\.(?:ru|rus|en|eng))?",
    re.IGNORECASE,
)
_UNDERLINES = "=-~^\"'`:.*+_#"
"""What reStructuredText has under a heading."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a README, counted from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, Markdown's or HTML's."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Fence:
    """A fenced or indented block of code; ``line`` is that of its first line of code."""

    language: str
    text: str
    line: int


class Readme:
    """One README."""

    def __init__(self, path: str, content: str) -> None:
        self.path = path
        self.content = visible(content)

    @functools.cached_property
    def lines(self) -> tuple[Line, ...]:
        """Every line."""
        return tuple(Line(number, text) for number, text in enumerate(self.content.split("\n"), start=1))

    @functools.cached_property
    def headings(self) -> tuple[Heading, ...]:
        """Every heading, in order."""
        match self.path.lower().rpartition(".")[2]:
            case "adoc" | "asciidoc" | "asc":
                return tuple(self._marked("="))
            case "org":
                return tuple(self._marked("*"))
            case "rst":
                return tuple(self._underlined())
        tokens = self._tokens
        found = [
            Heading(int(token.tag[1]), tokens[at + 1].content, token.map[0] + 1)
            for at, token in enumerate(tokens)
            if token.type == "heading_open" and token.map
        ]
        for token in tokens:
            if token.type == "html_block" and token.map:
                found += _html_headings(token.content, token.map[0] + 1)
        return tuple(sorted(found, key=lambda heading: heading.line))

    def _marked(self, mark: str) -> Iterator[Heading]:
        """AsciiDoc's ``== Title`` and Org's ``** Title``."""
        for line in self.lines:
            marks, _space, title = line.text.partition(" ")
            if marks and set(marks) == {mark} and title.strip():
                yield Heading(min(len(marks), 6), title.strip(), line.number)

    def _underlined(self) -> Iterator[Heading]:
        """A line with a line of one sign under it; whichever sign comes first stands for the first level."""
        levels: dict[str, int] = {}
        for title, under in itertools.pairwise(self.lines):
            signs = under.text.rstrip()
            if len(signs) < 3 or len(set(signs)) > 1 or signs[0] not in _UNDERLINES or not title.text.strip():
                continue
            if title.text[0].isspace() or set(title.text.strip()) == {signs[0]}:
                continue
            level = levels.setdefault(signs[0], len(levels) + 1)
            yield Heading(min(level, 6), title.text.strip(), title.number)

    @functools.cached_property
    def fences(self) -> tuple[Fence, ...]:
        """Every block of code, in order."""
        return tuple(
            Fence(
                token.info.strip().partition(" ")[0].lower(),
                token.content,
                token.map[0] + (2 if token.type == "fence" else 1),
            )
            for token in self._tokens
            if token.type in ("fence", "code_block") and token.map
        )

    def around(self, number: int, lines: int) -> str:
        """The text from ``lines`` before line ``number`` to as many after it."""
        return "\n".join(line.text for line in self.lines[max(0, number - 1 - lines) : number + lines])

    def search(self, pattern: re.Pattern[str]) -> Iterator[Line]:
        """The lines that ``pattern`` is found in."""
        return (line for line in self.lines if pattern.search(line.text))

    def location(self, number: int | None = None) -> Location:
        """A line of this file."""
        return Location(self.path, number)

    @functools.cached_property
    def _tokens(self) -> list[_Token]:
        from markdown_it import MarkdownIt

        # what is inside of a paragraph is not asked for, and markdown-it takes long over some of it
        return list(MarkdownIt("commonmark").disable("inline").parse(self.content))  # type: ignore[arg-type]


_TAG = re.compile(r"<(/?)(\w*+)[^<>]*+>")


def _html_headings(content: str, first_line: int) -> Iterator[Heading]:
    """``<h2>…</h2>``, in one walk from tag to tag."""
    opened, line, counted, texts = 0, first_line, 0, list[str]()
    at = 0
    for tag in _TAG.finditer(content):
        texts.append(content[at : tag.start()])
        at = tag.end()
        name = tag[2].lower()
        if len(name) != 2 or name[0] != "h" or name[1] not in "123456":
            continue
        if not tag[1] and not opened:
            line += content.count("\n", counted, tag.start())
            opened, counted, texts = int(name[1]), tag.start(), []
        elif tag[1] and opened == int(name[1]):
            yield Heading(opened, "".join(texts).strip(), line)
            opened, texts = 0, []


class _Token:
    """What is used of markdown-it's tokens."""

    type: str
    tag: str
    info: str
    content: str
    map: list[int] | None


def is_readme(path: str) -> bool:
    """Whether a file is a README by its name, whatever its language and form."""
    return _NAME.fullmatch(path.rpartition("/")[2]) is not None


def find_readmes(tree: Tree) -> list[Readme]:
    """The READMEs of a submission, the outermost first; not those of other people's code."""
    paths = [path for path in tree.files if is_readme(path) and not is_vendored(path)]
    paths.sort(key=lambda path: (path.count("/"), path))
    return [_read(tree, path) for path in paths[: LIMITS.readmes]]


def _read(tree: Tree, path: str) -> Readme:
    content = tree.text(path).content
    if len(content) > LIMITS.readme_bytes:
        raise LimitExceeded(_("larger than {limit} KiB", limit=LIMITS.readme_bytes // 1024), at=Location(path))
    reason = _("more than {limit} KiB in the READMEs of one submission", limit=LIMITS.readmes_bytes // 1024)
    tree.budget.spend("readmes_bytes", len(content), reason, Location(path))
    return Readme(path, content)
