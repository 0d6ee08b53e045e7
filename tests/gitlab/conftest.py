"""The fake GitLab for these tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .fake import FakeGitlab, fake_gitlab
from .state import CURRENT, SEED


@pytest.fixture
def fake() -> Iterator[FakeGitlab]:
    """One of today."""
    with fake_gitlab() as running:
        yield running


@pytest.fixture(params=[CURRENT, SEED], ids=["current", "seed"])
def any_fake(request: pytest.FixtureRequest) -> Iterator[FakeGitlab]:
    """One of today, and one of 2018."""
    with fake_gitlab(request.param) as running:
        yield running
