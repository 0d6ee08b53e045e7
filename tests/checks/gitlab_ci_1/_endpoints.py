"""What the remote items of this homework are asked with: settings that hold one endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_dockerlab import catalogue
from pytest_dockerlab.homework import Need
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, said, write_homework

from ._homework import BASE


def ask_with(
    item: str, need: Need, endpoint: str, folder: Path, files: dict[str, str] = BASE, **given: Any
) -> ItemResult:
    """What comes of an item that is asked of this endpoint; ``folder`` gets the homework."""
    write_homework(folder, files)
    settings = Settings(endpoints={need.value: endpoint})
    asked = catalogue.load().items[f"gitlab-ci-1/{item}"]
    return ask(asked, Submission("sample", WorkTree(folder)), hw_settings=settings, **given)


def texts(result: ItemResult) -> str:
    """Everything it says in English."""
    stop = [str(part) for part in (result.reason, result.remedy) if part is not None]
    return "\n".join([*(said(each) for each in result.findings), *stop])
