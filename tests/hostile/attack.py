"""An attack: how its submission is made, and what may come of it."""

from __future__ import annotations

import functools
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
HOMEWORKS = ("docker-1", "docker-2", "docker-3", "docker-4")


def words(homeworks: Iterable[str] = HOMEWORKS) -> tuple[str, ...]:
    """The command line that asks for these homeworks."""
    return (*(f"--hw={homework}" for homework in homeworks), "--hw-tier=files")


WORDS = words()

COMPOSE = "docker/docker-compose.yml"
OVERRIDE = "docker/docker-compose.override.yml"
ENV = "docker/.env.example"
UI = "src/ui/Dockerfile"
MONOLITH = "docker-monolith/Dockerfile"
START = "docker-monolith/start.sh"
LOG = "docker-monolith/docker-1.log"
README = "README.md"

SECRET = "canary-3f1c0a9e"
"""What stands in the file outside, and must be in no output."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a submission is made, and what lies beside it."""

    root: Path
    """The submission: a copy of the example."""
    outside: Path
    """A folder that is not the submission's."""

    @property
    def canary(self) -> Path:
        """A file that nobody may read."""
        return self.outside / "canary"

    @property
    def executed(self) -> Path:
        """A file that is there if code of the submission was run."""
        return self.outside / "executed"


Make = Callable[[Place], object]


@dataclass(frozen=True, slots=True)
class Attack:
    """One hostile submission.

    ``hit`` are the verdicts that the items it aims at may have, as ``unverified`` or ``failed|unverified``. ``moves``
    are patterns of the items whose verdict may be another than the example's; none is ever *error*. A ``slow`` one is
    left to ``make hostile``. ``codes`` are the exit codes that a run of it alone may have.
    """

    name: str
    make: Make
    hit: Mapping[str, str] = field(default_factory=dict)
    moves: tuple[str, ...] = ()
    slow: bool = False
    codes: tuple[int, ...] = (0, 1, 5)
    homeworks: tuple[str, ...] = HOMEWORKS
    """Those whose items are asked, where it is tried alone."""


def prepare(place: Place) -> None:
    """What every attack starts from."""
    ignored = shutil.ignore_patterns(".env", "__pycache__")
    shutil.copytree(EXAMPLE, place.root, ignore=ignored)
    place.outside.mkdir()
    place.canary.write_text(f"{SECRET}\n")


def text(path: str, content: str | bytes) -> Make:
    """A file of this content."""

    def make(place: Place) -> None:
        target = place.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


def more(path: str, content: str | bytes) -> Make:
    """What stands there already, and this under it."""

    def make(place: Place) -> None:
        with (place.root / path).open("ab") as stream:
            stream.write(content if isinstance(content, bytes) else content.encode())

    return make


def swap(path: str, old: str, new: str) -> Make:
    """The file with one text instead of another, which must be there."""

    def make(place: Place) -> None:
        target = place.root / path
        content = target.read_text()
        assert old in content, f"{path} has no {old!r}"
        target.write_text(content.replace(old, new, 1))

    return make


def files(contents: Mapping[str, str | bytes]) -> Make:
    """Several files."""
    return together(*(text(path, content) for path, content in contents.items()))


def together(*makes: Make) -> Make:
    """One after another."""

    def make(place: Place) -> None:
        for each in makes:
            each(place)

    return make


later = functools.partial
"""For contents that are too large to be made before they are wanted."""
