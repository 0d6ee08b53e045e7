"""Small homeworks as data: the files of a base, and edits of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Edit", "remove", "replace", "write", "write_homework"]


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of the base homework; ``old`` is ``None`` where the file is written, ``new`` where it goes."""

    path: str
    old: str | None
    new: str | None


def replace(path: str, old: str, new: str) -> Edit:
    """Change a text that stands in the file exactly once."""
    return Edit(path, old, new)


def write(path: str, text: str) -> Edit:
    """Make or overwrite a file."""
    return Edit(path, None, text)


def remove(path: str) -> Edit:
    """Take a file away."""
    return Edit(path, None, None)


def write_homework(
    folder: Path, base: Mapping[str, str], edits: Sequence[Edit] = (), *, with_mode_bits: bool = True
) -> None:
    """Write the homework ``base`` with ``edits`` to a folder. Raises ``ValueError`` for an edit that does not fit.

    ``with_mode_bits``: scripts are executable, as git has them of who works on Linux; on Windows they are not.
    """
    files = dict(base)
    for edit in edits:
        if edit.old is not None:
            if files[edit.path].count(edit.old) != 1:
                raise ValueError(f"{edit.path} has {edit.old!r} {files[edit.path].count(edit.old)} times, not once")
            files[edit.path] = files[edit.path].replace(edit.old, edit.new or "")
        elif edit.new is None:
            del files[edit.path]
        else:
            files[edit.path] = edit.new
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="")
        if with_mode_bits and text.startswith("#!"):
            target.chmod(0o755)
