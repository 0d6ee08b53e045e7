"""A registry for docker-2/pushed, started as the tests of registries start theirs."""

from __future__ import annotations

from tests.registry.conftest import start

__all__ = ["start"]
