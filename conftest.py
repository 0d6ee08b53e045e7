"""Of the whole project: pytest allows plugins to be named in the root's conftest.py only."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Generator

import pytest

pytest_plugins = ["pytester"]

# A shell starts what is to run in the background with Ctrl-C ignored, and every child inherits that: also those which
# the tests of Ctrl-C interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What does not apply, whatever is installed; anything else that is skipped on CI is a hole in .ci/run.
_MAY_BE_SKIPPED = ("root reads everything", "cannot be had by name")


def pytest_configure(config: pytest.Config) -> None:
    """A checkout whose translations were edited or pulled has compiled ones that are older, and a new one has none."""
    if not hasattr(config, "workerinput"):
        from scripts.messages import compile_what_is_stale

        compile_what_is_stale()


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
