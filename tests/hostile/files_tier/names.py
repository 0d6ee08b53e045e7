"""Names of files that say something to whoever prints or splits them."""

from __future__ import annotations

import os
from pathlib import Path

from ..attack import Attack, Make, Place

NAMES: dict[str, bytes] = {
    "a newline and a workflow command": b"a\n::error::you are wrong",
    "colours": b"\x1b[31mred\x1b[0m",
    "a title of the terminal": b"\x1b]0;owned\x07",
    "no UTF-8": b"caf\xe9\xff",
    "an option": b"--output=x",
    "a surrogate": b"\xed\xa0\x80",
    "right to left": "\u202egnp.exe".encode(),
    "a carriage return": b"good\rbad",
    "HTML": b"<script>alert(1)<!--",
    "a formula": b"=cmd|' C'!A0",
    "a template": b"{items}{0.__class__}%s%(a)s",
    "backticks": b"`id`$(id)",
    "255 bytes": b"n" * 255,
}


def below(folder: Path, name: bytes) -> Path:
    """The path of that name, whatever bytes it has."""
    return folder / os.fsdecode(name)


def named(name: bytes) -> Make:
    """A file of this name."""
    return lambda place: below(place.root, name).write_bytes(b"text\n")


def as_service(name: bytes) -> Make:
    """A folder of this name with a Dockerfile that has faults."""

    def make(place: Place) -> None:
        folder = below(place.root / "src", name)
        folder.mkdir()
        (folder / "Dockerfile").write_bytes(b"FROM a\nADD b c\nRUN\n")

    return make


def with_readme(name: bytes) -> Make:
    """A folder of this name with a README."""

    def make(place: Place) -> None:
        folder = below(place.root, name)
        folder.mkdir()
        (folder / "README.md").write_bytes(b"# Title\n\ndocker run -d --network back_net a\n")

    return make


ATTACKS = (
    *(Attack(f"a file named {title}", named(name)) for title, name in NAMES.items()),
    *(
        Attack(f"a README in a folder named {title}", with_readme(name), moves=("docker-*",))
        for title, name in NAMES.items()
    ),
    *(
        Attack(f"a Dockerfile in a folder named {title}", as_service(name), moves=("docker-3/*",))
        for title, name in NAMES.items()
        if title != "255 bytes"
    ),
)
