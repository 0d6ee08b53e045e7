"""The files that a run is told to write: what cannot be written is known before anything runs."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..errors import ConfigurationError
from ..messages import _, reason_of

__all__ = ["is_replaceable", "refuse_unwritable"]


def refuse_unwritable(path: Path, option: str) -> None:
    """Raise :class:`ConfigurationError` where no file can be written at ``path``; its folder is made."""
    if path.is_dir():
        raise ConfigurationError(
            _("{option}: {path} is a folder; give the name of a file in it", option=option, path=path)
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not os.access(path, os.W_OK):
            raise PermissionError
        if is_replaceable(path):
            path = path.resolve()
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}."):
                pass
    except OSError as error:
        raise ConfigurationError(
            _("{option}: {path} cannot be written: {why}", option=option, path=path, why=reason_of(error))
        ) from error


def is_replaceable(path: Path) -> bool:
    """Whether another file may take its place: not that of /dev/stdout, wherever that leads, or of a pipe."""
    return not path.is_relative_to("/dev") and (path.is_file() or not path.exists())
