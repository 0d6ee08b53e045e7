"""Fixtures of the course's checks."""

import pytest

from pytest_dockerlab.submission.files.tree import Tree

from . import terraform_version


@pytest.fixture
def ignored(tree: Tree) -> list[str]:
    """The lines of ``.gitignore``."""
    return tree.text(".gitignore").content.split() if tree.exists(".gitignore") else []


@pytest.fixture(scope="session")
def terraform() -> str:
    """The version that is installed."""
    return (terraform_version() or "").removeprefix("Terraform v")


@pytest.fixture
def readmes() -> str:
    """Called as one of ours, and another thing: it must not be in the way of docker-2."""
    return "of the Terraform course"
