"""Shards of one grading put together: all of them, each once, and of nothing else.

A shard comes from another machine: its results are read as those of a slice are, and what does not belong together is
refused before anything is written.
"""

from __future__ import annotations

import dataclasses
import heapq
import itertools
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..messages import Message, _, reason_of
from ..whole_files import replacing
from . import json_lines
from .distrusted import content_of
from .graded import MAX_RESULT_BYTES, Graded, Status, read_graded
from .out import Out
from .record import Record, add_source, read_record, read_rows, read_sources, write_record
from .shard import Shard

__all__ = ["merge"]

_DOCKER_HOST = "--hw-docker-host"
_NOT_COMPARED = ("--hw-course", _DOCKER_HOST, "--hw-lang")
"""Options of a check that are another machine's: the course file is compared by its digest."""


@dataclass(frozen=True, slots=True)
class _Part:
    out: Out
    record: Record
    shard: Shard

    def __str__(self) -> str:
        return f"{self.shard.number}/{self.shard.count} ({self.out.folder})"


def merge(folders: Sequence[Path], out: Out) -> Record:
    """Put the gradings in ``folders`` together in ``out``. Returns what was asked of them all.

    Raises :class:`ConfigurationError` for a shard that is missing, there twice, unfinished, or of another grading, and
    ``OSError``.
    """
    if out.grading.exists():
        raise ConfigurationError(_("{folder} holds a grading already", folder=out.folder))
    parts = sorted(map(_part, folders), key=lambda part: part.shard.number)
    _refuse_others(parts)
    _refuse_gaps(parts)
    for part in parts:
        _refuse_unreadable(part)
        _refuse_unfinished(part)
    _refuse_other_code(parts)
    overrides = _overrides(parts)
    rows = heapq.merge(*map(_rows, parts), key=lambda row: row[0])
    for folder in (out.folder, out.results, out.attempts):
        folder.mkdir(parents=True, exist_ok=True)
    _write_rows(out.rows, rows, parts[0].record.roster["rows"])
    out.commits.unlink(missing_ok=True)
    for part in parts:
        for source in read_sources(part.out):
            add_source(out, source)
        for each in read_graded(part.out):
            _copy(part.out, out, each)
    if overrides is not None:
        out.overrides.write_bytes(overrides)
    record = dataclasses.replace(
        _with_one_docker_host(parts),
        course=_course(parts[0], out),
        shard=None,
        started=min(part.record.started for part in parts),
        ended=max(part.record.ended or "" for part in parts) or None,
        argv=("dockerlab", *sys.argv[1:]),
    )
    write_record(out, record)  # last: before, this is no grading
    return record


def _part(folder: Path) -> _Part:
    out = Out(folder)
    record = read_record(out)
    if record.shard is None:
        raise ConfigurationError(_("{folder} holds no shard, but a whole grading", folder=folder))
    number, count = record.shard
    return _Part(out, record, Shard(number, count))


_COMPARED: Sequence[tuple[Message, Callable[[_Part], object]]] = (
    (_("versions"), lambda part: part.record.version),
    (_("rosters"), lambda part: (part.record.roster["digest"], part.record.roster["rows"])),
    (_("course files"), lambda part: (part.record.course or {}).get("digest")),
    (_("homeworks"), lambda part: part.record.homework),
    (_("tiers"), lambda part: (part.record.tier, part.record.strict)),
    (_("numbers of shards"), lambda part: part.shard.count),
    (_("options"), lambda part: part.record.check_without(*_NOT_COMPARED)),
)


def _refuse_others(parts: Sequence[_Part]) -> None:
    first = parts[0]
    for part in parts[1:]:
        for what, of in _COMPARED:
            if of(part) != of(first):
                raise _do_not_belong(first, part, what)


def _do_not_belong(one: _Part, other: _Part, what: Message) -> ConfigurationError:
    words = {"one": str(one), "other": str(other), "what": what}
    return ConfigurationError(_("shards {one} and {other} do not belong together: {what} differ", **words))


def _refuse_gaps(parts: Sequence[_Part]) -> None:
    for one, other in itertools.pairwise(parts):
        if one.shard == other.shard:
            raise ConfigurationError(_("one shard is there twice: {one}, {other}", one=str(one), other=str(other)))
    there = {part.shard.number for part in parts}
    count = parts[0].shard.count
    missing = [f"{number}/{count}" for number in range(1, count + 1) if number not in there]
    if missing:
        raise ConfigurationError(_("shards are missing: {missing}", missing=missing))


def _refuse_unreadable(part: _Part) -> None:
    ids: set[str] = set()
    for file, read in ((part.out.rows, read_rows), (part.out.commits, read_sources)):
        try:
            found = {each.id for each in read(part.out)}
        except OSError as error:
            raise _changed(file, str(reason_of(error))) from error
        except (
            ArithmeticError,
            AssertionError,
            AttributeError,
            LookupError,
            RuntimeError,
            TypeError,
            ValueError,
        ) as error:
            raise _changed(file, type(error).__name__) from error
        ids = ids or found
        if not found <= ids:
            raise _changed(file, repr(min(found - ids)))


def _changed(file: Path, what: str) -> ConfigurationError:
    return ConfigurationError(_("{file} is not what was written there: {what}", file=file, what=what))


def _refuse_unfinished(part: _Part) -> None:
    waiting = [each for each in read_graded(part.out) if each.status is Status.WAITING]
    if waiting:
        why: Message | str = waiting[0].reason or _("not graded yet")
        raise ConfigurationError(
            _("the shard {shard} is not finished: {count} are left, such as {id}: {why}", shard=str(part),
              count=len(waiting), id=waiting[0].id, why=why)
        )  # fmt: skip


def _refuse_other_code(parts: Sequence[_Part]) -> None:
    """Another state of a check is another check: results say of what code they are."""
    of: dict[str, _Part] = {}
    for part in parts:
        for each in read_graded(part.out):
            packs = ((each.run or {}).get("digests") or {}).get("packs")
            if packs is None:
                continue
            of.setdefault(json.dumps(packs, sort_keys=True), part)
            if len(of) > 1:
                raise _do_not_belong(next(iter(of.values())), part, _("the checks"))


def _rows(part: _Part) -> Iterator[tuple[int, Mapping[str, Any]]]:
    before = -1
    for row in json_lines.read(part.out.rows):
        place = row.get("row")
        if not isinstance(place, int) or place <= before or not part.shard.has(row["id"]):
            raise _changed(part.out.rows, repr(row["id"]))
        yield place, row
        before = place


def _write_rows(path: Path, rows: Iterator[tuple[int, Mapping[str, Any]]], count: int) -> None:
    expected = 0
    with replacing(path) as part, part.open("w", encoding="utf-8") as file:
        for number, row in rows:
            if number != expected:
                break
            file.write(json.dumps(row) + "\n")
            expected += 1
        if expected != count:
            raise ConfigurationError(_("of the roster's {all} rows the one after {count} is in no shard", all=count,
                                       count=expected))  # fmt: skip


def _copy(source: Out, target: Out, graded: Graded) -> None:
    for path, copy in (
        (source.result_of(graded.id), target.result_of(graded.id)),
        (source.attempts_of(graded.id), target.attempts_of(graded.id)),
    ):
        if (content := _written(path)) is not None:
            copy.write_bytes(content)


def _written(file: Path) -> bytes | None:
    """What another machine wrote there, if anything. Nobody waits for a pipe, follows a link, or fills the disk."""
    try:
        content = content_of(file, MAX_RESULT_BYTES + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _changed(file, str(reason_of(error))) from error
    if len(content) > MAX_RESULT_BYTES:
        raise ConfigurationError(_("{path} has more than {limit} bytes", path=file, limit=MAX_RESULT_BYTES))
    return content


def _with_one_docker_host(parts: Sequence[_Part]) -> Record:
    """Of several docker hosts none is that of the whole: a grading that goes on must not ask one shard's for all."""
    record = parts[0].record
    words = {tuple(word for word in part.record.check if word.startswith(f"{_DOCKER_HOST}=")) for part in parts}
    if len(words) > 1:
        return dataclasses.replace(record, docker_host=None, check=record.check_without(_DOCKER_HOST))
    return record


def _course(part: _Part, out: Out) -> Mapping[str, Any] | None:
    """The course file comes along: that of the other machine may be nowhere here. It is the same in all parts."""
    if part.record.course is None or (content := _written(part.out.course)) is None:
        return part.record.course
    if sha256(content).hexdigest() != part.record.course["digest"]:
        raise _changed(part.out.course, "sha256")
    out.course.write_bytes(content)
    return {**part.record.course, "file": str(out.course)}


def _overrides(parts: Sequence[_Part]) -> bytes | None:
    """What the instructor wrote beside a shard. Of two such files nobody knows which they mean."""
    there = [(part.out.overrides, content) for part in parts if (content := _written(part.out.overrides)) is not None]
    if len({content for _path, content in there}) > 1:
        raise ConfigurationError(
            _("{one} and {other} say different things: leave one of them", one=there[0][0], other=there[1][0])
        )
    return there[0][1] if there else None
