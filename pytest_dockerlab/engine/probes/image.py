"""The one image of our probes: a static busybox, for the engine's architecture, and nothing else.

In this order: the image the user names (``--hw-probe-image``, for a mirror or a registry of one's own); our own, made
from a static busybox of this machine where the architectures agree; the public busybox, pinned. Our own is named by the
hash of its content and stays on the engine from run to run; ``dockerlab clean --all`` removes it. It is made by
importing a tar, which takes 0.1 s and needs no builder (0.9 s by a Dockerfile).
"""

from __future__ import annotations

import hashlib
import io
import platform
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ...messages import _
from ..owned.labels import KIND, PROBE_IMAGE, PURPOSE
from ..owned.locks import engine_lock
from ..probe_answers import ProbeError

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["PUBLIC_IMAGE", "REPOSITORY", "ProbeImageMissing", "find_static_busybox", "probe_image"]

REPOSITORY = "pytest-dockerlab-probe"
PUBLIC_IMAGE = "busybox:1.36.1"

_PLACES = ("/bin/busybox", "/usr/bin/busybox", "/usr/local/bin/busybox")
_APPLETS = (
    *("ash", "awk", "cat", "cut", "date", "echo", "env", "false", "grep", "head", "hostname", "httpd", "id", "kill"),
    *("ls", "mkdir", "mv", "nc", "nslookup", "ping", "printf", "ps", "readlink", "rm", "sed", "sh", "sleep", "sort"),
    *("tail", "test", "timeout", "touch", "tr", "true", "uname", "usleep", "wc"),
)
# The Engine API's name of an architecture, by the names the kernel and Python give it; and e_machine of elf(5).
_ARCHITECTURES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_MACHINES = {62: "amd64", 183: "arm64"}
_PT_INTERP = 3


class ProbeImageMissing(ProbeError):
    """There is no image to make probes of."""


class _Header(NamedTuple):
    machine: int
    has_interpreter: bool


def probe_image(host: DockerHost, given: str | None = None) -> str:
    """The id of the probe image on this engine, which is put there first where it has to be.

    :param given: the user's own image, by name.

    Raises :class:`ProbeImageMissing` when none can be had, and :class:`ProbeError` when our name is somebody else's.
    """
    if given is not None:
        return _get(host, given) or _pull(host, given)
    busybox = find_static_busybox(_ARCHITECTURES.get(host.facts.architecture, host.facts.architecture))
    if busybox is None:
        return _get(host, PUBLIC_IMAGE) or _pull(host, PUBLIC_IMAGE)
    content = _tar(busybox)
    digest = _digest(content)
    name = f"{REPOSITORY}:{digest[:16]}"
    with engine_lock(host, "probe-image"):  # two imports would leave one image without a name
        return _own(host, name, digest) or _import(host, name, digest, content)


def find_static_busybox(architecture: str) -> bytes | None:
    """A busybox of this machine that needs no loader and no library, if its architecture is ``amd64`` or ``arm64``."""
    if _ARCHITECTURES.get(platform.machine().lower()) != architecture:
        return None
    for place in _PLACES:
        try:
            program = Path(place).read_bytes()
        except OSError:
            continue
        header = _read_elf(program)
        if header and not header.has_interpreter and _MACHINES.get(header.machine) == architecture:
            return program
    return None


def _read_elf(program: bytes) -> _Header | None:
    # elf(5): 64 bit, little endian, a program header table of e_phnum entries of e_phentsize bytes at e_phoff.
    if program[:6] != b"\x7fELF\x02\x01" or len(program) < 64:
        return None

    def number(offset: int, size: int) -> int:
        return int.from_bytes(program[offset : offset + size], "little")

    start, size, count = number(32, 8), number(54, 2), number(56, 2)
    types = [number(start + index * size, 4) for index in range(count)]
    return _Header(number(18, 2), _PT_INTERP in types)


def _tar(busybox: bytes) -> bytes:
    """The root file system. The same bytes for the same busybox: its hash is the image's name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for folder, mode in (("bin", 0o755), ("etc", 0o755), ("tmp", 0o1777)):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, mode
            archive.addfile(entry)
        entry = tarfile.TarInfo("bin/busybox")
        entry.mode, entry.size = 0o755, len(busybox)
        archive.addfile(entry, io.BytesIO(busybox))
        for applet in _APPLETS:
            entry = tarfile.TarInfo(f"bin/{applet}")
            entry.type, entry.linkname, entry.mode = tarfile.SYMTYPE, "busybox", 0o777
            archive.addfile(entry)
    return buffer.getvalue()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _inspect(host: DockerHost, name: str) -> dict[str, Any] | None:
    from docker.errors import NotFound

    try:
        image: dict[str, Any] = host.client.api.inspect_image(name)  # type: ignore[no-untyped-call]
    except NotFound:
        return None
    return image


def _get(host: DockerHost, name: str) -> str | None:
    image = _inspect(host, name)
    return None if image is None else str(image["Id"])


def _own(host: DockerHost, name: str, digest: str) -> str | None:
    image = _inspect(host, name)
    if image is None:
        return None
    if (image["Config"].get("Labels") or {}).get(PROBE_IMAGE) != digest:
        raise ProbeError(_("the image {name} is not ours: remove it, or name another by --hw-probe-image", name=name))
    return str(image["Id"])


def _import(host: DockerHost, name: str, digest: str, content: bytes) -> str:
    repository, _colon, tag = name.partition(":")
    labels = {PROBE_IMAGE: digest, KIND: "image", PURPOSE: "probe-image"}
    host.client.api.import_image_from_data(
        content, repository, tag, [f"LABEL {key}={value}" for key, value in labels.items()]
    )
    image = _own(host, name, digest)
    if image is None:
        raise ProbeImageMissing(f"the engine does not keep the image {name}", host=host.address)
    return image


def _pull(host: DockerHost, name: str) -> str:
    from docker.errors import DockerException

    try:
        host.client.images.pull(name)
    except DockerException as error:
        raise ProbeImageMissing(
            f"the probe image {name} is not on the engine and cannot be pulled: {error}; install busybox-static, "
            "or name an image with busybox by --hw-probe-image",
            host=host.address,
        ) from error
    image = _get(host, name)
    if image is None:
        raise ProbeImageMissing(f"the image {name} was pulled and is not there", host=host.address)
    return image
