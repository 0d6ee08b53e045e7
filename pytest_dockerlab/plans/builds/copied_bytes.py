"""How much a build copies out of its context: COPY and ADD have no container, so nobody can watch what they write.

ADD unpacks archives, and the engine goes on with that after everybody has given the build up: a file of a few KB may
become terabytes. So it is counted before anything is sent, in the very archive that will be sent. What is counted is
never less than what the engine writes: every byte that comes out of a compressed file, for each instruction that may
mean the file. Holes of a sparse archive are in no stream, and the engine writes them out: no such archive is sent.
"""

from __future__ import annotations

import bz2
import fnmatch
import gzip
import lzma
import posixpath
import re
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from ...findings import Unverified
from ...messages import Message, _
from ...net.deadline import Deadline
from ...submission.dockerfiles.instructions import Instruction
from ...submission.dockerfiles.taken_images import what_it_runs
from .plan import BuildPlan

__all__ = ["require_bounded_copies"]

_SECONDS = 60.0
"""To count: half a GB of an honest archive takes a few."""
_CHUNK = 1024 * 1024
_XZ_MEMORY = 256 * 1024 * 1024
"""Bytes: of an archive by xz -9 it is a quarter."""
# The compressions that an engine looks for: https://github.com/moby/moby, pkg/archive, and its newer homes
_GZIP, _BZIP2, _XZ = b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\0"
# since Engine 23; a frame that is skipped may come first
_ZSTD = re.compile(rb"\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18")
# https://www.gnu.org/software/tar/manual/html_node/Sparse-Formats.html: records of a pax header, or a header's type
_SPARSE_RECORD = re.compile(rb"[0-9]{1,20} GNU\.sparse\.[a-z]{1,10}=")
_BLOCK, _TYPE_AT, _MAGIC_AT, _GNU_MAGIC = 512, 156, 257, b"ustar  \0"
# In a source these may become other names than they are: everything is counted then.
_UNKNOWN = re.compile(r"[$\\\[]")
_QUOTES = str.maketrans("", "", "\"'")


class _Uncountable(Exception):
    """An archive of which nobody can say beforehand how large it becomes."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


def require_bounded_copies(
    context: Path, plan: BuildPlan, limit: int, triggers: Iterable[tuple[Instruction, Instruction]] = ()
) -> None:
    """Raise ``Unverified`` where all that a build copies out of its context is more than ``limit`` bytes.

    :param context: the archive that is sent.
    :param triggers: instructions that base images bring along, each with the FROM that does so.
    """
    own = ((each, each) for each in plan.instructions)
    deadline = Deadline(_SECONDS)
    with tarfile.open(context, "r:") as archive:
        files = _Files(archive, limit, deadline)
        copied = 0
        for place, instruction in (*triggers, *own):
            try:
                copied += sum(_written(files, each) for each in what_it_runs(instruction))
            except _Uncountable as stop:
                why = stop.why
            except TimeoutError:
                why = _("counting them takes more than {seconds} s", seconds=round(_SECONDS))
            else:
                if copied <= limit:
                    continue
                why = _("more than {limit} GB", limit=round(limit / 1000**3, 2))
            raise Unverified(
                _("what COPY and ADD write into the image of {name} at {place} cannot be bounded: {why}",
                  name=plan.name, place=str(plan.at(place)), why=why),
                _("copy plain files, and only what the image needs"),
            )  # fmt: skip


def _written(files: _Files, instruction: Instruction) -> int:
    if instruction.name not in ("COPY", "ADD") or any(flag.startswith("--from=") for flag in instruction.flags):
        return 0
    sources = instruction.values[:-1]
    return sum(files.copied(each) + (files.unpacked(each) if instruction.name == "ADD" else 0) for each in sources)


class _Files:
    """The files of a context, and what they become. Every answer is kept."""

    def __init__(self, archive: tarfile.TarFile, limit: int, deadline: Deadline) -> None:
        self._archive = archive
        self._limit = limit
        self._deadline = deadline
        members = archive.getmembers()
        self._files = {each.name: each for each in members if each.isreg()}
        self._links = {each.name for each in members if each.issym()}
        self._copied: dict[str, int] = {}
        self._unpacked: dict[str, int] = {}
        self._sizes: dict[str, int] = {}

    def copied(self, source: str) -> int:
        """The bytes of the files that a source names, and of those below the folders that it names."""
        if source not in self._copied:
            wanted = self._pattern(source)
            deep = "*" if wanted in ("*", ".") else f"{wanted}/*"
            found = (each.size for name, each in self._files.items() if self._fits(name, wanted, deep))
            self._copied[source] = sum(found)
        return self._copied[source]

    def unpacked(self, source: str) -> int:
        """The bytes that come out of the archives that a source names; those in a folder stay as they are."""
        if source not in self._unpacked:
            wanted = self._pattern(source)
            found = (self._size(name) for name in list(self._files) if self._fits(name, wanted))
            self._unpacked[source] = sum(found)
        return self._unpacked[source]

    def _pattern(self, source: str) -> str:
        wanted = posixpath.normpath(source.translate(_QUOTES).lstrip("/") or ".")
        parts = wanted.split("/")
        leads = any("/".join(parts[: at + 1]) in self._links for at in range(len(parts)))
        leads = leads or any(map(re.compile(fnmatch.translate(wanted)).match, self._links))
        return "*" if leads or _UNKNOWN.search(source) else wanted

    def _fits(self, name: str, *patterns: str) -> bool:
        self._deadline.left()
        return any(fnmatch.fnmatchcase(name, each) for each in patterns)

    def _size(self, name: str) -> int:
        if name not in self._sizes:
            file = self._archive.extractfile(self._files[name])
            assert file is not None
            with file:
                self._sizes[name] = self._count(file)
        return self._sizes[name]

    def _count(self, file: IO[bytes]) -> int:
        size, rest = 0, b""
        try:
            for chunk in _uncompressed(file):
                self._deadline.left()
                _require_no_holes(rest + chunk, size - len(rest))
                size += len(chunk)
                # whole blocks, so that a mark is found that lies over the end
                rest = (rest + chunk)[-(2 * _BLOCK + size % _BLOCK) :]
                if size > self._limit:
                    break
        except (OSError, EOFError, zlib.error, lzma.LZMAError) as error:
            # the engine may read it all the same: it has other programs for it
            raise _Uncountable(_("an archive that cannot be read: {why}", why=str(error))) from None
        return size


def _uncompressed(file: IO[bytes]) -> Iterator[bytes]:
    start = file.read(len(_XZ))
    file.seek(0)
    if start.startswith(_GZIP):
        yield from _read(gzip.GzipFile(fileobj=file))
    elif start.startswith(_BZIP2):
        yield from _read(bz2.BZ2File(file))
    elif start.startswith(_XZ):
        yield from _read_xz(file)
    elif _ZSTD.match(start):
        raise _Uncountable(_("an archive compressed with zstd"))
    else:
        yield from _read(file)


def _read(file: IO[bytes] | gzip.GzipFile | bz2.BZ2File) -> Iterator[bytes]:
    while chunk := file.read(_CHUNK):
        yield chunk


def _read_xz(file: IO[bytes]) -> Iterator[bytes]:
    """By hand, because only so the memory is bounded: an archive may ask for 4 GiB."""
    rest = file.read(_CHUNK)
    while rest.strip(b"\0"):
        stream = lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
        while not stream.eof:
            if stream.needs_input and not rest:
                rest = file.read(_CHUNK)
                if not rest:
                    raise EOFError("it ends too early")
            chunk = stream.decompress(rest, _CHUNK)
            rest = b""
            if chunk:
                yield chunk
        rest = stream.unused_data.lstrip(b"\0") or file.read(_CHUNK)


def _require_no_holes(data: bytes, start: int) -> None:
    """Raise :class:`_Uncountable` for a mark of a sparse file in ``data``, which begins at byte ``start``."""
    found = _SPARSE_RECORD.search(data) is not None
    at = data.find(_GNU_MAGIC)
    while at >= 0 and not found:
        header = at - _MAGIC_AT
        found = (
            header >= 0 and (start + header) % _BLOCK == 0 and data[header + _TYPE_AT : header + _TYPE_AT + 1] == b"S"
        )
        at = data.find(_GNU_MAGIC, at + 1)
    if found:
        raise _Uncountable(_("a sparse archive"))
