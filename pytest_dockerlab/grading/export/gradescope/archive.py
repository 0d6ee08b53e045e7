"""``autograder.zip``: what Gradescope builds an image of, and runs for each submission."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import IO, Any

from .... import __version__
from ..people import normalised

__all__ = ["COURSE", "ORDER", "recorded_name", "write_archive"]

ORDER = "autograder.json"
COURSE = "course.toml"
_SCRIPTS = {"setup.sh": "setup.sh", "run_autograder": "run_autograder.sh"}
_NEVER = (1980, 1, 1, 0, 0, 0)


def write_archive(
    file: IO[bytes],
    order: Mapping[str, Any],
    *,
    course: bytes | None = None,
    wheels: Sequence[Path] = (),
    recorded: Iterable[tuple[str, bytes]] = (),
) -> None:
    """Write the archive, the same for the same order.

    :param order: what ``container`` reads.
    :param course: the course file.
    :param wheels: packages to install instead of the published one: of ours, and of packs.
    :param recorded: documents by person, for containers that check nothing and only show them.
    """
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, script in _SCRIPTS.items():
            _add(archive, name, resources.files(__package__).joinpath(script).read_bytes(), mode=0o755)
        _add(archive, "requirements.txt", _requirements(wheels).encode())
        _add(archive, ORDER, json.dumps(order, ensure_ascii=False, indent=2).encode())
        if course is not None:
            _add(archive, COURSE, course)
        for wheel in wheels:
            _add(archive, wheel.name, wheel.read_bytes())
        for key, content in recorded:
            _add(archive, recorded_name(key), content)


def recorded_name(key: str) -> str:
    """The file of a person's document: whose it is cannot be read off it."""
    return f"recorded/{sha256(normalised(key).encode()).hexdigest()}.json"


def _add(file: zipfile.ZipFile, name: str, content: bytes, *, mode: int = 0o644) -> None:
    info = zipfile.ZipInfo(name, _NEVER)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = (0o100000 | mode) << 16
    file.writestr(info, content)


def _requirements(wheels: Sequence[Path]) -> str:
    """What pip installs, in the folder of the archive: what is not brought along is as it was published."""
    ours = [wheel for wheel in wheels if wheel.name.startswith("pytest_dockerlab-")]
    lines = [f"./{wheel.name}" + ("[tools]" if wheel in ours else "") for wheel in wheels]
    if not ours:
        lines.append(f"pytest-dockerlab[tools]=={__version__}")
    return "\n".join(lines) + "\n"
