"""gradebook.json: the gradebook for other programs, by ``gradebook.schema.json``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from typing import Any

from ... import __version__
from ...run.output_files import as_json
from .model import Entry, Gradebook, GradedItem, Mark, Workflow

__all__ = ["gradebook_json", "schema"]


def schema() -> dict[str, Any]:
    """The JSON Schema of gradebook.json, as shipped."""
    loaded = json.loads(resources.files(__package__).joinpath("gradebook.schema.json").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def gradebook_json(book: Gradebook) -> Iterator[str]:
    """The parts of the file's text: a row of the roster is a line, so that two gradebooks can be compared."""
    head = {
        "schema": 1,
        "tool": {"name": "pytest-dockerlab", "version": __version__},
        "language": book.language,
        "course": book.course,
        "tier": None if book.tier is None else str(book.tier),
        "started": book.started,
        "docker_hosts": list(book.docker_hosts),
        "maximum": book.maximum,
        "warnings": list(book.warnings),
        "statuses": {str(status): count for status, count in sorted(book.statuses.items())},
        "homeworks": [{"slug": each.slug, "number": each.number, "title": each.title} for each in book.homeworks],
    }
    yield "{\n"
    for name, value in head.items():
        yield f"{_dumped(name)}: {_dumped(value)},\n"
    yield from _lines("items", (_item(book, item) for item in book.items))
    yield ",\n"
    yield from _lines("rows", (_row(entry) for entry in book.rows))
    yield "\n}\n"


def _lines(name: str, values: Iterator[object]) -> Iterator[str]:
    yield f"{_dumped(name)}: [\n"
    for number, value in enumerate(values):
        yield (",\n" if number else "") + _dumped(value)
    yield "\n]"


def _dumped(value: object) -> str:
    return as_json(value, allow_nan=False)


def _item(book: Gradebook, item: GradedItem) -> dict[str, Any]:
    return {
        "id": item.id,
        "title": item.title,
        "kind": str(item.kind),
        "level": str(item.level),
        "tier": str(item.tier),
        "max_points": item.max_points,
        "verdicts": {str(verdict): count for verdict, count in sorted(book.verdicts_of(item).items())},
    }


def _row(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "columns": dict(entry.columns),
        **({"members": [dict(each) for each in entry.members]} if len(entry.members) > 1 else {}),
        "status": str(entry.status),
        **({"reason": entry.reason} if entry.reason else {}),
        "points": entry.points,
        "bonus": entry.bonus,
        "total": entry.total,
        "maximum": entry.maximum,
        "verified_maximum": entry.verified_maximum,
        "final": entry.is_final,
        "settled": entry.is_settled,
        **({"deadline": entry.late} if entry.late else {}),
        **({"late": True} if entry.is_late else {}),
        "commits": dict(entry.commits),
        **({"folder": True} if entry.is_folder else {}),
        **({"workflows": [_workflow(each) for each in entry.workflows]} if entry.workflows else {}),
        "marks": {id: _mark(mark) for id, mark in entry.marks.items()},
    }


def _workflow(workflow: Workflow) -> dict[str, str]:
    return {"homework": workflow.homework, "path": workflow.path, "state": str(workflow.state)}


def _mark(mark: Mark) -> dict[str, Any]:
    """What is usual is left out."""
    made: dict[str, Any] = {"verdict": str(mark.verdict), "points": mark.points, "max_points": mark.max_points}
    if mark.because_of is not None:
        made["because_of"] = mark.because_of
    made |= {name: value for name, value in (("why", mark.why), ("remedy", mark.remedy)) if value}
    if mark.findings:
        made["findings"] = mark.findings
    if mark.is_rehearsal:
        made["rehearsal"] = True
    if mark.override is not None:
        made["override"] = {"reason": mark.override.reason, "who": mark.override.who, "when": mark.override.when}
        made["automatic"] = None if mark.automatic is None else _mark(mark.automatic)
    return made
