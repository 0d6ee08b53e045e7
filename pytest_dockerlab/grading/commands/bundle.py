"""``dockerlab bundle``: all that is known of one submission's grades, in one archive."""

from __future__ import annotations

import argparse
import difflib
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

from ... import catalogue as catalogues
from ...errors import ConfigurationError
from ...messages import Message, _, reason_of
from ...report.lines import printable
from ..bundle.archive import bundle
from ..bundle.readme import repeating
from ..graded import graded_of
from ..lateness import with_lateness
from ..out import Out, file_name
from ..record import read_record, read_rows, read_sources

__all__ = ["add_arguments", "run"]


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("out", metavar="OUT", help=say(_("the folder of the grading")))
    command.add_argument("id", metavar="ID", help=say(_("the submission's id in the roster")))
    text = say(_("write the archive here (default: ID.zip)"))
    command.add_argument("-o", dest="target", metavar="FILE", help=text)


def run(given: argparse.Namespace) -> int:
    """Write it. Returns 0."""
    out = Out(Path(given.out).expanduser().absolute())
    record = read_record(out)
    row = next((each for each in read_rows(out) if each.id == given.id), None)
    if row is None:
        near = difflib.get_close_matches(given.id, [each.id for each in read_rows(out)], n=3)
        if near:
            raise ConfigurationError(_("nobody in {folder} has the id {id}; did you mean {near}?", folder=out.folder,
                                       id=given.id, near=near))  # fmt: skip
        raise ConfigurationError(_("nobody in {folder} has the id {id}", folder=out.folder, id=given.id))
    source = None
    for each in read_sources(out):  # the last one counts
        source = each if each.id == row.id else source
    target = Path(given.target or f"{file_name(row.id)}.zip")
    course = catalogues.load().course(out.course if record.course else None)
    graded = with_lateness(graded_of(out, row), course)
    try:
        bundle(out, row, source, graded, given.lang).write(target)
    except OSError as error:
        raise ConfigurationError(
            _("{path} cannot be written: {why}", path=error.filename or target, why=reason_of(error))
        ) from error
    said = _("{file} is written. To repeat it there: {command}", file=target, command=shlex.join(repeating(record)))
    sys.stdout.write(printable(said.render(given.lang)) + "\n")
    return 0
