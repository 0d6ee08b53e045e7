"""Lines of a Makefile taken apart: comments, continuations, operators outside of brackets."""

from __future__ import annotations

import re

__all__ = ["definition", "is_continued", "joined", "partition", "split", "without_comment"]


def joined(line: str) -> str:
    """One line of several that end with a backslash."""
    return " ".join(part.strip() if number else part.rstrip() for number, part in enumerate(line.split("\\\n")))


def is_continued(line: str) -> bool:
    """Whether the next line belongs to this one."""
    return (len(line) - len(line.rstrip("\\"))) % 2 == 1


def definition(lines: list[str], at: int) -> tuple[list[str], int]:
    """The lines of a ``define`` up to its ``endef``, and where it goes on."""
    body, depth = list[str](), 1
    while at < len(lines):
        word = (lines[at].split(None, 1) or [""])[0]
        depth += (word == "define") - (word == "endef")
        at += 1
        if not depth:
            break
        body.append(lines[at - 1])
    return body, at


def without_comment(text: str) -> str:
    """A line up to its comment, ``\\#`` as the sign itself."""
    match = re.search(r"(?<!\\)#", text)
    return (text[: match.start()] if match else text).replace("\\#", "#")


def split(text: str) -> tuple[str, str, str]:
    """What stands before the first operator outside of brackets, the operator (``:`` for a rule's), and the rest."""
    depth = 0
    for match in re.finditer(r"\$[({]|[(){}]|:::=|::=|:=|\?=|\+=|!=|=|:", text):
        sign = match[0]
        if sign[-1] in "({":
            depth += sign[0] == "$" or depth > 0
        elif sign in ")}":
            depth = max(0, depth - 1)
        elif not depth:
            return text[: match.start()], sign, text[match.end() :]
    return text, "", ""


def partition(text: str, sign: str) -> tuple[str, bool, str]:
    """What stands before and behind the first ``sign`` outside of brackets, and whether there is one."""
    depth = 0
    for match in re.finditer(rf"[(){{}}{sign}]", text):
        if match[0] in "({":
            depth += 1
        elif match[0] in ")}":
            depth -= 1
        elif depth <= 0:
            return text[: match.start()], True, text[match.end() :]
    return text, False, ""
