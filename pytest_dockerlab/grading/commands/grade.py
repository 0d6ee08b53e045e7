"""``dockerlab grade``: a whole roster, in many small isolated runs."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ... import option_table
from ...errors import ConfigurationError, DockerlabError
from ...interrupts import ended_in_order
from ...messages import Message, _
from ...report.lines import Lines
from ...results import Verdict
from ...roster.freezing import freeze_row
from ...roster.row import Row
from ...source import Source
from ..beginning import OPTIONS, Asked, asked_before, asked_now, notes_on, write_down
from ..disk import refuse_unwritable, unwritable
from ..gradebook.overrides import read_overrides
from ..graded import Graded, Status, read_graded
from ..labs import labs_of
from ..left_behind import take_over
from ..lock import held
from ..out import Out
from ..pool import Pool
from ..progress import progress_on
from ..record import Record, read_rows, read_sources, write_record
from ..run import CohortRun, limits_of
from ..summary import summary, to_go_on
from ..warm_pool import local_pool

__all__ = ["add_arguments", "run", "width_of"]


def add_arguments(command: Any, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    text = say(_("a CSV file, a folder of repositories, or a list of paths and URLs"))
    command.add_argument("roster", nargs="?", metavar="ROSTER", help=text)
    command.add_argument("-o", dest="out", metavar="OUT", help=say(_("the folder of this grading")))
    text = say(_("this many runs at once (default: as many as there are processors)"))
    command.add_argument("-n", dest="workers", metavar="N", help=text)
    text = say(_("say what it will take, what will be unverified and what is missing, and grade nothing"))
    command.add_argument("--plan", action="store_true", help=text)
    text = say(_("continue an interrupted grading, with the options that it was started with"))
    command.add_argument("--resume", action="store_true", help=text)
    text = say(_("continue, and try the submissions again that ended in an error of ours"))
    command.add_argument("--only-errors", action="store_true", help=text)
    text = say(_("only this part of the roster, such as 3/10: dockerlab merge puts the parts together"))
    command.add_argument("--shard", metavar="I/N", help=text)
    text = say(_("who runs it: processes of this machine or, with hq, workers of HyperQueue"))
    command.add_argument("--pool", metavar="POOL", default="local", help=text)
    for option in (option_table.HOMEWORK, *OPTIONS):
        words: dict[str, Any] = {"dest": option.dest, "help": say(Message(option.help))}
        if option.is_flag:
            words["action"] = "store_true"
        else:
            words["action"] = "append" if option.many else "store"
            words["metavar"] = option.metavar or "|".join(option.choices)
        command.add_argument(option.flag, **words)


def run(given: argparse.Namespace) -> int:
    """Grade. Returns the exit code: 0 when every row was graded, 3 when some are errors of ours, 2 interrupted."""
    if given.plan and not given.out:
        asked = asked_now(given, Out(Path()))
        _say_notes(asked, given.lang)
        return _plan(asked, given)
    if not given.out:
        raise ConfigurationError(_("name the folder of the grading: -o OUT"))
    out = Out(Path(given.out).expanduser().absolute())
    width = width_of(given.workers)
    goes_on = given.resume or given.only_errors
    if out.grading.exists() and not goes_on and not given.plan:
        raise ConfigurationError(
            _("{folder} holds a grading already; to go on with it: --resume, to begin another: name another folder",
              folder=out.folder)
        )  # fmt: skip
    asked = asked_before(given, out) if goes_on or (given.plan and out.grading.exists()) else asked_now(given, out)
    _say_notes(asked, given.lang)
    if given.plan:
        return _plan(asked, given)
    refuse_unwritable(out.folder, asked.record.roster["rows"])
    with held(out, "grade"):
        read_overrides(out.overrides)  # what is wrong with them is better known before
        try:
            if asked.roster is not None:
                pool = _pool(given, out)  # where nobody can grade, nothing is begun
                write_down(asked, out)
            else:
                take_over(out, asked.record)  # first: what was left behind may keep the workers busy
                pool = _pool(given, out)
        except OSError as error:
            raise ConfigurationError(unwritable(error)) from error
        return _grade(given, out, asked, width, pool)


def _say_notes(asked: Asked, language: str) -> None:
    for note in notes_on(asked):
        print(f"dockerlab: {Lines(language).say(note)}", file=sys.stderr)


def width_of(typed: str | None) -> int:
    """How many runs at once ``-n`` asks for. Raises :class:`ConfigurationError` for what is no number."""
    if typed is None or typed in ("auto", "logical"):
        return os.cpu_count() or 1
    if not typed.isdecimal() or not int(typed):
        raise ConfigurationError(_("-n takes a number, or auto, not {value}", value=repr(typed)))
    return int(typed)


def _grade(given: argparse.Namespace, out: Out, asked: Asked, width: int, pool: Pool) -> int:
    record, lines = asked.record, Lines(given.lang)
    limits = limits_of(record, asked.course)
    todo = frozenset(each.id for each in read_graded(out) if _is_to_do(each, only_errors=given.only_errors))
    all_in_all = sum(not row.exempt for row in read_rows(out))
    known = {source.id: source for source in read_sources(out) if source.id in todo and source.problem is None}
    for id in todo if given.only_errors else ():
        out.attempts_of(id).unlink(missing_ok=True)

    def freeze(row: Row) -> Source:
        return known.pop(row.id, None) or freeze_row(
            row, asked.homeworks, asked.settings.ref, out.clones, again=given.only_errors
        )

    progress = progress_on(sys.stderr, all_in_all, all_in_all - len(todo), given.lang)
    stopped: Message | str | None = None
    interrupted = False
    try:
        with ended_in_order(), progress:
            labs = labs_of(asked.items, out, record, pool, limits) if todo else []
            rows = (row for row in read_rows(out) if row.id in todo)
            CohortRun(out, record, pool, width, limits, progress, labs).run(rows, len(todo), freeze)
    except KeyboardInterrupt:
        interrupted = True
    except DockerlabError as error:
        stopped = error.text
    except OSError as error:
        stopped = unwritable(error)
    finally:
        pool.close()
    is_whole = not interrupted and stopped is None
    problems: Sequence[Message] = _finish(out, record, given.lang) if is_whole else ()
    found = summary(out, progress, lines, with_counts=not is_whole)
    for line in found.lines:
        print(line)
    for problem in (*problems, *([stopped] if stopped is not None else [])):
        print(f"dockerlab: {lines.say(problem)}", file=sys.stderr)
    if not is_whole:
        print(lines.say(_("To go on: {command}", command=to_go_on(out, "--resume"))), file=sys.stderr)
        return 2 if interrupted else 3
    return 3 if found.errors or problems else 0


def _finish(out: Out, record: Record, language: str) -> Sequence[Message]:
    """Make what is made of results, and say where it is. Returns what could not be made."""
    from ..gradebook.files import make_files
    from .gradebook import told

    try:
        write_record(out, replace(record, ended=datetime.now(UTC).isoformat(timespec="seconds")))
        made = make_files(out, language)
    except (ConfigurationError, OSError) as error:  # all is graded: that is kept, whatever has become of the rest
        why = unwritable(error) if isinstance(error, OSError) else error.text
        command = shlex.join(["dockerlab", "gradebook", str(out.folder)])
        return [_("no gradebook could be made: {why}; to make it: {command}", why=why, command=command)]
    for line in told(made.gradebook, out, language):
        print(line)
    return made.problems


def _is_to_do(graded: Graded, *, only_errors: bool) -> bool:
    if graded.status is Status.WAITING:
        return True
    if not only_errors:
        return False
    items = graded.result.items if graded.result is not None else ()
    return graded.status is Status.ERROR or any(item.verdict is Verdict.ERROR for item in items)


def _pool(given: argparse.Namespace, out: Out) -> Pool:
    if given.pool == "local":
        return local_pool(out.slices)
    if given.pool != "hq":
        raise ConfigurationError(_("--pool {pool}: there are local and hq", pool=given.pool))
    from ..hyperqueue_pool import HyperQueuePool, server_folder

    pool = HyperQueuePool(server_folder())
    named = [Path(each).absolute() for each in (given.roster, given.hw_course) if each]
    machine = pool.try_out(out.folder, named)
    lines = Lines(given.lang)
    print(lines.say(_("HyperQueue has a worker on {machine} that sees what it needs.", machine=machine)))
    if pool.is_open:
        warning = _("This HyperQueue has no keys: whoever reaches its port runs what they like on its workers.")
        print(lines.say(warning), file=sys.stderr)
    return pool


def _plan(asked: Asked, given: argparse.Namespace) -> int:
    from ..plan import plan

    for line in plan(asked, width_of(given.workers), Lines(given.lang)):
        print(line)
    return 0
