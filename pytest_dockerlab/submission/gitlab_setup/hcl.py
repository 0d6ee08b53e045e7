"""Terraform's language as far as it is needed: blocks, their attributes, strings and here-documents, with lines.

Nothing is evaluated. What is no block and no attribute is passed over, so a file that Terraform refuses is read too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

__all__ = ["Block", "Token", "read_blocks"]

_PLAIN = re.compile(r"[A-Za-z_][\w.-]*|[0-9.]+|\n|[{}\[\]()=,]|[^\s]")
# A comment that does not end goes to the end. No possessive quantifier: Python 3.11.2 is wrong about one here.
_BLANK = re.compile(r"[ \t\r]+|#[^\n]*|//[^\n]*|/\*[^*]*(?:\*(?!/)[^*]*)*(?:\*/|\Z)")
_HEREDOC = re.compile(r"<<[-~]?(\w{1,60})[ \t\r]{0,9}\n")
_MOST = 30_000
_DEPTH = 30
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign, or a string's text."""

    kind: str
    text: str
    line: int


@dataclass(slots=True)
class Block:
    """``type "label" { … }``, with the tokens of each attribute's value; maps that are values are blocks too."""

    type: str
    labels: tuple[str, ...]
    line: int
    attributes: dict[str, list[Token]] = field(default_factory=dict)
    blocks: list[Block] = field(default_factory=list)

    def text(self, name: str) -> str | None:
        """The value of an attribute that is one string or word."""
        tokens = self.attributes.get(name, [])
        return tokens[0].text if len(tokens) == 1 else None

    def strings(self) -> Iterator[Token]:
        """Every string in it."""
        waiting = [self]
        while waiting:
            block = waiting.pop()
            for tokens in block.attributes.values():
                yield from (each for each in tokens if each.kind == "string")
            waiting += block.blocks


def read_blocks(text: str) -> list[Block]:
    """The blocks of a file."""
    root = Block("", (), 1)
    stack = [root]
    head: list[Token] = []
    for token in _tokens(text):
        if token.kind == "sign" and token.text == "{":
            words = [each for each in head if each.text != "="]
            if len(stack) <= _DEPTH:
                block = Block(words[0].text if words else "", tuple(each.text for each in words[1:]), token.line)
                stack[-1].blocks.append(block)
                stack.append(block)
            head = []
        elif token.kind == "sign" and token.text == "}":
            _attribute(stack[-1], head)
            head = []
            if len(stack) > 1:
                stack.pop()
        elif token.kind == "sign" and token.text == "\n":
            if len(head) > 1 and head[1].text == "=":
                _attribute(stack[-1], head)
                head = []
            elif not (head and head[0].kind == "word"):
                head = []
        else:
            head.append(token)
    _attribute(stack[-1], head)
    return root.blocks


def _attribute(block: Block, tokens: list[Token]) -> None:
    if len(tokens) > 2 and tokens[1].text in ("=", ":"):
        block.attributes.setdefault(tokens[0].text, [each for each in tokens[2:] if each.text not in ("[", "]", ",")])


def _tokens(text: str) -> Iterator[Token]:
    """The tokens; inside of square and round brackets a line's end is none."""
    at, line, depth = 0, 1, 0
    for _turn in range(_MOST):
        if at >= len(text):
            return
        if blank := _BLANK.match(text, at):
            line += blank[0].count("\n")
            at = blank.end()
        elif heredoc := _HEREDOC.match(text, at):
            begin = heredoc.end()
            end, after = _end_of(text, begin, heredoc[1])
            yield Token("string", text[begin:end], line + 1)
            line += text.count("\n", at, after)
            at = after
        elif text[at] == '"':
            content, after = _string(text, at + 1)
            yield Token("string", content, line)
            line += text.count("\n", at, after)
            at = after
        else:
            match = _PLAIN.match(text, at)
            if match is None:
                at += 1
                continue
            sign = match[0]
            depth += (sign in "[(") - (sign in "])") if len(sign) == 1 else 0
            if sign != "\n" or depth <= 0:
                yield Token("word" if sign[0].isalnum() or sign[0] == "_" else "sign", sign, line)
            line += sign == "\n"
            at = match.end()


def _end_of(text: str, begin: int, tag: str) -> tuple[int, int]:
    """Where a here-document's text ends, and where its last line does."""
    at = begin
    while at < len(text):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        if text[at:end].strip() == tag:
            return at, end
        at = end + 1
    return len(text), len(text)


def _string(text: str, at: int) -> tuple[str, int]:
    """The text of a string that begins at ``at``, and where it ends. What it interpolates stays as it stands."""
    parts: list[str] = []
    inside = 0  # of ${ … }, which may hold strings of its own
    while at < len(text):
        sign = text[at]
        if sign == "\\" and at + 1 < len(text):
            following = text[at + 1]
            parts.append(_ESCAPES.get(following, following) if not inside else sign + following)
            at += 2
            continue
        if text.startswith("${", at):
            inside += 1
        elif sign == "}" and inside:
            inside -= 1
        elif (sign == '"' and not inside) or sign == "\n":
            return "".join(parts), at + (sign == '"')
        parts.append(sign)
        at += 1
    return "".join(parts), at
