"""Puts the page together: a template, a style and scripts, which a policy names by their digests, and data."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from .... import __version__
from ....homework import Kind
from ....messages import Message
from ....report.html_file import html_file, part
from ....report.lines import printable
from ....report.page.explained import explanation
from ....report.terminal import symbols_for
from ....results import Verdict
from ..model import Gradebook
from .data import VERDICTS, data_of
from .words import WORDS

__all__ = ["gradebook_html"]

_WRONG = {Verdict.FAILED, Verdict.ERROR}
_SCRIPTS = ("book.js", "matrix.js", "side.js", "page.js")


def gradebook_html(book: Gradebook, page_of: Callable[[str], str] = lambda id: "") -> str:
    """The page. ``page_of`` is the address of a submission's own page; empty where there is none."""
    symbols = symbols_for("utf-8")
    words = {name: message.render(book.language) for name, message in WORDS.items()}
    verdicts = [Message(str(verdict)).render(book.language) for verdict in VERDICTS]
    data = data_of(book, page_of) | {
        "words": words,
        "verdicts": verdicts,
        "symbols": [symbols[verdict] for verdict in VERDICTS],
    }
    script = "\n".join(['"use strict";', *(part(__package__, name) for name in _SCRIPTS)])
    return html_file(
        __package__,
        book=book,
        words=words,
        labs=_labs(book),
        warnings=list(map(printable, book.warnings)),
        hosts=list(map(printable, book.docker_hosts)),
        course=printable(book.course),
        tier=None if book.tier is None else Message(str(book.tier)).render(book.language),
        data=_json(data),
        explained=[explanation(item.id, book.language) for item in book.columns],
        script=script,
        version=__version__,
    )


def _labs(book: Gradebook) -> list[dict[str, Any]]:
    """What a docker host has shown, where it was asked: it is the same beside each of its submissions."""
    labs = [item.id for item in book.items if item.kind is Kind.LAB]
    verdicts = {id: dict.fromkeys(row.marks[id].verdict for row in book.rows if id in row.marks) for id in labs}
    if not book.docker_hosts and all(each.isdisjoint(_WRONG) for each in map(set, verdicts.values())):
        return []
    return [{"id": id, "said": [_said(verdict, book.language) for verdict in verdicts[id]]} for id in labs]


def _said(verdict: Verdict, language: str) -> tuple[str, str, str]:
    return symbols_for("utf-8")[verdict], Message(str(verdict)).render(language), str(verdict)


def _json(data: Mapping[str, Any]) -> str:
    """JSON that ends no element and begins no comment, wherever in HTML it stands."""
    written = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    written = written.encode("utf-8", "backslashreplace").decode()  # a lone half of a pair is no UTF-8
    return written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
