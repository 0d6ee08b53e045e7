"""A build context: the files that ``docker build`` would send, taken from a submission and from nowhere else.

Symbolic links are sent as links, as docker sends them: whoever builds follows them inside the context only. What cannot
be read within the submission's limits is left out and named: a large picture beside the Dockerfile is no part of the
image as a rule, and where it is, the build fails at the COPY that wants it.
"""

from __future__ import annotations

import hashlib
import io
import posixpath
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO

from ..errors import LimitExceeded, RefusedPath
from .dockerignore import Ignore
from .tree import SKIPPED_FOLDERS, Tree, folders_above, resolve

__all__ = ["PackedContext", "pack_context", "pack_folder"]

MAX_FILES = 10_000
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
    # these two are always sent: the builder itself leaves them out of COPY where they are ignored
    wanted = (
        (path, member)
        for path, member in _below(tree, folder)
        if member != name and (member == _DOCKERIGNORE or not ignore.matches(member))
    )
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        packer = _Packer(tree, archive)
        packer.add(tarfile.TarInfo(name), content)
        packer.add_all(wanted)
    left_out = (*packer.left_out, *(each for each in _unreadable(tree, folder) if not ignore.matches(each)))
    return PackedContext(name, packer.digest.hexdigest(), packer.count, left_out)


def pack_folder(tree: Tree, folder: str, out: IO[bytes], below: str = "") -> tuple[str, ...]:
    """Write all files of a folder to ``out`` as a tar archive. Returns those that were left out.

    :param below: the folder of the archive that they lie in. The engine refuses a link that leads out of what it
        unpacks into, so that an archive for a folder of a container is best one of the container's root.

    Raises :class:`LimitExceeded` for more than 10,000 files.
    """
    folder = _at_the_end_of_links(tree, folder)
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as archive:
        packer = _Packer(tree, archive)
        packer.add_all((path, posixpath.join(below, member)) for path, member in _below(tree, folder))
    return (*packer.left_out, *_unreadable(tree, folder))


class _Packer:
    """Writes files of a submission to an archive, and keeps the digest of what it wrote."""

    def __init__(self, tree: Tree, archive: tarfile.TarFile) -> None:
        self.digest = hashlib.sha256()
        self.count = 0
        self.left_out: list[str] = []
        self._tree = tree
        self._archive = archive
        self._links: set[str] = set()

    def add_all(self, files: Iterable[tuple[str, str]]) -> None:
        """Add files, each a path in the submission and its name in the archive."""
        for path, member in files:
            entry = tarfile.TarInfo(member)
            if any(above in self._links for above in folders_above(member)):
                self.left_out.append(member)  # no tree has it; it would be written wherever the link leads
                continue
            try:
                if self._tree.files[path].is_symlink:
                    self._links.add(member)
                    entry.type, entry.linkname = tarfile.SYMTYPE, self._tree.link_target(path) or ""
                    self.add(entry, b"")
                    continue
                data = self._tree.read(path)
            except (RefusedPath, LimitExceeded):
                self.left_out.append(member)
                continue
            entry.mode = 0o755 if self._tree.files[path].executable else 0o644
            self.add(entry, data)

    def add(self, entry: tarfile.TarInfo, data: bytes) -> None:
        """Add one entry."""
        self.count += 1
        if self.count > MAX_FILES:
            raise LimitExceeded(f"more than {MAX_FILES} files are to be sent to the docker host")
        entry.size = len(data)
        for part in (entry.name, str(entry.mode), entry.linkname, str(len(data))):
            self.digest.update(part.encode("utf-8", "surrogateescape") + b"\0")
        self.digest.update(data)
        self._archive.addfile(entry, io.BytesIO(data))


def _below(tree: Tree, folder: str) -> Iterator[tuple[str, str]]:
    """The files below a folder, with their names there."""
    prefix = f"{folder}/" if folder else ""
    return ((path, path[len(prefix) :]) for path in tree.files if path.startswith(prefix))


def _unreadable(tree: Tree, folder: str) -> Iterator[str]:
    """What is below a folder and cannot be sent: a socket, a name that is not UTF-8; and folders nobody reads."""
    prefix = f"{folder}/" if folder else ""
    yield from (path[len(prefix) :] for path in tree.unreadable if path.startswith(prefix) and path != ".")
    yield from (f"{each}/" for each in sorted(SKIPPED_FOLDERS) if tree.is_dir(f"{prefix}{each}"))


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
    except (RefusedPath, LimitExceeded):
        return Ignore(())
