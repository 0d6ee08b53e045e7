"""Of all tests: their order, a browser for pages of ours, a home of nobody, and how Hypothesis looks for examples."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.browser.pages import Pages, chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# on GitHub's runners too what a test starts is a run at home, unless the test says otherwise
os.environ.pop("GITHUB_ACTIONS", None)

_SHORT = Path(__file__).with_name("submission")

# how busy a machine is says nothing of what is tested
settings.register_profile("dockerlab", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("dockerlab")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The many short tests are the end, so that all workers end together."""
    items.sort(key=lambda item: item.path.is_relative_to(_SHORT))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium; where there is none, tests that look at pages are skipped."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def pages(browser: Browser) -> Iterator[Pages]:
    """Opens pages that lie in files: ``pages.open(path, dark=True)``. The test fails where one asked for anything else
    than its own file, or where its scripts failed."""
    opened = Pages(browser)
    yield opened
    for context in browser.contexts:
        context.close()
    assert opened.wrong == []


@pytest.fixture
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Nobody's settings of git, and a cache of the test's own."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(folder / "gitconfig"))
    return folder
