"""``autograder.zip``: what Gradescope builds an image of, and runs for each submission."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from .... import __version__

__all__ = ["COURSE", "ORDER", "RECORDED", "archive"]

ORDER = "autograder.json"
COURSE = "course.toml"
RECORDED = "recorded"
"""The folder of documents that were made before."""
_SCRIPTS = {"setup.sh": "setup.sh", "run_autograder": "run_autograder.sh"}
_NEVER = (1980, 1, 1, 0, 0, 0)


def archive(
    order: Mapping[str, Any],
    *,
    course: bytes | None = None,
    wheels: Sequence[Path] = (),
    recorded: Mapping[str, bytes] | None = None,
) -> bytes:
    """The archive, the same for the same order.

    :param order: what ``container`` reads.
    :param course: the course file.
    :param wheels: packages to install instead of the published one: of ours, and of packs.
    :param recorded: documents by file name, for containers that check nothing and only show them.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as file:
        for name, script in _SCRIPTS.items():
            _add(file, name, resources.files(__package__).joinpath(script).read_bytes(), mode=0o755)
        _add(file, "requirements.txt", _requirements(wheels).encode())
        _add(file, ORDER, json.dumps(order, ensure_ascii=False, indent=2).encode())
        if course is not None:
            _add(file, COURSE, course)
        for wheel in wheels:
            _add(file, wheel.name, wheel.read_bytes())
        for name, content in sorted((recorded or {}).items()):
            _add(file, f"{RECORDED}/{name}", content)
    return buffer.getvalue()


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
