"""What takes its time to find out, kept for the next run: in the user's folder for such things, and never relied on."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path
from typing import Any

from ..whole_files import replacing

__all__ = ["folder", "read", "write"]


def folder() -> Path:
    """Where it is kept: ``$XDG_CACHE_HOME/pytest-dockerlab``. Raises ``RuntimeError`` where there is no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(given) if Path(given).is_absolute() else Path.home() / ".cache") / "pytest-dockerlab"


def read(name: str) -> dict[str, Any]:
    """What was kept under this name; nothing where that is gone, or cannot be read."""
    try:
        found = json.loads((folder() / name).read_text("utf-8"))
    except (OSError, ValueError, RuntimeError):
        return {}
    return found if isinstance(found, dict) else {}


def write(name: str, data: dict[str, Any]) -> None:
    """Keep it: whole, whoever else does the same now; where that cannot be, the next run finds it out again."""
    with contextlib.suppress(OSError, RuntimeError):
        folder().mkdir(parents=True, exist_ok=True)
        with replacing(folder() / name) as part:
            part.write_text(json.dumps(data), "utf-8")
