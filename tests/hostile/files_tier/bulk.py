"""Too much of something, in each file."""

from __future__ import annotations

from collections.abc import Callable

from ..attack import Attack, Make, Place, together
from .targets import READ_BY

MEGABYTE = 1_000_000


def filled(path: str, content: Callable[[], bytes]) -> Make:
    """The file with this content, made when it is wanted."""

    def make(place: Place) -> None:
        (place.root / path).write_bytes(content())

    return make


def grown(path: str, size: int) -> Make:
    """The file with a hole of ``size`` bytes under what it has."""

    def make(place: Place) -> None:
        with (place.root / path).open("r+b") as stream:
            stream.truncate(size)

    return make


CONTENTS: dict[str, Callable[[], bytes]] = {
    "a line of 50 MB": lambda: b"a" * 50 * MEGABYTE,
    "a line of 1.9 MB": lambda: b"a: " + b"a" * 1_900_000,
    "50 MB of zeros": lambda: bytes(50 * MEGABYTE),
    "1.9 MB of blank lines": lambda: b"\n" * 1_900_000,
    "1.9 MB of blanks": lambda: b" " * 1_900_000,
    "900,000 lines": lambda: b"a\n" * 900_000,
    "random bytes": lambda: bytes((at * 7919 >> 3) & 255 for at in range(200_000)),
    "UTF-16 without a mark": lambda: ("services:\n" * 50_000).encode("utf-16-le"),
}


def many_files(place: Place) -> None:
    """50,000 of them."""
    for folder in range(50):
        path = place.root / "many" / str(folder)
        path.mkdir(parents=True)
        for number in range(1000):
            (path / str(number)).touch()


def deep(place: Place) -> None:
    """900 folders, one in another."""
    path = place.root
    for _number in range(900):
        path /= "a"
    path.mkdir(parents=True)
    (path / "README.md").write_text("# deep\n")


def many(name: str, count: int, content: bytes) -> Make:
    """As many files of one content, each in a folder of its own."""

    def make(place: Place) -> None:
        for number in range(count):
            folder = place.root / "copies" / f"{number:03}"
            folder.mkdir(parents=True)
            (folder / name).write_bytes(content)

    return make


EVERYTHING = ("docker-*",)
ATTACKS = (
    *(
        Attack(f"{path}: {title}", filled(path, content), moves=READ_BY[path], slow="random" not in title)
        for path in READ_BY
        for title, content in CONTENTS.items()
    ),
    *(Attack(f"{path}: a hole of 2 TB", grown(path, 2 * 10**12), moves=READ_BY[path]) for path in READ_BY),
    Attack("50,000 files", many_files, moves=EVERYTHING, slow=True),
    Attack("900 folders, one in another", deep, moves=EVERYTHING),
    Attack("500 READMEs of 1.9 MB", many("README.md", 500, b"word " * 380_000), moves=EVERYTHING, slow=True),
    Attack("200 scripts of 100 kB", many("run.sh", 200, b"docker run -d a\n" * 6250), moves=EVERYTHING, slow=True),
    Attack(
        "60 compose files of 250 kB",
        many("docker-compose.yml", 60, b"services:\n" + b"".join(b"  s%d: {image: a}\n" % n for n in range(12_000))),
        moves=EVERYTHING,
        slow=True,
    ),
    Attack("300 Dockerfiles", many("Dockerfile", 300, b"FROM a\n" + b"RUN b\n" * 300), moves=EVERYTHING, slow=True),
    Attack("300 env files", many(".env.example", 300, b"A=$A$A\n" * 3000), moves=EVERYTHING, slow=True),
    Attack("2,000 .gitignore files", many(".gitignore", 2000, b"*a*b*c*d*e*\n" * 100), moves=EVERYTHING, slow=True),
    Attack(
        "2,000 .dockerignore files",
        together(many(".dockerignore", 2000, b"**/*a*/**\n" * 100)),
        moves=EVERYTHING,
        slow=True,
    ),
)
