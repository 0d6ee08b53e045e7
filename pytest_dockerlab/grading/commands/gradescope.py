"""``dockerlab gradescope``: the archive of which Gradescope makes containers, a run of one for each submission.

Its containers check the files of what is handed in, or show what was graded where a Docker Engine is.
"""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from ... import catalogue
from ...errors import ConfigurationError
from ...homework import Level, Tier
from ...messages import Message, _
from ...report.lines import printable
from ...report.terminal import number
from ..export.files import read_bytes, replacing
from ..export.gradescope.archive import write_archive
from ..export.gradescope.document import document_of
from ..export.people import by_key, totals_of
from ..gradebook.assembly import make_gradebook
from ..gradebook.overrides import read_overrides
from ..graded import read_graded
from ..out import Out
from ..record import read_record, recorded_course

__all__ = ["add_arguments", "run"]

SECONDS = 600
"""The least time limit that Gradescope's settings offer."""


def add_arguments(command: ArgumentParser, say: Callable[[Message], str]) -> None:
    """Add what may be typed."""
    text = say(_("check this homework: number, slug, or one item's id; repeatable"))
    command.add_argument("--hw", action="append", metavar="HOMEWORK", help=text)
    text = say(_("check nothing: show what this grading says"))
    command.add_argument("--graded", metavar="OUT", help=text)
    text = say(_("the roster's column of the e-mail addresses that Gradescope knows (default: email)"))
    command.add_argument("--match", metavar="COLUMN", default="email", help=text)
    text = say(_("show scores that are not final, too"))
    command.add_argument("--not-final-too", action="store_true", help=text)
    command.add_argument("--hw-course", dest="course", metavar="FILE", help=say(_("the course file")))
    text = say(_("install this wheel, of ours or of a pack, instead of the published package; repeatable"))
    command.add_argument("--wheel", action="append", default=[], metavar="FILE", help=text)
    text = say(_("write the archive here (default: autograder.zip)"))
    command.add_argument("-o", dest="target", metavar="FILE", default="autograder.zip", help=text)


def run(given: Namespace) -> int:
    """Write the archive, and say what has to be known of it."""
    if bool(given.hw) == bool(given.graded):
        raise ConfigurationError(_("give --hw, for containers that check, or --graded OUT, for some that show"))
    for wheel in given.wheel:
        read_bytes(Path(wheel))
    for message in _showing(given) if given.graded else _checking(given):
        sys.stdout.write(printable(message.render(given.lang)) + "\n")
    return 0


def _checking(given: Namespace) -> Iterator[Message]:
    course_file = Path(given.course) if given.course else None
    known, course = catalogue.of_course(course_file)
    asked = known.select(given.hw)
    required = [item for item in asked if course.level_of(item) is Level.REQUIRED and course.points_of(item)]
    checked = [item for item in required if item.tier is Tier.FILES]
    if not checked:
        raise ConfigurationError(
            _(
                "nothing of {names} that counts is checked without a Docker Engine, and Gradescope has none",
                names=given.hw,
            )
        )
    _write(given, {"homework": given.hw}, course=read_bytes(course_file) if course_file else None)
    yield _written(given, sum(course.points_of(item) for item in checked))
    if left := [item.id for item in required if item.tier is not Tier.FILES]:
        yield _("not checked there, where no Docker Engine is: {items}", items=left)


def _showing(given: Namespace) -> Iterator[Message]:
    out = Out(Path(given.graded).expanduser().absolute())
    course_file = Path(given.course) if given.course else recorded_course(out, read_record(out))
    feedback = catalogue.load().course(course_file).feedback
    gradebook = make_gradebook(read_graded(out), read_overrides(out.overrides), given.lang)
    totals = list(totals_of(gradebook, given.match, is_settled_only=not given.not_final_too))
    keys: dict[str, list[str]] = {}
    for key, total in by_key(totals, given.match).items():
        if total.points is not None:
            keys.setdefault(total.id, []).append(key)

    def documents() -> Iterator[tuple[str, bytes]]:
        for entry, graded in zip(gradebook.rows, read_graded(out), strict=True):
            if entry.id in keys and graded.result is not None:
                content = json.dumps(document_of(gradebook, entry, graded, feedback), ensure_ascii=False).encode()
                yield from ((key, content) for key in keys[entry.id])

    _write(given, {"recorded": True}, recorded=documents())
    yield _written(given, gradebook.maximum)
    for total in totals:
        if total.points is None:
            yield _("{id} is left out: {why}", id=total.id, why=total.why_not)


def _write(given: Namespace, order: dict[str, object], **more: object) -> None:
    order |= {"language": given.lang, "seconds": SECONDS}
    with replacing(Path(given.target)) as part, part.open("wb") as file:
        write_archive(file, order, wheels=[Path(wheel) for wheel in given.wheel], **more)  # type: ignore[arg-type]


def _written(given: Namespace, points: float) -> Message:
    return _(
        "{file} is written: set the assignment's autograder points to {points}",
        file=given.target,
        points=number(points),
    )
