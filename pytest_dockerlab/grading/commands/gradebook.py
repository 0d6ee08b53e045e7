"""``dockerlab gradebook``: the gradebook and the pages of a grading, made again from its results."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from ...homework import Kind, Level
from ...messages import Message, _, text
from ...report.lines import printable
from ..export import options as exports
from ..gradebook.files import make_files
from ..gradebook.model import Gradebook
from ..graded import Status
from ..out import Out
from ..workflows import State

__all__ = ["add_arguments", "run", "told"]


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("out", metavar="OUT", help=say(_("the folder of the grading")))
    moved = say(_("another course file than that of the grading"))
    command.add_argument("--hw-course", "--course", dest="course", metavar="FILE", help=moved)
    exports.add_arguments(command, say)


def run(given: argparse.Namespace) -> int:
    """Make it. Returns 0, or 3 where a page could not be made."""
    out = Out(Path(given.out).expanduser().absolute())
    made = make_files(out, given.lang, Path(given.course) if given.course else None)
    for line in told(made.gradebook, out, given.lang):
        print(line)
    for problem in made.problems:
        print(f"dockerlab: {printable(text(problem, given.lang))}", file=sys.stderr)
    for line in exports.export(given, made.gradebook, out):
        print(line)
    return 3 if made.problems else 0


def told(book: Gradebook, out: Out, language: str) -> Iterator[str]:
    """What has to be known of it at once, and where it is."""
    graded = [row for row in book.rows if row.total is not None]
    without = [row.status for row in book.rows if row.total is None]
    provisional = sum(not row.is_settled for row in graded)
    said = _("graded: {count}", count=len(graded))
    if provisional:
        said = _("graded: {count}, of these provisional: {provisional}", count=len(graded), provisional=provisional)
    counts = (
        said,
        _("not graded: {count}", count=without.count(Status.ERROR)),
        _("waiting: {count}", count=without.count(Status.WAITING)),
        _("exempt: {count}", count=without.count(Status.EXEMPT)),
    )
    yield from map(printable, book.warnings)
    yield printable(" · ".join(text(each, language) for each in counts if each.args["count"]))
    out_of_reach = _out_of_reach(book)
    if out_of_reach:
        words = {"points": f"{sum(out_of_reach.values()):g}", "all": f"{book.maximum:g}", "tier": str(book.tier)}
        message = _("{points} of {all} points cannot be earned in tier {tier}: {items}", **words,
                    items=", ".join(out_of_reach))  # fmt: skip
        yield printable(text(message, language))
    workflows = Counter(str(row.workflow) for row in book.rows if row.workflow is not None)
    if workflows:
        states = {str(state): workflows[state] for state in State}
        message = _("workflows: {same} the course's, {differs} that differ, {absent} absent", **states)
        yield printable(text(message, language))
    yield printable(str(out.gradebook("html")))


def _out_of_reach(book: Gradebook) -> dict[str, float]:
    """The points of what is required, and was neither asked for nor decided by hand."""
    if book.tier is None:
        return {}
    return {
        item.id: item.max_points
        for item in book.items
        if item.level is Level.REQUIRED
        and item.kind is Kind.SUBMISSION
        and item.max_points
        and not item.tier.within(book.tier)
        and not any(item.id in row.marks and row.marks[item.id].points for row in book.rows)
    }
