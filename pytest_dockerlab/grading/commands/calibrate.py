"""``dockerlab calibrate OUT grades.csv``: a grading held against grades that people gave."""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ... import catalogue, option_table
from ...errors import ConfigurationError
from ...messages import Message, _, text
from ...report.lines import printable
from ...run.output_files import write_text
from ..calibration.agreement import Agreement, agreement
from ..calibration.page import LEVELS, NOTHING, page, sentences
from ..calibration.past import read_past
from ..calibration.proposal import Proposal, propose
from ..graded import read_graded
from ..out import Out
from ..record import read_record
from . import grade

__all__ = ["add_arguments", "run"]

_SHOWN = 5
_OF_GRADE = ("ref", "tier", "docker-host", "course")


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    text = say(_("a grading, the OUT of dockerlab grade; or a roster, which is then graded first, into -o"))
    command.add_argument("graded", metavar="OUT|ROSTER", help=text)
    text = say(_("a table of grades that people gave: 'id', and 'grade', or columns named as homeworks or items"))
    command.add_argument("grades", metavar="GRADES", help=text)
    text = say(_("a number means accepted from this share of its maximum on (default: 0.6)"))
    command.add_argument("--accepted-from", metavar="SHARE", default="0.6", help=text)
    text = say(_("the share of accepted work that a required item may object to (default: 0.1)"))
    command.add_argument("--tolerance", metavar="SHARE", default="0.1", help=text)
    command.add_argument("-o", dest="out", metavar="OUT", help=say(_("where a roster is graded")))
    command.add_argument("-n", dest="workers", metavar="N", help=say(_("run in N processes")))
    for option in (option_table.HOMEWORK, *(each for each in option_table.OPTIONS if each.name in _OF_GRADE)):
        words: dict[str, Any] = {"action": "append"} if option.many else {}
        metavar = option.metavar or "|".join(option.choices)
        command.add_argument(option.flag, dest=option.dest, metavar=metavar, help=say(Message(option.help)), **words)


def run(given: argparse.Namespace) -> int:
    """Write calibration.html and calibration.toml into OUT, and say what they say."""
    accepted_from = _share(given.accepted_from, "--accepted-from")
    tolerance = _share(given.tolerance, "--tolerance")
    out, code = Out(Path(given.graded)), 0
    if not out.grading.exists():
        out, code = _graded_first(given)
        if code not in (0, 3):
            return code
    read_record(out)
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
            _("none of the submissions in {grades} has a result in {out}", grades=given.grades, out=out.folder)
        )
    proposal = propose(made, tolerance)
    today = datetime.datetime.now(datetime.UTC).date()
    about = [_("made by dockerlab calibrate on {day}", day=str(today)), *sentences(made, proposal)]
    toml = proposal.toml(given.lang, about)
    html = page(made, proposal, toml, given.lang, out.page_address, list(past.ignored))
    shown = out.folder / "calibration.html"
    write_text(shown, html)
    write_text(out.folder / "calibration.toml", toml)
    for line in (*_lines(made, proposal, given.lang), str(shown)):
        sys.stdout.write(f"{printable(line)}\n")
    return code


def _graded_first(given: argparse.Namespace) -> tuple[Out, int]:
    from ... import command_line  # here: it imports the commands

    if not given.hw or not given.out:
        raise ConfigurationError(
            _("{path} holds no grading; a roster is graded first where you say so: --hw 17 -o OUT", path=given.graded)
        )
    words = ["grade", given.graded, "-o", given.out, *(f"--hw={name}" for name in given.hw)]
    if given.workers:
        words += ["-n", given.workers]
    for option in option_table.OPTIONS:
        if option.name in _OF_GRADE:
            words += option_table.words(option, getattr(given, option.dest), Path.cwd())
    return Out(Path(given.out)), grade.run(command_line.parse([*words, f"--hw-lang={given.lang}"], given.lang))


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
        said = _("{count} of {all} agree", count=item.agreed, all=item.compared) if item.compared else NOTHING
        agreed = text(said, language)
        line = f"{id:<{width}}  {agreed:<20}  {level}"
        where = [each.id for each in item.disagreements[:_SHOWN]]
        if where:
            more = len(item.disagreements) - len(where)
            line += f"  ({', '.join(where)}{f' + {more}' if more else ''})"
        yield line
    yield ""
    for sentence in sentences(made, proposal):
        yield text(sentence, language)
