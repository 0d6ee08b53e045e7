"""What an item is about, from the homework's own pages: for whoever reads that something of theirs is wrong."""

from __future__ import annotations

import functools

from ... import catalogue
from ...homework import Homework
from ..explanations import section

__all__ = ["explanation"]


@functools.cache
def explanation(id: str, language: str) -> str:
    """The explanation of an item as HTML, without its heading; empty where the homework is not installed here."""
    from markdown_it import MarkdownIt

    homework = _homeworks().get(id.partition("/")[0])
    found = section(homework, id, language) if homework is not None else None
    if found is None:
        return ""
    _heading, _newline, text = found.partition("\n")
    rendered: str = MarkdownIt("commonmark", {"html": False}).enable("table").render(text)
    return rendered.strip()


@functools.cache
def _homeworks() -> dict[str, Homework]:
    return {homework.slug: homework for homework in catalogue.load().homeworks}
