"""``dockerlab gradescope``: the archive of which Gradescope makes containers that check each submission."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from ... import catalogue
from ...course import load_course
from ...errors import ConfigurationError
from ...homework import Level, Tier
from ...messages import Message, _
from ...report.lines import printable
from ...report.terminal import number
from ..export.files import read_bytes, replace_file
from ..export.gradescope.archive import archive

__all__ = ["add_arguments", "run"]

SECONDS = 600
"""The least time limit that Gradescope's settings offer."""


def add_arguments(command: ArgumentParser, say: Callable[[Message], str]) -> None:
    """Add what may be typed."""
    text = say(_("check this homework: number, slug, or one item's id; repeatable"))
    command.add_argument("--hw", action="append", metavar="HOMEWORK", help=text, required=True)
    command.add_argument("--hw-course", dest="course", metavar="FILE", help=say(_("the course file")))
    text = say(_("install this wheel, of ours or of a pack, instead of the published package; repeatable"))
    command.add_argument("--wheel", action="append", default=[], metavar="FILE", help=text)
    text = say(_("write the archive here (default: autograder.zip)"))
    command.add_argument("-o", dest="target", metavar="FILE", default="autograder.zip", help=text)


def run(given: Namespace) -> int:
    """Write the archive, and say what has to be known of it."""
    course_file = Path(given.course) if given.course else None
    known = catalogue.load()
    slugs = [homework.slug for homework in known.homeworks]
    course = load_course(course_file, known.items, slugs, known.left_out)
    known = catalogue.load(course.numbers) if course.numbers else known
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
    wheels = [Path(wheel) for wheel in given.wheel]
    for wheel in wheels:
        read_bytes(wheel)
    target = Path(given.target)
    order = {"homework": given.hw, "language": given.lang, "seconds": SECONDS}
    replace_file(target, archive(order, course=read_bytes(course_file) if course_file else None, wheels=wheels))
    left = [item.id for item in required if item.tier is not Tier.FILES]
    points = sum(course.points_of(item) for item in checked)
    said = [
        _("{file} is written: set the assignment's autograder points to {points}", file=target, points=number(points))
    ]
    if left:
        said.append(_("not checked there, where no Docker Engine is: {items}", items=left))
    for message in said:
        sys.stdout.write(printable(message.render(given.lang)) + "\n")
    return 0
