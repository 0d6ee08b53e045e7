"""The commands of grading: ``dockerlab grade`` is ``commands/grade.py``, and so on.

Each module has ``add_arguments(command, say)``, which says what may be typed, and ``run(given)``, which returns the
exit code. It is imported only where its command was typed.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from types import ModuleType

from ...messages import Message, _

__all__ = ["COMMANDS", "module_of"]

COMMANDS: Mapping[str, Message] = {
    "alike": _("list what few submissions share, for a person to look at"),
    "bundle": _("put all that is known of one submission's grades into one archive"),
    "calibrate": _("compare a grading with grades that people gave"),
    "collect": _("record which commits are in the repositories at their deadlines"),
    "grade": _("grade a whole roster, in many small isolated runs"),
    "gradebook": _("make a grading's gradebook again, after overrides were edited or to fill another file"),
    "gradescope": _("make the autograder.zip of a homework for Gradescope, whose containers read the files alone"),
    "merge": _("put the shards of one grading together"),
    "regrade": _("look again at what a corrected check or course file may have changed, in a grading"),
}
"""What each does, in one line."""


def module_of(command: str) -> ModuleType:
    """The module of one of :data:`COMMANDS`."""
    return importlib.import_module(f"{__name__}.{command}")
