"""A real Prometheus for these tests; where it cannot run, they are skipped, with the reason."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture(scope="module")
def start() -> Iterator[Callable[[contextlib.AbstractContextManager[Any]], Any]]:
    """Starts a server for the module; skips its tests where this machine cannot run it."""
    with contextlib.ExitStack() as servers:
        yield servers.enter_context
