"""What several tests of grading begin with."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import cli
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort


@pytest.fixture(scope="session")
def term(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four submissions with their roster in ``cohort``, and their grading in ``out``: to be read, and to be copied."""
    folder = tmp_path_factory.mktemp("term")
    roster = write_cohort(folder / "cohort", cohort(4))
    assert cli.main(["grade", str(roster), "--hw=docker-4", "--hw-tier=files", "-n2", "-o", str(folder / "out")]) == 0
    return folder
