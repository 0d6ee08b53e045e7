"""A GitLab for these tests."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.course import Course
from pytest_dockerlab.gitlab import transport
from tests.gitlab.fake import fake_gitlab

from ._gitlab import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """One of today, with the project of the base homework and no runner."""
    monkeypatch.setattr(transport, "_PAUSE", 0.01)
    with fake_gitlab() as fake:
        yield Site(fake, tmp_path / "homework")


@pytest.fixture
def hw_course() -> Course:
    """A course without settings of its own."""
    return Course()
