"""What was asked of a grading, of whom, and at which commits: ``grading.json``, ``rows.jsonl`` and ``commits.jsonl``.

Rows stand in files of their own, a line each, so that a roster of any length is read and written row by row.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs

from .. import __version__, option_table
from ..errors import ConfigurationError
from ..messages import _, reason_of, to_json
from ..options import Settings, resolve
from ..roster.row import Row, is_id
from ..run.output_files import write_json
from ..source import Source
from ..whole_files import replacing
from . import json_lines
from .distrusted import json_of
from .out import Out
from .shard import Shard

__all__ = [
    "Record",
    "add_source",
    "read_record",
    "read_rows",
    "read_sources",
    "recorded_course",
    "write_record",
    "write_rows",
]

SCHEMA_VERSION = 1
_MAX_BYTES = 1_000_000
_TEXTS = ("id", "url", "name", "email", "group", "language", "exempt")
"""Of a row: what is written down as it is."""


@dataclass(frozen=True, slots=True)
class Record:
    """What was asked."""

    names: tuple[str, ...]
    """What ``--hw`` named."""
    homework: tuple[str, ...]
    """The slugs of the homeworks of these."""
    tier: str
    strict: bool
    language: str
    course: Mapping[str, Any] | None
    """Its file and its digest, and what its workflows mean, by path: digests."""
    roster: Mapping[str, Any]
    """Its file, its digest, and how many rows it has."""
    shard: tuple[int, int] | None
    docker_host: str | None
    check: tuple[str, ...]
    """The options of every check, each one word: ``--hw=docker-4``."""
    argv: tuple[str, ...]
    started: str
    ended: str | None = None
    version: str = __version__

    def check_without(self, *flags: str) -> tuple[str, ...]:
        """The options of every check but these."""
        return tuple(word for word in self.check if word.partition("=")[0] not in flags)

    def to_json(self) -> dict[str, Any]:
        """The form of grading.json."""
        data: dict[str, Any] = {each.name: to_json(getattr(self, each.name)) for each in fields(self)}
        return {"schema": SCHEMA_VERSION, "tool": {"name": "pytest-dockerlab", "version": data.pop("version")}, **data}

    def settings(self) -> Settings:
        """What the options of every check come to. Raises :class:`ConfigurationError` where one is none any more."""
        parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
        option_table.add_arguments(parser.add_argument)
        given, odd = parser.parse_known_args(self.check)
        if odd:
            raise ConfigurationError(
                _("the grading was asked with {options}, which is no option any more", options=odd)
            )
        return resolve(vars(given), lambda _name: "", ini_folder=None, invocation_folder=Path.cwd(), environ={})


def read_record(out: Out) -> Record:
    """What was asked of the grading in ``out``. Raises :class:`ConfigurationError` where there is none."""
    try:
        data: Any = json_of(out.grading, _MAX_BYTES)
        schema = json.loads(resources.files(__package__).joinpath("grading.schema.json").read_text("utf-8"))
        jsonschema_rs.validate(schema, data)
    except FileNotFoundError as error:
        raise ConfigurationError(_("{folder} holds no grading", folder=out.folder)) from error
    except (OSError, ValueError, RecursionError, jsonschema_rs.ValidationError) as error:
        why = reason_of(error) if isinstance(error, OSError) else str(error)[:200]
        raise ConfigurationError(_("{file} cannot be read: {why}", file=out.grading, why=why)) from error
    del data["schema"]
    version = data.pop("tool")["version"]
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in data.items()}
    return Record(**{"docker_host": None, **values}, version=version)


def recorded_course(out: Out, record: Record) -> Path | None:
    """The course file of the grading: the one that was named or, where that is not there any more, the copy of it."""
    if record.course is None:
        return None
    named = Path(record.course["file"])
    return out.course if not named.is_file() and out.course.is_file() else named


def write_record(out: Out, record: Record) -> None:
    """Write it. Raises ``OSError``."""
    write_json(out.grading, record.to_json())


def write_rows(out: Out, rows: Iterable[Row], shard: Shard | None = None) -> None:
    """Write down of whom: of a ``shard`` only its rows, and of each its place in the roster. Raises ``OSError``."""
    with replacing(out.rows) as part, part.open("w", encoding="utf-8") as file:
        for place, row in enumerate(rows):
            if shard is None or shard.has(row.id):
                file.write(json.dumps({"row": place, **_row_to_json(row)}) + "\n")


def read_rows(out: Out) -> Iterator[Row]:
    """The rows, in the roster's order."""
    for data in json_lines.read(out.rows):
        yield _row_from_json(data)


def add_source(out: Out, source: Source) -> None:
    """Write down where a submission is, and at which commits. Raises ``OSError``."""
    json_lines.append(out.commits, [{"source": source.to_json()}])


def read_sources(out: Out) -> Iterator[Source]:
    """What is written down of that; of a submission that is there twice the last one counts."""
    for data in json_lines.read(out.commits):
        yield Source.from_json(data["source"])


def _row_to_json(row: Row) -> dict[str, Any]:
    extension = row.extension
    return {
        **{name: getattr(row, name) for name in _TEXTS},
        "path": str(row.path) if row.path else None,
        "refs": dict(row.refs),
        "deadline": row.deadline.isoformat() if row.deadline else None,
        "extension": extension.total_seconds()
        if isinstance(extension, timedelta)
        else extension and extension.isoformat(),
        "columns": dict(row.columns),
    }


def _row_from_json(data: Mapping[str, Any]) -> Row:
    """The reverse. Raises ``ValueError`` and the like for what no roster has: a shard comes from another machine."""
    if not is_id(data["id"]):
        raise ValueError(data["id"])
    texts = [data[name] for name in _TEXTS if name not in ("exempt", "url")]
    texts += [text for cells in (data["refs"], data["columns"]) for pair in cells.items() for text in pair]
    "".join(texts).encode("utf-8")
    extension = data["extension"]
    return Row(
        **{name: data[name] for name in _TEXTS},
        path=Path(data["path"]) if data["path"] else None,
        refs=data["refs"],
        deadline=datetime.fromisoformat(data["deadline"]) if data["deadline"] else None,
        extension=datetime.fromisoformat(extension)
        if isinstance(extension, str)
        else extension and timedelta(seconds=extension),
        columns=data["columns"],
    )
