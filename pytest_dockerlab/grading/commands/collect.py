"""``dockerlab collect ROSTER -o commits.csv``: the commits that stand in the repositories at their deadlines."""

from __future__ import annotations

import argparse
import re
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ... import catalogue as catalogues
from ... import option_table
from ...course import Course
from ...errors import ConfigurationError
from ...homework import Homework
from ...interrupts import ended_in_order
from ...messages import Message, _, reason_of, text
from ...options import resolve
from ...report.lines import printable
from ...roster.row import Row
from ...roster.rows import read_roster
from ...run.output_files import refuse_unwritable
from ...selection import items_by_homework
from ..collected import Collected
from ..collecting import Seen, kept, seen
from ..github import Github
from ..lateness import length
from ..published import Published, Publishers

__all__ = ["add_arguments", "run"]

_OPTIONS = tuple(option for option in option_table.OPTIONS if option.name in ("ref", "course"))
_NAP = 30.0
"""Seconds: a clock may be set, and a machine may sleep."""


def add_arguments(command: Any, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("roster", metavar="ROSTER", help=say(_("the roster: a CSV file, a folder or a list")))
    command.add_argument("-o", dest="out", metavar="FILE", required=True, help=say(_("where the commits are written")))
    text = say(_("the homework whose deadline in the course file counts"))
    command.add_argument("--hw", dest="homework", metavar="HOMEWORK", help=text)
    text = say(_("stay until the last deadline, and ask for each row at its own"))
    command.add_argument("--wait", action="store_true", help=text)
    text = say(_("do not fetch the commits: should a branch be rewritten, they may be lost"))
    command.add_argument("--no-fetch", action="store_true", help=text)
    text = say(
        _("ask GitHub who ran the gate's workflow for these commits; of forks, in the repository they are forks of")
    )
    command.add_argument("--published", nargs="?", const="", metavar="OWNER/NAME", help=text)
    for option in _OPTIONS:
        command.add_argument(option.flag, dest=option.dest, metavar=option.metavar, help=say(Message(option.help)))


def run(given: argparse.Namespace) -> int:
    """Collect what is due. Returns 0, or 3 where a repository could not be had, 2 when it was interrupted."""
    settings = resolve(vars(given), lambda _name: "", ini_folder=None, invocation_folder=Path.cwd())
    known, course = catalogues.of_course(settings.course)
    slugs = [homework.slug for homework in known.homeworks]
    everybodys, homework = None, None
    if given.homework:
        (homework, *more) = items_by_homework(known.select([given.homework]), known)
        if more:
            raise ConfigurationError(_("--hw: one homework has a deadline; name one"))
        everybodys = course.deadlines.get(homework.slug)
    publishers = _publishers(given, homework, course) if given.published is not None else None
    out = Path(given.out).expanduser().absolute()
    refuse_unwritable(out, "-o")
    roster = read_roster(Path(given.roster).expanduser().absolute(), slugs, course.zone)
    for note in roster.notes:
        _tell(note, given.lang)
    collected = Collected(out, roster, slugs, course.zone, asks_who=publishers is not None)
    left = [(row, row.due(everybodys)) for row in roster.rows if not row.exempt and row.id not in collected]
    return _Collecting(collected, settings.ref, publishers, given).run(left)


def _publishers(given: argparse.Namespace, homework: Homework | None, course: Course) -> Publishers:
    if homework is None:
        raise ConfigurationError(_("--published: which commit is graded depends on the homework; name it with --hw"))
    if given.published and not re.fullmatch(r"[\w.-]+/[\w.-]+", given.published):
        raise ConfigurationError(_("--published: {value} is no OWNER/NAME", value=repr(given.published)))
    paths = [path for path in course.workflows if path.startswith(".github/")]
    return Publishers(Github(), homework, paths, given.published or None)


class _Collecting:
    def __init__(
        self, collected: Collected, ref: str | None, publishers: Publishers | None, given: argparse.Namespace
    ) -> None:
        self._collected = collected
        self._ref = ref
        self._publishers = publishers
        self._given = given
        self._problems = 0

    def run(self, waiting: Sequence[tuple[Row, datetime | None]]) -> int:
        try:
            with ended_in_order():
                while True:
                    now = datetime.now(UTC)
                    self._ask([(row, at) for row, at in waiting if at is None or at <= now])
                    later = [(row, at) for row, at in waiting if at is not None and at > now]
                    waiting = later
                    if not later or not self._given.wait:
                        break
                    self._sleep(min(at for _row, at in later))
                if self._publishers is not None:
                    self._ask_who(self._publishers)
        except KeyboardInterrupt:
            self._say(
                _("Interrupted. What was collected by now is in {file}; give the command again.", file=self._given.out)
            )
            return 2
        except OSError as error:
            raise ConfigurationError(
                _("{path} cannot be written: {why}", path=error.filename or self._given.out, why=reason_of(error))
            ) from error
        if later:
            next_one = min(at for _row, at in later)
            self._say(
                _("due later: {count}, the next one at {at}; give the command again then, or with --wait now",
                  count=len(later), at=_shown(next_one))
            )  # fmt: skip
        return 3 if self._problems else 0

    def _ask(self, due: Sequence[tuple[Row, datetime | None]]) -> None:
        found: list[Seen] = []
        latest = timedelta(0)
        for each, (_row, at) in zip(seen([row for row, _at in due], self._ref), due, strict=True):
            found.append(each)
            if each.problem is not None:
                self._problems += 1
                self._complain(each.row.id, each.problem)
            if each.asked is not None and at is not None:
                latest = max(latest, each.asked - at)
            if len(found) % 100 == 0:
                self._collected.add(found[-100:])
        self._collected.add(found[len(found) - len(found) % 100 :])
        count = sum(each.asked is not None for each in found)
        self._say(_("collected: {count}, into {file}", count=count, file=self._given.out))
        if latest > timedelta(hours=1):
            self._say(
                _("asked up to {time} after the deadline: what was pushed meanwhile is in it", time=length(latest))
            )
        if not self._given.no_fetch:
            self._fetch(found)

    def _fetch(self, found: Sequence[Seen]) -> None:
        """After all were asked: that is what has to be at one moment."""
        wanted = [each for each in found if each.asked is not None and each.row.url is not None]
        for each, problem in zip(wanted, kept(wanted), strict=True):
            if problem is not None:
                self._problems += 1
                why = _("its commit is written down, but not fetched: {why}", why=problem)
                self._complain(each.row.id, why)

    def _ask_who(self, publishers: Publishers) -> None:
        """Of all that are collected and of whom it is not known: what was asked before, too."""
        found: dict[str, Published] = {}
        for row, published in publishers.of(self._collected.without_publisher()):
            if isinstance(published, Published):
                found[row.id] = published
            else:
                self._problems += 1
                self._complain(row.id, _("who published its result is not known: {why}", why=published))
        self._collected.add_publishers(found)
        self._say(_("asked who published a result: {count}", count=len(found)))
        if going_on := [id for id, each in found.items() if not each.text]:
            self._say(_("still being checked: {ids}; give the command again later", ids=going_on))

    def _sleep(self, until: datetime) -> None:
        self._say(_("waiting until {at}", at=_shown(until)))
        never = threading.Event()
        while (left := (until - datetime.now(UTC)).total_seconds()) > 0:
            never.wait(min(left, _NAP))

    def _complain(self, id: str, problem: Message | str) -> None:
        _tell(_("{id}: {why}", id=id, why=problem), self._given.lang)

    def _say(self, message: Message) -> None:
        print(printable(text(message, self._given.lang)), flush=True)


def _tell(message: Message, language: str) -> None:
    print(f"dockerlab: {printable(text(message, language))}", file=sys.stderr, flush=True)


def _shown(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
