"""The files that a step of GitHub writes: its outputs and its summary.

Written as in ``packages/core/src/file-command.ts`` of actions/toolkit, and read in
``src/Runner.Worker/FileCommandManager.cs`` of actions/runner.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Mapping
from pathlib import Path

__all__ = ["append_summary", "in_bytes", "room_for_summary", "write_outputs"]

_MAX_SUMMARY = 1024 * 1024
"""Bytes of a step's summary. Of a longer file the runner uploads nothing (``CreateStepSummaryCommand``)."""
_LEFT_TO_OTHERS = 64 * 1024
"""Of these: for what comes after us in the same step."""


def write_outputs(file: Path, outputs: Mapping[str, str]) -> None:
    """Append ``outputs`` to the file that ``GITHUB_OUTPUT`` names: whatever a value holds, it is one value.

    Raises ``OSError``.
    """
    parts = []
    for name, value in outputs.items():
        delimiter = f"ghadelimiter_{uuid.uuid4()}"
        parts.append(f"{name}<<{delimiter}\n{value}\n{delimiter}\n")
    _append(file, "".join(parts))


def room_for_summary(file: Path) -> int:
    """How many bytes of UTF-8 may be appended to the file that ``GITHUB_STEP_SUMMARY`` names.

    What other parts of the same step have written counts too. Raises ``OSError``.
    """
    taken = file.stat().st_size if file.exists() else 0
    return max(0, _MAX_SUMMARY - _LEFT_TO_OTHERS - taken)


def append_summary(file: Path, markdown: str) -> bool:
    """Append to the file that ``GITHUB_STEP_SUMMARY`` names, if there is room for all of it; whether there was.

    Raises ``OSError``.
    """
    if not markdown or len(in_bytes(markdown)) > room_for_summary(file):
        return False
    _append(file, markdown)
    return True


def _append(file: Path, text: str) -> None:
    """At the beginning of a line, also where what is there already has no line's end."""
    with file.open("ab+") as opened:
        if opened.seek(0, os.SEEK_END):
            opened.seek(-1, os.SEEK_END)
            if opened.read(1) != b"\n":
                text = f"\n{text}"
        opened.write(in_bytes(text))


def in_bytes(text: str) -> bytes:
    """``text`` as it is written: names of files that are not UTF-8 have odd letters."""
    return text.encode("utf-8", "backslashreplace")
