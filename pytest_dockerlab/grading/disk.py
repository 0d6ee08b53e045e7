"""Whether there is a place for what comes of a grading: said before the work, and not after it."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from ..errors import ConfigurationError, DockerlabError
from ..messages import Message, _, reason_of

__all__ = ["Full", "refuse_full", "refuse_unwritable", "unwritable"]

_MEBIBYTE = 2**20
_LEAST = 16 * _MEBIBYTE
_OF_A_ROW = 200_000
"""Bytes of a submission's results and page, as much as they are with many findings."""


class Full(DockerlabError):
    """There is no place on the disk any more."""


def refuse_unwritable(folder: Path, rows: int) -> None:
    """Make ``folder``, and raise :class:`ConfigurationError` where the results of so many rows cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, prefix=".dockerlab-") as file:
            file.write(b"\0" * 65536)
            file.flush()
        free = shutil.disk_usage(folder).free
    except OSError as error:
        raise ConfigurationError(
            _("nothing can be written in {folder}: {why}", folder=folder, why=reason_of(error))
        ) from error
    needed = _LEAST + rows * _OF_A_ROW
    if free < needed:
        raise ConfigurationError(
            _("in {folder} are {free} MiB free, and {rows} submissions may need {needed}",
              folder=folder, free=free // _MEBIBYTE, rows=rows, needed=needed // _MEBIBYTE)
        )  # fmt: skip


def unwritable(error: OSError) -> Message:
    """What is said where something could not be written after all."""
    if error.filename is None:
        return _("the results cannot be written: {why}", why=reason_of(error))
    return _("{file} cannot be written: {why}", file=str(error.filename), why=reason_of(error))


def refuse_full(folder: Path) -> None:
    """Raise :class:`Full` where what came to nothing may have been for want of room."""
    for place in (folder, Path(tempfile.gettempdir())):
        if shutil.disk_usage(place).free < _LEAST // 4:
            raise Full(_("the disk of {folder} is full", folder=place))
