"""For the tests of a pack: fixtures by name in its samples, as in a run, and the mark ``sample``.

In the tests' ``conftest.py``, with the pack's own fixture modules behind it::

    pytest_plugins = ["pytest_dockerlab.testing.plugin", "my_course.fixtures"]
"""

from __future__ import annotations

import pkgutil

import pytest

from .. import fixtures

__all__: list[str] = []

pytest_plugins = [f"{fixtures.__name__}.{found.name}" for found in pkgutil.iter_modules(fixtures.__path__)]


def pytest_configure(config: pytest.Config) -> None:
    """Register the mark."""
    config.addinivalue_line("markers", "sample(item, kind): a sample of an item's check: passes, fails or unusual")
