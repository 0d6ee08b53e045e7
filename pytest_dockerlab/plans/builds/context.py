"""A build context: the files that ``docker build`` would send, taken from a submission and from nowhere else.

Symbolic links are sent as links, as docker sends them: whoever builds follows them inside the context only. What cannot
be sent within limits is left out and named: a film beside the Dockerfile is no part of the image as a rule, and where
it is, whatever wants it fails, and is not at fault.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import IO

from ...errors import LimitExceeded, RefusedPath
from ...messages import _
from ...submission.dockerfiles.dockerignore import Ignore
from ...submission.files.tree import Entry, Tree, folders_above, resolve

__all__ = ["PackedContext", "pack_context", "pack_folder"]

MAX_FILES = 10_000
MAX_FILE = 64 * 1024 * 1024
MAX_TOTAL = 256 * 1024 * 1024
MAX_SECONDS = 100.0
_DOCKERIGNORE = ".dockerignore"


@dataclass(frozen=True, slots=True)
class PackedContext:
    """What was packed. ``dockerfile`` is its name in the archive, ``digest`` that of everything in it."""

    dockerfile: str
    digest: str
    files: int
    left_out: tuple[str, ...]


def pack_context(tree: Tree, folder: str, dockerfile: str, content: bytes, out: IO[bytes]) -> PackedContext:
    """Write the context ``folder`` (``""``: the whole submission) to ``out`` as a tar archive.

    :param dockerfile: the Dockerfile's path in the submission; in the archive it has ``content``.

    ``.dockerignore`` is obeyed, and before it one that is called like the Dockerfile
    (https://docs.docker.com/build/concepts/context/#dockerignore-files). Raises :class:`LimitExceeded` for more than
    10,000 files.
    """
    folder, above = _at_the_end_of_links(tree, folder), posixpath.dirname(dockerfile)
    dockerfile = posixpath.join(_at_the_end_of_links(tree, above), posixpath.basename(dockerfile))
    inside = dockerfile.startswith(f"{folder}/") if folder else True
    name = posixpath.relpath(dockerfile, folder or ".") if inside else ".dockerlab.Dockerfile"
    ignore = _ignore(tree, f"{dockerfile}{_DOCKERIGNORE}", posixpath.join(folder, _DOCKERIGNORE))

    def is_ignored(member: str) -> bool:
        # these two are always sent: the builder itself leaves them out of COPY where they are ignored
        return member == name or (member != _DOCKERIGNORE and ignore.matches(member))

    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive, tree.reading():
        packer = _Packer(tree, archive)
        packer.add(tarfile.TarInfo(name), content)
        packer.add_folder(folder, is_ignored, passes_over=not ignore.has_exceptions)
    left_out = packer.left_out
    if not folder and not ignore.matches(".git") and ".git" not in left_out:
        left_out.append(".git")  # a commit has it not, and the student's own folder does
    return PackedContext(name, packer.digest.hexdigest(), packer.count, tuple(left_out))


def pack_folder(tree: Tree, folder: str, out: IO[bytes], below: str = "") -> tuple[str, ...]:
    """Write everything in a folder to ``out`` as a tar archive. Returns the files that were left out.

    :param below: the folder of the archive that they lie in. The engine refuses a link that leads out of what it
        unpacks into, so that an archive for a folder of a container is best one of the container's root.

    Raises :class:`LimitExceeded` for more than 10,000 files.
    """
    folder = _at_the_end_of_links(tree, folder)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive, tree.reading():
        packer = _Packer(tree, archive)
        packer.add_folder(folder, lambda _member: False, below=below)
    return tuple(packer.left_out)


class _Packer:
    """Writes files of a submission to an archive, and keeps the digest of what it wrote."""

    def __init__(self, tree: Tree, archive: tarfile.TarFile) -> None:
        self.digest = hashlib.sha256()
        self.count = 0
        self.left_out: list[str] = []
        self._tree = tree
        self._archive = archive
        self._links: set[str] = set()
        self._bytes = 0
        self._full: set[str] = set()
        self._deadline = time.monotonic() + MAX_SECONDS

    def add_folder(
        self, folder: str, is_ignored: Callable[[str], bool], *, below: str = "", passes_over: bool = True
    ) -> None:
        """Add what is in a folder of the submission, by its names there.

        Other people's files (:data:`.vendored.SKIPPED_FOLDERS`) come last, and only if there is room for all of them.

        :param below: the folder of the archive that it goes to.
        :param passes_over: whether nothing in an ignored folder is to be sent.
        """
        cut = len(folder) + 1 if folder else 0
        content = self._tree.everything_in(folder, lambda path: passes_over and is_ignored(path[cut:]))
        known = self._tree.files
        own = [each for path, each in known.items() if path.startswith(f"{folder}/" if folder else "")]
        others = [each for each in content.entries if each.path not in known and not is_ignored(each.path[cut:])]
        self._add_all([each for each in own if not is_ignored(each.path[cut:])], cut, below)
        unsent: list[str] = []
        if content.is_whole and self._has_room(others):
            self._add_all(others, cut, below)
        else:
            unsent = _outermost(others, own, cut)
            self.left_out += [f"{path[cut:]}/" for path in unsent]
        # one that is not empty comes with what is in it, so the inner ones go first
        for path in sorted(content.folders, reverse=True):
            entry = tarfile.TarInfo(posixpath.join(below, path[cut:]))
            is_unsent = not {path, *folders_above(path)}.isdisjoint(unsent)
            if entry.name not in self._full and not is_unsent and not is_ignored(path[cut:]):
                entry.type, entry.mode = tarfile.DIRTYPE, 0o755
                self.add(entry, b"")
        self.left_out += [each[cut:] for each in content.unreadable if each != "." and not is_ignored(each[cut:])]

    def _has_room(self, entries: Sequence[Entry]) -> bool:
        size = sum(each.size or 0 for each in entries if not each.is_symlink)
        return self.count + len(entries) <= MAX_FILES and self._bytes + size <= MAX_TOTAL

    def _add_all(self, entries: Iterable[Entry], cut: int, below: str) -> None:
        for each in entries:
            member = each.path[cut:]
            entry = tarfile.TarInfo(posixpath.join(below, member))
            if any(above in self._links for above in folders_above(each.path)):
                self.left_out.append(member)  # no tree has it; it would be written wherever the link leads
                continue
            try:
                if each.is_symlink:
                    self._links.add(each.path)
                    entry.type, entry.linkname = tarfile.SYMTYPE, self._tree.link_target(each.path) or ""
                    self.add(entry, b"")
                    continue
                data = self._tree.read_up_to(min(MAX_FILE, MAX_TOTAL - self._bytes), each.path)
            except (RefusedPath, LimitExceeded):
                self.left_out.append(member)
                continue
            entry.mode = 0o755 if each.executable else 0o644
            self.add(entry, data)

    def add(self, entry: tarfile.TarInfo, data: bytes) -> None:
        """Add one entry."""
        self.count += 1
        if self.count > MAX_FILES:
            raise LimitExceeded(_("more than {limit} files are to be sent to the docker host", limit=MAX_FILES))
        if time.monotonic() > self._deadline:
            raise LimitExceeded(
                _("reading the files that are to be sent takes longer than {seconds} s", seconds=f"{MAX_SECONDS:g}")
            )
        self._bytes += len(data)
        entry.size = len(data)
        for part in (entry.name, str(entry.mode), entry.linkname, str(len(data))):
            self.digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
        self.digest.update(data)
        self._full.update(folders_above(entry.name))
        self._archive.addfile(entry, io.BytesIO(data))


def _outermost(entries: Iterable[Entry], own: Iterable[Entry], cut: int) -> list[str]:
    """The outermost folders that the entries lie in, and nothing of ``own`` does; their names begin at ``cut``."""
    shared = {above for each in own for above in folders_above(each.path)}
    found = (
        next((up for up in folders_above(each.path) if len(up) > cut and up not in shared), each.path)
        for each in entries
    )
    return sorted(set(found))


def _at_the_end_of_links(tree: Tree, folder: str) -> str:
    """A folder under its own name: one that is named by a symbolic link holds no files under that."""
    try:
        return "/".join(resolve(folder, tree.link_target)) if folder else ""
    except RefusedPath:
        return folder


def _ignore(tree: Tree, *paths: str) -> Ignore:
    """The patterns of the first of these files that is there."""
    path = next((each for each in paths if each in tree.files), None)
    try:
        return Ignore(tree.text(path).content.splitlines() if path is not None else ())
    except RefusedPath:
        return Ignore(())
