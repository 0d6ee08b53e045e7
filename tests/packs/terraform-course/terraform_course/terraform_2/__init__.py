"""Homework 18 of the course, terraform-2: the state elsewhere."""

from pytest_dockerlab.homework import Homework, planned

from .. import PACK

HOMEWORK = Homework(
    "terraform-2",
    18,
    "the state elsewhere",
    items=("backend", planned("locked", "the state is locked while it changes", level="optional")),
    pack=PACK,
)
