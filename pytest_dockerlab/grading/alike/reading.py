"""What is read of a submission: Dockerfiles, compose files, scripts and Makefiles, and configurations of what runs."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path

from ...errors import DockerlabError
from ...source import Source
from ...submission.files.tree import Tree, decode
from ...submission.files.vendored import is_vendored

__all__ = ["handed_out", "notes_of", "texts_of"]

_READ = re.compile(
    r"(^|/)([\w-]+\.)?(dockerfile|makefile)[^/]*$|\.(sh|bash|mk|dockerfile)$|(^|/)\.env[^/]*$|\.env(\.\w+)?$"
    r"|(^|/)(docker-)?compose[^/]*\.ya?ml$|(^|/)\.gitlab-ci[^/]*\.ya?ml$|(^|/)prometheus[^/]*\.ya?ml$|(^|/)config\.toml[^/]*$",
    re.IGNORECASE,
)
_YAML = re.compile(r"\.ya?ml$", re.IGNORECASE)
_COMPOSE = re.compile(r"^services:", re.MULTILINE)
_NOT_THEIRS = re.compile(r"(^|/)(\.travis\.yml|\.github/|\.pre-commit-config\.yaml|package-lock|\.terraform\.lock)")
"""What a course puts into every repository, and locks, which tools write."""
_NOTES = re.compile(r"\.(md|markdown|txt|rst|log)$", re.IGNORECASE)
_MAX_NOTES = 300_000
_MAX_FILES, _MAX_BYTES = 300, 60_000


def texts_of(source: Source, more: Sequence[str] = ()) -> Iterator[tuple[str, str]]:
    """The files of a submission that are read here, each once, by path; what cannot be read is passed over.

    :param more: patterns of further files, such as ``*.tf``. Other YAML is not read: in a repository may lie what is
        of other homeworks, and of the few who keep it there each would look like the other.
    """
    seen: set[str] = set()
    trees = {repr((each["commit"], each["worktree"])): slug for slug, each in source.revisions.items()}
    for slug in trees.values():
        try:
            yield from _texts(source.tree(slug), seen, more)
        except DockerlabError:
            continue


def _texts(tree: Tree, seen: set[str], more: Sequence[str]) -> Iterator[tuple[str, str]]:
    def is_named(path: str) -> bool:
        return bool(_READ.search(path)) or any(fnmatch(path.rpartition("/")[2], pattern) for pattern in more)

    chosen = [
        entry.path
        for entry in tree.files.values()
        if (is_named(entry.path) or _YAML.search(entry.path)) and not entry.is_symlink
        and (entry.size or 0) <= _MAX_BYTES and not _NOT_THEIRS.search(entry.path) and not is_vendored(entry.path)
    ]  # fmt: skip
    with tree.reading():
        for path in chosen[:_MAX_FILES]:
            try:
                text = tree.text(path)
            except DockerlabError:
                continue
            is_read = not text.binary and (is_named(path) or _COMPOSE.search(text.content))
            if is_read and text.content not in seen:
                seen.add(text.content)
                yield path, text.content


def notes_of(source: Source) -> Iterator[str]:
    """READMEs, logs and other notes of a submission."""
    with contextlib.suppress(DockerlabError):
        for slug in list(source.revisions)[-1:]:
            tree = source.tree(slug)
            paths = [path for path, entry in tree.files.items() if _NOTES.search(path) and not entry.is_symlink]
            with tree.reading():
                for path in paths[:_MAX_FILES]:
                    with contextlib.suppress(DockerlabError):
                        yield tree.text(path).content[:_MAX_NOTES]


def handed_out(folder: Path) -> Iterator[str]:
    """All texts of a template, or of whatever else was given to everybody: a folder, or one file. It is trusted."""
    files = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if ".git" not in path.parts)
    for path in files:
        if path.is_file() and path.stat().st_size <= 10 * _MAX_BYTES:
            text = decode(path.read_bytes())
            if not text.binary:
                yield text.content
