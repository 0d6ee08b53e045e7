"""The gradebook as the page's scripts read it: each text and each mark stands once, and rows name them by number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from ....homework import Level
from ....messages import Message
from ....report.lines import printable
from ....results import Verdict
from ...graded import Status
from ..members import cell_of
from ..model import Cause, Entry, Gradebook, Mark

__all__ = ["VERDICTS", "data_of"]

VERDICTS = tuple(Verdict)
"""A verdict's number is its place here."""
_VARIES = "…"
_NOT_SHOWN = re.compile(r"id|name|path|url|ref(:.*)?|language|exempt")
"""Columns that are shown otherwise, or say where a submission is, and not whose."""


def data_of(book: Gradebook, page_of: Callable[[str], str]) -> dict[str, Any]:
    """All that the scripts have to know.

    :param page_of: the address of a submission's page; empty where there is none.
    """
    return _Data(book, page_of).data()


class _Data:
    def __init__(self, book: Gradebook, page_of: Callable[[str], str]) -> None:
        self._book = book
        self._page_of = page_of
        self._items = book.columns
        self._at = {item.id: at for at, item in enumerate(self._items)}
        self._texts: dict[str, int] = {"": 0}
        self._marks: dict[Mark, int] = {}
        self._causes: dict[str, int] = {}
        self._args: list[dict[str, str]] = []  # of each cause: what is the same wherever it stands
        self._shown = [
            name
            for name in dict.fromkeys(name for row in book.rows for name in row.columns)
            if not _NOT_SHOWN.fullmatch(name.strip().casefold())
        ]

    def data(self) -> dict[str, Any]:
        rows = [self._row(row) for row in self._book.rows]
        return {
            "language": self._book.language,
            "maximum": self._book.maximum,
            "bonus": sum(item.max_points for item in self._items if item.level is not Level.REQUIRED),
            "columns": list(map(printable, self._shown)),
            "items": [
                {
                    "id": item.id,
                    "name": item.id.partition("/")[2],
                    "homework": item.slug,
                    "title": printable(item.title),
                    "level": str(item.level),
                    "required": item.level is Level.REQUIRED,
                    "max": item.max_points,
                }
                for item in self._items
            ],
            "rows": rows,
            "marks": [self._mark(mark) for mark in self._marks],
            "causes": [
                self._said(at, sentence) for sentence, at in self._causes.items()
            ],  # below marks, which name them
            "texts": list(self._texts),
        }

    def _row(self, row: Entry) -> dict[str, Any]:
        names = [cell_of(member, "name") for member in row.members]
        return {
            "id": row.id,
            "name": printable(", ".join(dict.fromkeys(name for name in names if name))),
            "cells": [printable(row.columns.get(name, "")) for name in self._shown],
            "state": _state(row),
            "total": row.total,
            "points": row.points,
            "bonus": row.bonus,
            "max": row.maximum,
            "known": row.verified_maximum,
            "late": row.is_late,
            "deadline": printable(row.late),
            "why": printable(row.reason),
            "commit": ", ".join(dict.fromkeys(commit[:10] for commit in row.commits.values())),
            "folder": row.is_folder,
            "workflow": printable("; ".join(each.text for each in row.workflows)),
            "template": str(row.workflow or ""),
            "page": self._page_of(row.id),
            "marks": [self._number(row.marks.get(item.id)) for item in self._items],
        }

    def _number(self, mark: Mark | None) -> int:
        return -1 if mark is None else self._marks.setdefault(mark, len(self._marks))

    def _mark(self, mark: Mark) -> dict[str, Any]:
        return dict(self._told(mark))

    def _told(self, mark: Mark) -> Iterator[tuple[str, Any]]:
        """What is usual is left out."""
        yield "v", VERDICTS.index(mark.verdict)
        yield "p", mark.points
        yield "m", mark.max_points
        if mark.because_of is not None:
            yield "because", self._at.get(mark.because_of, mark.because_of)
        if mark.why:
            yield "why", self._text(mark.why)
        if mark.cause is not None:
            yield "cause", self._cause(mark.cause)
        if mark.remedy:
            yield "remedy", self._text(mark.remedy)
        if mark.findings > 1:
            yield "more", mark.findings - 1
        if mark.is_rehearsal:
            yield "rehearsal", True
        if mark.override is not None:
            yield "who", printable(mark.override.who)
            yield "when", mark.override.when
            yield "automatic", None if mark.automatic is None else self._mark(mark.automatic)

    def _cause(self, cause: Cause) -> int:
        at = self._causes.setdefault(cause.sentence, len(self._causes))
        if at == len(self._args):
            self._args.append(dict(cause.args))
        known = self._args[at]
        known |= {name: _VARIES for name, value in cause.args if known.get(name, _VARIES) != value}
        return at

    def _said(self, at: int, sentence: str) -> str:
        return printable(Message(sentence, self._args[at]).render(self._book.language))

    def _text(self, text: str) -> int:
        text = printable(text)
        return self._texts.setdefault(text, len(self._texts))


def _state(row: Entry) -> str:
    """What an instructor has to know of a row first."""
    if row.status is Status.EXEMPT:
        return "exempt"
    if row.total is None:
        return "waiting" if row.status is Status.WAITING else "error"
    return "final" if row.is_settled else "provisional"
