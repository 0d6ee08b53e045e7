"""``dockerlab merge OUT… -o OUT``: the shards of one grading put together."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ...errors import ConfigurationError
from ...messages import Message, _, reason_of, text
from ...report.lines import printable
from ..gradebook.files import make_files
from ..merging import merge
from ..out import Out
from .gradebook import told

__all__ = ["add_arguments", "run"]


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("shards", nargs="+", metavar="OUT", help=say(_("the folders of the shards, all of them")))
    command.add_argument("-o", dest="out", metavar="OUT", required=True, help=say(_("the folder of this grading")))
    moved = say(_("the course file, if it has been moved since"))
    command.add_argument("--hw-course", "--course", dest="course", metavar="FILE", help=moved)


def run(given: argparse.Namespace) -> int:
    """Put them together, and make the gradebook. Returns 0, or 3 where a page could not be made."""
    out = Out(Path(given.out).expanduser().absolute())
    try:
        merge([Path(each) for each in given.shards], out)
    except OSError as error:
        raise ConfigurationError(
            _("{folder} cannot be written: {why}", folder=given.out, why=reason_of(error))
        ) from error
    made = make_files(out, given.lang, Path(given.course) if given.course else None)
    for line in told(made.gradebook, out, given.lang):
        print(line)
    for problem in made.problems:
        print(f"dockerlab: {printable(text(problem, given.lang))}", file=sys.stderr)
    return 3 if made.problems else 0
