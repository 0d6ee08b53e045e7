"""The monolith of docker-2: the folder with its four files, wherever it is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.scan.discovery import folder_of

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Tree

__all__ = ["FILES", "Monolith", "find_monolith", "monolith_to_build"]

FILES = ("Dockerfile", "mongod.conf", "db_config", "start.sh")
_USUAL = ("docker-monolith", "", "docker/docker-monolith", "monolith", "docker/monolith")


@dataclass(frozen=True, slots=True)
class Monolith:
    """The folder that holds most of the four files; ``missing`` are the others."""

    folder: str
    missing: tuple[str, ...]

    def path(self, name: str) -> str:
        """The path of one of the files."""
        return f"{self.folder}/{name}" if self.folder else name


def find_monolith(tree: Tree) -> Monolith | None:
    """The monolith's folder, wherever it is; ``None`` where none of its own files is anywhere."""
    folders: dict[str, set[str]] = {}
    for path in tree.files:
        name = path.rpartition("/")[2]
        # A link that leads to no file of the repository is none for whoever clones it.
        if name in FILES and not is_vendored(path) and tree.exists(path):
            folders.setdefault(folder_of(path), set()).add(name)
    ours = [folder for folder, names in folders.items() if names - {"Dockerfile"}]
    if not ours:
        return None
    place = {folder: _USUAL.index(folder) if folder in _USUAL else len(_USUAL) for folder in ours}
    best = min(ours, key=lambda each: (-len(folders[each]), place[each], each.count("/"), each))
    return Monolith(best, tuple(name for name in FILES if name not in folders[best]))


def monolith_to_build(tree: Tree) -> Monolith:
    """The monolith, for the items that need its Dockerfile. Raises ``Unverified`` where there is none."""
    monolith = find_monolith(tree)
    if monolith is None or "Dockerfile" in monolith.missing:
        raise Unverified(
            _("there is no Dockerfile beside the monolith's files"),
            _("add it first: see docker-2/files"),
            told_by="docker-2/files",
        )
    return monolith
