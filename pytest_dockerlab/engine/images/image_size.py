"""The size of an image: the sum of its uncompressed layers, the same whatever the engine stores them in.

A layer's size is that of the files in it: regular files with the bytes they hold, a hard link nothing, a symbolic link
the length of its target, folders and whiteouts nothing. That is what the overlay2 driver counts when it takes a layer
in, so there the image's history is exact and costs one call. Every other store counts in its own way (the containerd
image store in disk blocks, and ``inspect`` there adds the compressed content): then the layers are read from what
``docker save`` streams, whatever their format, and nothing is kept of them.
"""

from __future__ import annotations

import io
import json
import posixpath
import re
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, cast

from ...errors import DockerlabError
from .lab_builds import layers_of

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = [
    "ImageError",
    "ImageMissing",
    "ImageSize",
    "Layer",
    "layer_size",
    "measure_image",
    "read_archive",
    "shared_layers",
]

_EXACT_DRIVERS = frozenset({"overlay2"})
_MAX_JSON = 8 * 1024 * 1024
# Instructions that never make a layer: where the history cannot be told apart by its sizes.
_NO_LAYER = (
    "ARG",
    "CMD",
    "ENTRYPOINT",
    "ENV",
    "EXPOSE",
    "HEALTHCHECK",
    "LABEL",
    "MAINTAINER",
    "ONBUILD",
    "SHELL",
    "STOPSIGNAL",
    "USER",
    "VOLUME",
)


class ImageError(DockerlabError):
    """An image cannot be measured."""


class ImageMissing(ImageError):
    """There is no such image on the engine."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer, and the instruction that made it."""

    digest: str | None
    """Of the uncompressed content; ``None`` where the history does not say which layer an instruction made."""
    size: int
    """Bytes."""
    instruction: str


@dataclass(frozen=True, slots=True)
class ImageSize:
    """What an image weighs, and why."""

    name: str
    id: str
    layers: tuple[Layer, ...]
    """Lowest first; those without any content are left out."""
    source: str
    """``history`` or ``save``: where the sizes come from."""

    @property
    def total(self) -> int:
        """Bytes."""
        return sum(layer.size for layer in self.layers)

    def largest(self, count: int = 3) -> tuple[Layer, ...]:
        """The largest layers, largest first."""
        return tuple(sorted(self.layers, key=lambda layer: -layer.size)[:count])


def measure_image(host: DockerHost, name: str, *, exact_from_history: bool | None = None) -> ImageSize:
    """Measure an image that is on the engine. Nothing is pulled or built.

    :param exact_from_history: whether the store's history is exact; default: by its driver.

    Raises :class:`ImageMissing`, and :class:`ImageError` for an image that cannot be read.
    """
    from docker.errors import ImageNotFound

    try:
        image = host.client.images.get(name)
    except ImageNotFound:
        raise ImageMissing(f"there is no image {name} on the engine", host=host.address) from None
    if exact_from_history is None:
        exact_from_history = host.facts.storage_driver in _EXACT_DRIVERS
    digests = layers_of(image.attrs)
    history = [(_instruction(entry), int(entry["Size"])) for entry in reversed(image.history())]
    if exact_from_history:
        return ImageSize(name, str(image.id), _from_history(history, digests), "history")
    sizes = read_archive(cast(Iterator[bytes], image.save(chunk_size=2**20)))
    return ImageSize(name, str(image.id), _with_instructions(sizes, digests, history), "save")


def shared_layers(one: Mapping[str, Any], other: Mapping[str, Any]) -> tuple[str, ...]:
    """The layers two images have in common, by their inspections: a layer is its content *on* those below it."""
    shared = []
    for first, second in zip(layers_of(one), layers_of(other), strict=False):
        if first != second:
            break
        shared.append(first)
    return tuple(shared)


def read_archive(chunks: Iterator[bytes]) -> list[int]:
    """The sizes of the layers, lowest first, in what ``docker save`` streams: its old format or an OCI layout.

    Raises :class:`ImageError` for what is neither. Memory: one chunk, and the JSON files.
    """
    sizes: dict[str, int] = {}
    links: dict[str, str] = {}
    documents: dict[str, bytes] = {}
    try:
        with tarfile.open(fileobj=_Stream(chunks), mode="r|") as archive:
            for member in archive:
                name = posixpath.normpath(member.name)
                if member.issym() or member.islnk():
                    folder = posixpath.dirname(name) if member.issym() else ""
                    links[name] = posixpath.normpath(posixpath.join(folder, member.linkname))
                    continue
                content = archive.extractfile(member) if member.isfile() else None
                if content is None:
                    continue
                beginning = content.read(512)
                if beginning[:1] in (b"{", b"[") and member.size <= _MAX_JSON:
                    documents[name] = beginning + content.read()
                elif _is_layer(beginning):
                    sizes[name] = layer_size(cast(IO[bytes], _Prefixed(beginning, content)))
    except (tarfile.TarError, EOFError, OSError) as error:
        raise ImageError(f"what the engine saved cannot be read: {error}") from error
    try:
        manifest = json.loads(documents["manifest.json"])
        layers = [posixpath.normpath(layer) for layer in manifest[0]["Layers"]]
        return [sizes[_follow(layer, links)] for layer in layers]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise ImageError(f"what the engine saved is no image archive that can be read: {error!r}") from error


def layer_size(content: IO[bytes]) -> int:
    """The bytes of the files in a layer: a tar, compressed or not. Raises ``tarfile.TarError`` for anything else."""
    total = 0
    with tarfile.open(fileobj=content, mode="r|*") as layer:
        for member in layer:
            if posixpath.basename(member.name).startswith(".wh."):
                continue
            if member.isreg():
                total += member.size
            elif member.issym():
                total += len(member.linkname.encode("utf-8", "surrogateescape"))
    return total


def _from_history(history: Sequence[tuple[str, int]], digests: Sequence[str]) -> tuple[Layer, ...]:
    filled = [(instruction, size) for instruction, size in history if size]
    named: Sequence[str | None] = digests if len(filled) == len(digests) else [None] * len(filled)
    return tuple(Layer(digest, size, instruction) for digest, (instruction, size) in zip(named, filled, strict=True))


def _with_instructions(
    sizes: Sequence[int], digests: Sequence[str], history: Sequence[tuple[str, int]]
) -> tuple[Layer, ...]:
    if len(sizes) != len(digests):
        raise ImageError(f"the engine saved {len(sizes)} layers of an image that has {len(digests)}")
    # By its size an entry of the history has a layer, or by its instruction; whichever gives the right number.
    for made in (
        [instruction for instruction, size in history if size],
        [instruction for instruction, _size in history if not instruction.startswith(_NO_LAYER)],
    ):
        if len(made) == len(sizes):
            break
    else:
        made = [""] * len(sizes)
    layers = (Layer(*layer) for layer in zip(digests, sizes, made, strict=True))
    return tuple(layer for layer in layers if layer.size)


def _instruction(entry: Mapping[str, Any]) -> str:
    """The instruction as it stands in a Dockerfile: without the classic builder's shell and BuildKit's remark."""
    text = str(entry.get("CreatedBy") or entry.get("Comment") or "").strip()
    text = text.removesuffix("# buildkit").strip()
    if "#(nop)" in text:
        return text.partition("#(nop)")[2].strip()
    run = re.match(r"(?:RUN )?(?:\|\d+ .*?)?/bin/sh -c (.*)", text, re.DOTALL)  # |2 NAME=value …: build arguments
    return f"RUN {run[1]}" if run else text


def _is_layer(beginning: bytes) -> bool:
    # A tar: the word at its place in the first header, or (a layer without a file) nothing but zeros; or compressed.
    return (
        beginning[257:262] == b"ustar"
        or beginning.startswith((b"\x1f\x8b", b"BZh", b"\xfd7zXZ"))
        or (len(beginning) == 512 and not any(beginning))
    )


def _follow(name: str, links: Mapping[str, str]) -> str:
    # The old format names a layer that two images of an archive share once, and links to it.
    for _step in range(8):
        if name not in links:
            break
        name = links[name]
    return name


class _Stream(io.RawIOBase):
    """An iterator of chunks as a file to read from."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = b""

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        parts = [self._rest]
        length = len(self._rest)
        while size < 0 or length < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            parts.append(chunk)
            length += len(chunk)
        whole = b"".join(parts)
        end = len(whole) if size < 0 else size
        self._rest = whole[end:]
        return whole[:end]


class _Prefixed:
    """A file whose beginning has been read already."""

    def __init__(self, beginning: bytes, rest: IO[bytes]) -> None:
        self._beginning = beginning
        self._rest = rest

    def read(self, size: int) -> bytes:
        part, self._beginning = self._beginning[:size], self._beginning[size:]
        return part if len(part) == size else part + self._rest.read(size - len(part))
