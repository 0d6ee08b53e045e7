"""Projects that a real Prometheus watches, for the tests of the checks that ask it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.registry.conftest import start

from ._monitored import WELL, Project, Site, site

__all__ = ["shared_site", "start", "watched"]


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One Prometheus for all tests of a process: it needs seconds to start."""
    jobs = {path: {} for path in (*WELL, "/mongodb", "/blackbox")}
    with site(tmp_path_factory.mktemp("prometheus"), jobs) as running:
        yield running


@pytest.fixture
def watched(shared_site: Site) -> Project:
    """The project that it watches; nothing is known yet of what its targets export."""
    return Project(shared_site.server)
