"""``dockerlab grade``: a whole roster, in many small isolated runs."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ... import catalogue as catalogues
from ... import option_table
from ...course import load_course
from ...errors import ConfigurationError, DockerlabError
from ...homework import Homework
from ...interrupts import ended_in_order
from ...messages import Message, _, text
from ...options import Settings, resolve
from ...report.lines import printable
from ...results import SubmissionResult
from ...roster.freezing import freeze_row
from ...roster.row import Row
from ...roster.rows import read_roster
from ...selection import Source, items_by_homework
from ..graded import Status, read_graded
from ..local_pool import LocalPool
from ..out import Out
from ..pool import Pool
from ..record import Record, read_record, read_rows, read_sources, write_record, write_rows
from ..run import CohortRun, Limits
from ..shard import Shard

__all__ = ["add_arguments", "run"]

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
_GIBIBYTE = 2**30


def add_arguments(command: Any, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("roster", nargs="?", metavar="ROSTER", help=say(_("the roster: a CSV file")))
    command.add_argument("-o", dest="out", metavar="OUT", help=say(_("the folder of this grading")))
    command.add_argument("-n", dest="workers", metavar="N", help=say(_("run in N processes")))
    text = say(_("only this part of the roster, such as 3/10: dockerlab merge puts the parts together"))
    command.add_argument("--shard", metavar="I/N", help=text)
    text = say(_("who runs it: processes of this machine, or with hq workers of HyperQueue"))
    command.add_argument("--pool", metavar="POOL", default="local", help=text)
    command.add_argument("--resume", action="store_true", help=say(_("go on with a grading that was ended")))
    for option in (option_table.HOMEWORK, *OPTIONS):
        words: dict[str, Any] = {"dest": option.dest, "help": say(Message(option.help))}
        if option.is_flag:
            words["action"] = "store_true"
        else:
            words |= {
                "action": "append" if option.many else "store",
                "metavar": option.metavar or "|".join(option.choices),
            }
        command.add_argument(option.flag, **words)


def run(given: argparse.Namespace) -> int:
    """Grade. Returns the exit code: 0 when every row was graded, 3 when some are errors of ours, 2 interrupted."""
    if not given.out:
        raise ConfigurationError(_("name the folder of the grading: -o OUT"))
    out = Out(Path(given.out).expanduser().absolute())
    width = _width(given.workers)
    pool = _pool(given, out)
    record, homeworks, ref = _begin(given, out)
    say = _Plain(given.lang)
    left = [row for row in read_graded(out) if row.status is Status.WAITING]
    wanted = {each.id for each in left}
    known = {source.id: source for source in read_sources(out) if source.id in wanted}

    def freeze(row: Row) -> Source:
        return known.pop(row.id, None) or freeze_row(row, homeworks, ref, out.folder / "clones")

    rows = (row for row in read_rows(out) if row.id in wanted)
    cohort = CohortRun(out, record, pool, width, Limits(300.0, 3 * _GIBIBYTE), told=say.told)
    try:
        with ended_in_order():
            cohort.run(rows, len(left), freeze)
    except KeyboardInterrupt:
        print(text(_("Interrupted. To go on: dockerlab grade --resume -o {out}", out=given.out), given.lang))
        return 2
    except DockerlabError as error:
        print(text(error.text, given.lang), file=sys.stderr)
        return 3
    errors = sum(each.status is Status.ERROR for each in read_graded(out))
    return 3 if errors else 0


def _pool(given: argparse.Namespace, out: Out) -> Pool:
    if given.pool == "local":
        return LocalPool()
    if given.pool != "hq":
        raise ConfigurationError(_("--pool {pool}: there are local and hq", pool=given.pool))
    from ..hyperqueue_pool import HyperQueuePool, server_folder

    pool = HyperQueuePool(server_folder())
    out.folder.mkdir(parents=True, exist_ok=True)
    named = [Path(each).absolute() for each in (given.roster, given.hw_course) if each]
    machine = pool.try_out(out.folder, named)
    print(text(_("HyperQueue has a worker on {machine} that sees what it needs.", machine=machine), given.lang))
    if pool.is_open:
        warning = _("This HyperQueue has no keys: whoever reaches its port runs what they like on its workers.")
        print(text(warning, given.lang), file=sys.stderr)
    return pool


def _width(typed: str | None) -> int:
    if typed is None or typed in ("auto", "logical"):
        return os.cpu_count() or 1
    if not typed.isdecimal() or not int(typed):
        raise ConfigurationError(_("-n takes a number, or auto, not {value}", value=repr(typed)))
    return int(typed)


def _begin(given: argparse.Namespace, out: Out) -> tuple[Record, list[Homework], str | None]:
    settings = resolve(vars(given), lambda _name: "", ini_folder=None, invocation_folder=Path.cwd())
    if given.resume:
        record = read_record(out)
        homeworks = [hw for hw in catalogues.load().homeworks if hw.slug in record.homework]
        return record, homeworks, settings.ref
    if out.grading.exists():
        raise ConfigurationError(_("{folder} holds a grading already; to go on with it: --resume", folder=out.folder))
    if not given.roster or not given.hw:
        raise ConfigurationError(_("name the roster and the homework: dockerlab grade ROSTER --hw 17 -o OUT"))
    roster = Path(given.roster)
    known = catalogues.load()
    course_file = Path(settings.course) if settings.course else None
    course = load_course(course_file, known.items, [hw.slug for hw in known.homeworks], known.left_out)
    known = catalogues.load(course.numbers)
    homeworks = items_by_homework(known.select(given.hw, endpoints=settings.endpoints), known)
    shard = Shard.parse(given.shard) if given.shard else None
    read = read_roster(roster, [homework.slug for homework in known.homeworks])
    for folder in (out.folder, out.results, out.attempts, out.logs):
        folder.mkdir(parents=True, exist_ok=True)
    record = Record(
        homework=tuple(homework.slug for homework in homeworks),
        tier=str(settings.tier),
        strict=settings.strict,
        language=settings.language,
        course={"file": str(course_file), "digest": str(course.digest)} if course_file else None,
        roster={"file": str(roster.absolute()), "digest": read.digest, "rows": len(read.rows)},
        shard=(shard.number, shard.count) if shard else None,
        docker_host=given.hw_docker_host,
        check=(*_check_words(given, settings),),
        argv=("dockerlab", *sys.argv[1:]),
        started=datetime.now(UTC).isoformat(timespec="seconds"),
    )
    write_rows(out, read.rows, shard)
    write_record(out, record)
    return record, homeworks, settings.ref


def _check_words(given: argparse.Namespace, settings: Settings) -> Iterator[str]:
    for name in given.hw:
        yield from ("--hw", name)
    for option in OPTIONS:
        yield from option_table.words(option, getattr(given, option.dest), Path.cwd())
    yield f"--hw-lang={settings.language}"


class _Plain:
    """A line for each submission."""

    def __init__(self, language: str) -> None:
        self._language = language

    def told(self, id: str, result: SubmissionResult | None) -> None:
        """One more is done."""
        print(f"{printable(id)}: {result.score.points if result else 'error'}", flush=True)
