"""The plugins that are often there beside ours. Tox installs them in an environment of its own, and nowhere else."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution

from tests.plugin.conftest import student as student

NEIGHBOURS = (
    "allure-pytest", "pytest-rerunfailures", "pytest-html", "pytest-randomly", "pytest-cov", "pytest-timeout",
    "pytest-json-report", "pytest-split", "pytest-sugar",
)  # fmt: skip


def _are_all_here() -> bool:
    try:
        return all(distribution(name) for name in NEIGHBOURS)
    except PackageNotFoundError:
        return False


collect_ignore_glob = [] if _are_all_here() else ["test_*.py"]
