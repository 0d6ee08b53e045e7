"""Checks of the app tier as processes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .check_process import Check


@pytest.fixture
def check(tmp_path: Path) -> Iterator[Callable[..., Check]]:
    """Starts a check; what a test that failed has left running is ended."""
    with contextlib.ExitStack() as life:

        def start(*arguments: str, **more: Any) -> Check:
            found = Check(tmp_path, *arguments, **more)
            life.callback(found.kill)
            return found

        yield start
