"""Of the whole project: pytest allows plugins to be named in the root's conftest.py only."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest

pytest_plugins = ["pytester"]

# What does not apply, whatever is installed; anything else that is skipped on CI is a hole in .ci/run.
_MAY_BE_SKIPPED = ("root reads everything", "cannot be had by name")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """On CI a test that skips because something is missing fails."""
    report = yield
    is_strict = os.environ.get("DOCKERLAB_TEST_NEEDS") == "all"
    if is_strict and report.skipped and not hasattr(report, "wasxfail") and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2]
        if not any(known in reason for known in _MAY_BE_SKIPPED):
            report.outcome, report.longrepr = "failed", f"nothing may be missing here: {reason}"
    return report
