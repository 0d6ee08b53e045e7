"""Writes a cohort: a git repository for each, and the roster."""

from __future__ import annotations

import csv
import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .planted import Planted

__all__ = ["Entry", "write_cohort", "write_repository", "write_roster"]

Entry = tuple[str, str, bytes]
"""A file of a commit: git's mode, the path, what is in it (of a link: where it leads)."""
_COLUMNS = ("id", "path", "ref", "name", "email", "group", "room")
_GROUPS = ("DevOps-1", "DevOps-2", "вечер")


@dataclass(frozen=True, slots=True)
class _Where:
    """In which form somebody hands in."""

    branch: str
    ref: str
    is_bare: bool


_FORMS = (
    _Where("main", "", False),
    _Where("main", "", True),
    _Where("homework", "homework", True),  # what is on main is not what is graded
    _Where("main", "main", False),
)


def write_cohort(folder: Path, cohort: Sequence[Planted]) -> Path:
    """Repositories beside a roster; returns the roster."""
    forms = {each.id: _FORMS[number % len(_FORMS)] for number, each in enumerate(cohort)}
    for each in cohort:
        form = forms[each.id]
        write_repository(folder / each.id, files_of(each), branch=form.branch, is_bare=form.is_bare)
    return write_roster(folder / "roster.csv", {id: form.ref for id, form in forms.items()}.items())


def write_roster(path: Path, rows: Iterable[tuple[str, str]]) -> Path:
    """Rows by id and ref, with columns that grading hands through: one is of no meaning to it, and hostile."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for number, (id, ref) in enumerate(rows):
            group = _GROUPS[number % len(_GROUPS)]
            writer.writerow([id, id, ref, f"Студент {number}", f"{id}@example.com", group, '=HYPERLINK("a")'])
    return path


def files_of(planted: Planted) -> Iterator[Entry]:
    """What somebody has committed."""
    with tempfile.TemporaryDirectory(prefix="dockerlab-cohort-") as folder:
        planted.homework.write(Path(folder))
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                mode = "100755" if path.stat().st_mode & 0o100 else "100644"
                yield mode, path.relative_to(folder).as_posix(), path.read_bytes()


def write_repository(folder: Path, files: Iterable[Entry], *, branch: str = "main", is_bare: bool = True) -> None:
    """A repository whose ``branch`` has these files; where that is not main, main has a README alone."""
    folder.mkdir(parents=True)
    _git(folder, "init", "-q", "-b", "main", "--template=", *(["--bare"] if is_bare else []))
    stream = bytearray()
    if branch != "main":
        stream += _commit("main", [("100644", "README.md", b"# Nothing here: see the branches\n")])
    stream += _commit(branch, files)
    _git(folder, "fast-import", "--quiet", stdin=bytes(stream))
    if not is_bare:
        _git(folder, "reset", "-q", "--hard")


def _commit(branch: str, files: Iterable[Entry]) -> bytes:
    def data(content: bytes) -> bytes:
        return b"data %d\n%b\n" % (len(content), content)

    who = b"a <a@example.com> 1600000000 +0000"
    parts = [b"commit refs/heads/%b\nauthor %b\ncommitter %b\n" % (branch.encode(), who, who), data(b"homework")]
    for mode, path, content in files:
        quoted = path.encode().replace(b"\\", b"\\\\").replace(b'"', b'\\"')
        parts += [b'M %b inline "%b"\n' % (mode.encode(), quoted), data(content)]
    return b"".join(parts)


def _git(folder: Path, *words: str, stdin: bytes = b"") -> None:
    env = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    subprocess.run(["git", *words], cwd=folder, env=env, input=stdin, check=True, capture_output=True)
