"""Real registries for these tests; where one cannot run, its tests are skipped, with the reason."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest


@pytest.fixture
def start() -> Iterator[Callable[[contextlib.AbstractContextManager[Any]], Any]]:
    """Starts a server for the test; skips the test where this machine cannot run it."""
    with contextlib.ExitStack() as servers:
        yield servers.enter_context
