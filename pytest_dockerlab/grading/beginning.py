"""A grading begins, or is gone on with: what is asked, by what was typed or by what was written down then."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from .. import __version__, option_table
from .. import catalogue as catalogues
from ..course import Course
from ..errors import ConfigurationError
from ..homework import Homework, Item
from ..messages import Message, _
from ..options import Settings, resolve
from ..roster.row import Row
from ..roster.rows import Roster, read_roster
from ..selection import items_by_homework
from ..submission.files.git_folder import seems_git
from .gradebook.members import is_uneven
from .lateness import COLLECTED
from .out import Out
from .record import Record, read_record, write_record, write_rows
from .shard import Shard
from .workflows import of_course, read_templates

__all__ = ["OPTIONS", "Asked", "asked_before", "asked_now", "notes_on", "write_down"]

_NAMED = 10

OPTIONS = tuple(
    option
    for option in option_table.OPTIONS
    if option.name
    in (
        "ref", "tier", "docker-host", "gitlab-url", "registry-mirror-url", "cache-url", "probe-image", "strict",
        "allow-roster-code", "allow-push", "course",
    )
)  # fmt: skip
"""Those of a check that are the same for a whole cohort."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a grading is to do."""

    record: Record
    settings: Settings
    course: Course
    homeworks: Sequence[Homework]
    items: Sequence[Item]
    roster: Roster | None = None
    """Where it is a new one."""


def asked_now(given: argparse.Namespace, out: Out) -> Asked:
    """What was typed. Raises :class:`ConfigurationError` for what cannot be meant."""
    if not given.roster or not given.hw:
        raise ConfigurationError(_("name the roster and the homework: dockerlab grade ROSTER --hw 17 -o OUT"))
    if any(name.strip().lower() == "auto" for name in given.hw):
        raise ConfigurationError(_("--hw auto is of one repository: name the homework, such as --hw 17"))
    settings = _settings(given)
    known, course = catalogues.of_course(settings.course)
    items = known.select(given.hw, endpoints=settings.endpoints)
    homeworks = items_by_homework(items, known)
    path = Path(given.roster).expanduser().absolute()
    roster = read_roster(path, [homework.slug for homework in known.homeworks], course.zone)
    shard = Shard.parse(given.shard) if given.shard else None
    record = Record(
        names=tuple(given.hw),
        homework=tuple(homework.slug for homework in homeworks),
        tier=str(settings.tier),
        strict=settings.strict,
        language=settings.language,
        course=of_course(settings.course, course) if settings.course else None,
        roster={"file": str(path), "digest": roster.digest, "rows": len(roster.rows)},
        shard=(shard.number, shard.count) if shard else None,
        docker_host=given.hw_docker_host,
        check=tuple(_check_words(given, settings, out)),
        argv=tuple(_argv(given, path, out)),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    return Asked(record, settings, course, homeworks, items, roster)


def notes_on(asked: Asked) -> Iterator[Message]:
    """What is to be known of the roster and the course of a new grading before it begins."""
    if asked.roster is None:
        return
    yield from asked.roster.notes
    yield from read_templates(asked.course).problems.values()
    rows = [row for row in asked.roster.rows if not row.exempt]
    if folders := [row.id for row in rows if _is_graded_as_it_lies(row, asked.settings)]:
        yield _("rows that are folders without git: {count}; they are graded as they lie there: {names}",
                count=len(folders), names=_some(folders))  # fmt: skip
    if later := [row.id for row in rows if row.columns.get(COLLECTED, "-") == ""]:
        yield _("rows that were not collected yet: {count}; they are graded as they are now: {names}",
                count=len(later), names=_some(later))  # fmt: skip
    if uneven := [row.id for row in rows if is_uneven(row.columns)]:
        yield _("rows with other numbers of names and of addresses: {count}; each address has a line: {names}",
                count=len(uneven), names=_some(uneven))  # fmt: skip


def _some(ids: Sequence[str]) -> list[str]:
    return [*ids[:_NAMED], *(["…"] if len(ids) > _NAMED else [])]


def _is_graded_as_it_lies(row: Row, settings: Settings) -> bool:
    """A revision that is asked for is not there, and that is an error of the row."""
    is_asked_for = bool(settings.ref) or any(row.refs.values())
    return row.path is not None and not is_asked_for and row.path.is_dir() and not seems_git(row.path)


def write_down(asked: Asked, out: Out) -> None:
    """Write down what is asked, in the folder of a new grading. Raises ``OSError``."""
    assert asked.roster is not None
    for folder in (out.results, out.attempts, out.logs):
        folder.mkdir(exist_ok=True)
    if asked.settings.course:
        shutil.copyfile(asked.settings.course, out.course)  # the checks read this one, whatever becomes of the other
    write_rows(out, asked.roster.rows, Shard(*asked.record.shard) if asked.record.shard else None)
    write_record(out, asked.record)


def asked_before(given: argparse.Namespace, out: Out) -> Asked:
    """What was written down, which must not contradict what is typed now.

    Raises :class:`ConfigurationError` where it does.
    """
    record = read_record(out)
    if record.version != __version__:
        raise _other(_("it was begun by version {version} of pytest-dockerlab, and this is {ours}",
                       version=record.version, ours=__version__))  # fmt: skip
    known, course = catalogues.of_course(out.course if record.course else None)
    slugs = [homework.slug for homework in known.homeworks]
    if given.roster:
        path = Path(given.roster).expanduser().absolute()
        if read_roster(path, slugs, course.zone).digest != record.roster["digest"]:
            raise _other(_("the roster {file} is another one", file=path))
    typed = _settings(given)
    if given.hw and tuple(given.hw) != record.names:
        raise _other(_("it is of {homework}", homework=list(record.names)))
    if given.hw_tier and given.hw_tier != record.tier:
        raise _other(_("its tier is {tier}", tier=record.tier))
    if typed.course and known.course(typed.course).digest != (record.course or {}).get("digest"):
        raise _other(_("the course file {file} is another one", file=typed.course))
    settings = record.settings()
    items = known.select(record.names, endpoints=settings.endpoints)
    return Asked(record, settings, course, items_by_homework(items, known), items)


def _other(why: Message) -> ConfigurationError:
    return ConfigurationError(_("this grading cannot be gone on with so: {why}", why=why))


def _settings(given: argparse.Namespace) -> Settings:
    return resolve(
        {**vars(given), "hw_lang": given.lang}, lambda _name: "", ini_folder=None, invocation_folder=Path.cwd()
    )


def _check_words(given: argparse.Namespace, settings: Settings, out: Out) -> Iterator[str]:
    """The options of every check, with what the environment says: it may be another one tomorrow."""
    for name in given.hw:
        yield f"--hw={name}"
    for option in OPTIONS:
        value = getattr(settings, option.name.replace("-", "_"), None)
        for need in option.needs:
            value = settings.endpoints.get(need)
        if option.name == "course":
            value = str(out.course) if settings.course else None
        yield from option_table.words(option, value, Path.cwd())
    yield f"--hw-lang={settings.language}"


def _argv(given: argparse.Namespace, roster: Path, out: Out) -> Iterator[str]:
    """The command that does it again, from anywhere."""
    yield from ("dockerlab", "grade", str(roster))
    for name in given.hw:
        yield from ("--hw", name)
    for option in OPTIONS:
        yield from option_table.words(option, getattr(given, option.dest), Path.cwd())
    if given.shard:
        yield from ("--shard", given.shard)
    yield from ("-o", str(out.folder))
