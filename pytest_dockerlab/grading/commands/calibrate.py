"""``dockerlab calibrate OUT grades.csv``: a grading held against grades that people gave."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ... import catalogue
from ...errors import ConfigurationError
from ...messages import Message, _, text
from ...run.output_files import write_text
from ...submission.files.tree import printable
from ..calibration.agreement import Agreement, agreement
from ..calibration.page import LEVELS, page, sentences
from ..calibration.past import read_past
from ..calibration.proposal import Proposal, propose
from ..graded import read_graded
from ..out import Out

__all__ = ["add_arguments", "run"]

_SHOWN = 5


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("out", metavar="OUT", help=say(_("the folder of a grading, of dockerlab grade")))
    text = say(_("a table of grades that people gave: 'id', and 'grade', or columns named as homeworks or items"))
    command.add_argument("grades", metavar="GRADES", help=text)
    text = say(_("a number means accepted from this share of its maximum on (default: 0.6)"))
    command.add_argument("--accepted-from", metavar="SHARE", default="0.6", help=text)
    text = say(_("the share of accepted work that a required item may object to (default: 0.1)"))
    command.add_argument("--tolerance", metavar="SHARE", default="0.1", help=text)


def run(given: argparse.Namespace) -> int:
    """Write calibration.html and calibration.toml into OUT, and say what they say."""
    accepted_from = _share(given.accepted_from, "--accepted-from")
    tolerance = _share(given.tolerance, "--tolerance")
    out = Out(Path(given.out))
    known = catalogue.load()
    past = read_past(Path(given.grades), [each.slug for each in known.homeworks], list(known.items))
    made = agreement(
        read_graded(out),
        past,
        lambda id: known.items[id].level if id in known.items else None,
        accepted_from,
    )
    if not made.items:
        raise ConfigurationError(
            _("none of the submissions in {grades} has a result in {out}", grades=given.grades, out=given.out)
        )
    proposal = propose(made, tolerance)
    today = datetime.datetime.now(datetime.UTC).date()
    about = [_("made by dockerlab calibrate on {day}", day=str(today)), *sentences(made, proposal)]
    toml = proposal.toml(given.lang, about)

    def page_of(id: str) -> str:
        address = out.page_of(id)
        return address.relative_to(out.folder).as_posix() if address.exists() else ""

    html = page(made, proposal, toml, given.lang, page_of, list(past.ignored))
    write_text(out.folder / "calibration.html", html)
    write_text(out.folder / "calibration.toml", toml)
    for line in _lines(made, proposal, given.lang):
        sys.stdout.write(f"{printable(line)}\n")
    return 0


def _share(words: str, option: str) -> float:
    try:
        share = float(words)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 1:
        raise ConfigurationError(_("{option} {words}: a share is a number from 0 to 1", option=option, words=words))
    return share


def _lines(made: Agreement, proposal: Proposal, language: str) -> Iterator[str]:
    width = max(len(id) for id in made.items)
    for id, item in made.items.items():
        level = LEVELS[item.level].render(language)
        if proposal.levels[id] is not item.level:
            level += f" → {LEVELS[proposal.levels[id]].render(language)}"
        agreed = text(_("{count} of {all} agree", count=item.agreed, all=item.compared), language)
        line = f"{id:<{width}}  {agreed:<20}  {level}"
        where = [each.id for each in item.disagreements[:_SHOWN]]
        if where:
            more = len(item.disagreements) - len(where)
            line += f"  ({', '.join(where)}{f' + {more}' if more else ''})"
        yield line
    yield ""
    for sentence in sentences(made, proposal):
        yield text(sentence, language)
