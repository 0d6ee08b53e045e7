"""Files that are something else: links out of the tree, pipes, sockets, devices by another name."""

from __future__ import annotations

import os
import socket
from pathlib import Path

from ..attack import Attack, Make, Place
from .targets import DECIDED_BY, READ_BY


def instead(path: str, kind: str) -> Make:
    """The file replaced."""

    def make(place: Place) -> None:
        target = place.root / path
        target.unlink(missing_ok=True)
        up = "/".join([".."] * (path.count("/") + 1))
        match kind:
            case "an absolute link":
                target.symlink_to(place.canary)
            case "a relative link":
                target.symlink_to(f"{up}/{place.outside.name}/canary")
            case "a link through a link to a folder":
                (place.root / "elsewhere").symlink_to(f"../{place.outside.name}")
                target.symlink_to(place.root / "elsewhere" / "canary")
            case "a link through /proc":
                target.symlink_to(f"/proc/self/root{place.canary}")
            case "a link to itself":
                target.symlink_to(target.name)
            case "a link to /dev/zero":
                target.symlink_to("/dev/zero")
            case "a pipe":
                os.mkfifo(target)
            case "a socket":
                with socket.socket(socket.AF_UNIX) as bound:
                    here = Path.cwd()
                    os.chdir(target.parent)  # an address has 108 bytes
                    try:
                        bound.bind(target.name)
                    finally:
                        os.chdir(here)
            case "a folder":
                target.mkdir()
            case _:
                raise AssertionError(kind)

    return make


KINDS = (
    "an absolute link",
    "a relative link",
    "a link through a link to a folder",
    "a link through /proc",
    "a link to itself",
    "a link to /dev/zero",
    "a pipe",
    "a socket",
    "a folder",
)


def folder_outside(path: str) -> Make:
    """A folder of the example that is a link to a copy of it outside."""

    def make(place: Place) -> None:
        source = place.root / path
        source.rename(place.outside / source.name)
        source.symlink_to(place.outside / source.name)

    return make


ATTACKS = (
    *(
        Attack(
            f"{path} is {kind}",
            instead(path, kind),
            {DECIDED_BY[path]: "failed|not attempted|unverified|advised"},
            moves=READ_BY[path],
        )
        for path in READ_BY
        for kind in KINDS
    ),
    Attack(
        "src is a link to a folder outside",
        folder_outside("src"),
        {"docker-4/compose-file": "failed|not attempted|unverified|advised"},
        moves=("docker-3/*", "docker-4/*"),
    ),
    Attack(
        "ui is a link to a folder outside",
        folder_outside("src/ui"),
        {"docker-3/services": "failed|not attempted|unverified|advised"},
        moves=("docker-3/*", "docker-4/*"),
    ),
)
