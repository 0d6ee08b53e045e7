"""The files that a run is told to write: what cannot be written is known before anything runs, and no part is read."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from ..errors import ConfigurationError
from ..messages import _, reason_of
from ..whole_files import replacing

__all__ = ["as_json", "is_replaceable", "refuse_link_in", "refuse_unwritable", "remove_old", "write_json", "write_text"]

_ODD = re.compile(r"[\ud800-\udfff]")


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


def refuse_link_in(folder: Path, path: Path, option: str) -> None:
    """Raise :class:`ConfigurationError` where a link that lies in ``folder`` decides which file ``path`` is.

    :param folder: what was handed in: a link of it would have a file of whoever runs the check overwritten.
    """
    folder, path = folder.resolve(), path.absolute()
    for each in (path, *path.parents):
        if each.is_symlink() and each.parent.resolve().is_relative_to(folder):
            raise ConfigurationError(
                _(
                    "{option}: {path} is not written, because {link} is a link in what is checked; name a file outside"
                    " of it",
                    option=option,
                    path=path,
                    link=each,
                )
            )


def is_replaceable(path: Path) -> bool:
    """Whether another file may take its place: not that of /dev/stdout, wherever that leads, or of a pipe."""
    return not path.is_relative_to("/dev") and (path.is_file() or not path.exists())


def remove_old(path: Path) -> None:
    """Take away what another run has written there."""
    if is_replaceable(path):
        with contextlib.suppress(OSError):  # that it cannot be written is said when it is
            path.resolve().unlink(missing_ok=True)


def write_json(path: Path, document: object) -> None:
    """Write it as :func:`write_text` does."""
    write_text(path, as_json(document, indent=2) + "\n")


def as_json(document: object, *, indent: int | None = None, allow_nan: bool = True) -> str:
    """JSON that stays JSON: of a file name that is not UTF-8 each odd byte is shown as ``\\xff`` in its string."""
    text = json.dumps(document, ensure_ascii=False, allow_nan=allow_nan, indent=indent)
    return _ODD.sub(lambda found: "\\" + _shown(found), text)


def write_text(path: Path, text: str | Iterator[str]) -> None:
    """Write it so that whoever reads ``path`` meets the old file or the new one, and never a part of it.

    In UTF-8 whatever is in it: of a file name that is not UTF-8 each odd byte is shown as ``\\xff``.
    Raises ``OSError``.

    :param text: whole, or in parts where it is long.
    """
    parts = (_ODD.sub(_shown, each) for each in ([text] if isinstance(text, str) else text))
    if not is_replaceable(path):
        with path.open("a", encoding="utf-8") as device:
            device.writelines(parts)
        return
    path = path.resolve()  # a link stays one: what it leads to is written
    with replacing(path) as part, part.open("x", encoding="utf-8", newline="") as file:
        file.writelines(parts)


def _shown(odd: re.Match[str]) -> str:
    return rf"\x{ord(odd[0]) & 0xFF:02x}"
