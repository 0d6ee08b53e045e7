"""Samples: small homeworks of our own, each one edit away from right, that say what a check must and must not find.

A module here is named like the check module. Every built item has a sample of each kind: one that passes, one that
fails for the reason given, and one that is right in an unusual form.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Edit", "Sample", "build", "remove", "replace", "write"]


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


@dataclass(frozen=True, slots=True)
class Sample:
    """A homework and what a check says of it. ``kind``: ``passes``, ``fails`` or ``unusual`` (right, in an odd form).

    For one that fails: the file that is named, what its line contains, and what the finding's texts contain.
    ``verdict`` is for the samples whose verdict is neither of the two.
    """

    item: str
    kind: str
    title: str
    edits: Sequence[Edit] = ()
    expect_file: str | None = None
    expect_line_contains: str | None = None
    expect_text: str | None = None
    verdict: str | None = None
    findings: int | None = None
    compose: str | None = None
    """A Python program to be run in compose's place."""


def build(folder: Path, base: Mapping[str, str], edits: Sequence[Edit]) -> None:
    """Write the homework ``base`` with ``edits`` to a folder."""
    files = dict(base)
    for edit in edits:
        if edit.old is not None:
            assert files[edit.path].count(edit.old) == 1, f"{edit.path} has {edit.old!r} not once"
            files[edit.path] = files[edit.path].replace(edit.old, edit.new or "")
        elif edit.new is None:
            del files[edit.path]
        else:
            files[edit.path] = edit.new
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8", newline="")
