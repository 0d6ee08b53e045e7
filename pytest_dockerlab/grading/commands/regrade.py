"""``dockerlab regrade``: what may have changed by a corrected check or course file is looked at again."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Container, Iterator
from pathlib import Path

from ...errors import ConfigurationError, DockerlabError
from ...homework import Need
from ...interrupts import ended_in_order
from ...messages import Message, _
from ...report.lines import printable
from ...roster.row import Row
from ...run.needs import missing
from ...run.output_files import write_json, write_text
from ...source import Source
from ..gradebook.files import make_files
from ..gradebook.overrides import read_overrides, refuse_points
from ..graded import Graded, Status, read_graded
from ..labs import labs_of
from ..lock import held
from ..out import Out
from ..progress import progress_on
from ..record import read_record, read_rows, read_sources, write_record, write_rows
from ..regrading.asked import AskedNow, ask_again
from ..regrading.changed import changed_items, other_versions, versions_of
from ..regrading.folder import Regrade, open_regrade
from ..regrading.report import changes_csv, lines
from ..regrading.rows import again, change_to_json, put_together, read_changes
from ..run import CohortRun, limits_of
from ..warm_pool import local_pool
from .grade import width_of

__all__ = ["add_arguments", "run"]


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("out", metavar="OUT", help=say(_("the folder of the grading")))
    command.add_argument("-n", dest="workers", metavar="N", help=say(_("run in N processes")))
    text = say(_("where the new verdict would be worse, keep the old one, and say so"))
    command.add_argument("--never-lower", action="store_true", help=text)
    text = say(_("only say what would be looked at again, and why"))
    command.add_argument("--plan", action="store_true", help=text)
    text = say(_("look again at this homework or item whatever its digest says; repeatable"))
    command.add_argument("--hw", action="append", default=[], metavar="HOMEWORK", help=text)
    text = say(_("another course file than that of the grading"))
    command.add_argument("--hw-course", dest="course", metavar="FILE", help=text)


def run(given: argparse.Namespace) -> int:
    """Look again. Returns 0 when all that may have changed was, 3 when something could not be, 2 interrupted."""
    out = Out(Path(given.out).expanduser().absolute())
    now = ask_again(read_record(out), Path(given.course) if given.course else None, given.hw)
    if given.plan:
        _told(out, now, given.lang)
        return 0
    with held(out, "regrade"):
        return _regrade(out, now, given)


def _regrade(out: Out, now: AskedNow, given: argparse.Namespace) -> int:
    overrides = read_overrides(out.overrides)
    refuse_points(overrides, {item.id: now.course.points_of(item) for item in now.items})
    reasons, wanted = _told(out, now, given.lang)
    _refuse_what_is_missing(out, now, reasons)
    regrade = open_regrade(out)
    if wanted and not _look_again(out, regrade, now, [*reasons], wanted, given):
        return 2
    for graded in _graded(out):
        put_together(out, graded, regrade, now, never_lower=given.never_lower)
    _copy_course(now, out.course)
    write_record(out, now.again(out.course))
    if not regrade.folder.exists():
        return 0
    changes = read_changes(regrade)
    for line in lines(changes, overrides, given.lang):
        sys.stdout.write(printable(line) + "\n")
    write_text(regrade.changes("csv"), changes_csv(changes, overrides, given.lang))
    write_json(regrade.changes("json"), {"schema": 1, "changes": [change_to_json(each) for each in changes]})
    shutil.rmtree(regrade.again.folder, ignore_errors=True)
    out.labs.unlink(missing_ok=True)  # of another check, it may be: the next run asks
    made = make_files(out, given.lang, now.course_file)
    for problem in made.problems:
        _say(problem, given.lang)
    return 3 if made.problems or any(each.problem is not None for each in changes) else 0


def _told(out: Out, now: AskedNow, language: str) -> tuple[dict[str, Message], set[str]]:
    """Why which items are looked at again, and of which submissions; it is said."""
    reasons: dict[str, Message] = {}
    wanted: set[str] = set()
    then: set[tuple[str, str]] = set()
    points = {item.id: now.course.points_of(item) for item in now.items}
    other_points: set[str] = set()
    for graded in _graded(out):
        known = graded.result.items if graded.result is not None else ()
        other_points |= {each.id for each in known if each.max_points != points.get(each.id, each.max_points)}
        changed = changed_items(graded.result, now) if graded.result is not None else {}
        reasons = {**changed, **reasons}
        wanted |= {graded.id} if changed else set()
        then |= versions_of(graded.run or {})
    for item in now.items:
        if item.id in reasons:
            _say(_("{item}: {why}", item=item.id, why=reasons[item.id]), language)
        if item.id in other_points:
            _say(_("{item}: {why}", item=item.id, why=_("its points were changed in the course file")), language)
    others = other_versions(then, now)
    for message in others:
        _say(message, language)
    if others:
        _say(_("Another version alone is no reason to look again; to do it all the same: --hw ITEM"), language)
    _say(_("{count} submissions are looked at again", count=len(wanted)), language)
    return reasons, wanted


def _copy_course(now: AskedNow, target: Path) -> None:
    if now.course_file is not None and now.course_file != target:
        shutil.copyfile(now.course_file, target)


def _graded(out: Out) -> Iterator[Graded]:
    return (graded for graded in read_graded(out) if graded.status is Status.GRADED)


def _refuse_what_is_missing(out: Out, now: AskedNow, ids: Container[str]) -> None:
    """What was there when the grading was made has to be there now, or verdicts would be lost."""
    problems = {item.id: missing((need for need in item.needs if need is not Need.ENGINE), now.settings)
                for item in now.items if item.id in ids}  # fmt: skip
    lacking = {id: problem for id, problem in problems.items() if problem is not None}
    if not lacking:
        return
    for graded in _graded(out):
        for result in graded.result.items if graded.result is not None else ():
            if result.is_verified and (problem := lacking.get(result.id)) is not None:
                why = _("{item} cannot be looked at again: {why}; {remedy}", item=result.id, why=problem.reason,
                        remedy=problem.remedy or "")  # fmt: skip
                raise ConfigurationError(why)


def _look_again(
    out: Out, regrade: Regrade, now: AskedNow, ids: list[str], wanted: set[str], given: argparse.Namespace
) -> bool:
    """Grade these submissions for these items alone. Returns whether it came to its end."""
    here = regrade.again
    here.results.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(here.attempts, ignore_errors=True)
    _copy_course(now, here.course)
    here.labs.unlink(missing_ok=True)
    record = now.only(ids, here.course)
    write_rows(here, (row for row in read_rows(out) if row.id in wanted))
    write_record(here, record)
    for graded in _graded(out):
        if graded.id in wanted and again(graded, regrade, now) is not None:
            wanted.discard(graded.id)
    known = {source.id: source for source in read_sources(out) if source.id in wanted}

    def freeze(row: Row) -> Source:
        return known.pop(row.id)

    rows = (row for row in read_rows(here) if row.id in wanted)
    progress = progress_on(sys.stderr, len(wanted), 0, given.lang)
    width, limits = width_of(given.workers), limits_of(record, now.course)
    pool = local_pool(here.slices)
    try:
        with ended_in_order(), progress:
            labs = labs_of([item for item in now.items if item.id in ids], here, record, pool, limits) if wanted else []
            CohortRun(here, record, pool, width, limits, progress, labs).run(rows, len(wanted), freeze)
    except KeyboardInterrupt:
        _say(_("Interrupted: nothing is changed. To go on: dockerlab regrade {out}", out=given.out), given.lang)
        return False
    except DockerlabError as error:
        raise ConfigurationError(_("{why}", why=error.text)) from error
    finally:
        pool.close()
    return True


def _say(message: Message, language: str) -> None:
    sys.stdout.write(printable(message.render(language)) + "\n")
    sys.stdout.flush()
