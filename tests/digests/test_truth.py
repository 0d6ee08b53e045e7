"""What really runs for an item counts in its digest: a run of the example is watched, function by function."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.digests.items import JUDGES, Digests

EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
WATCHER = """
import json, os, sys, threading
import pytest, pytest_dockerlab

ROOT = os.path.dirname(os.path.dirname(os.path.realpath(pytest_dockerlab.__file__))) + os.sep
seen, asked = {}, [None]

def called(frame, event, arg):
    code = frame.f_code
    if event == "call" and code.co_filename.startswith(ROOT):
        seen.setdefault(asked[0], set()).add((code.co_filename.removeprefix(ROOT), code.co_qualname))

@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item):
    before, asked[0] = asked[0], item.check.id
    sys.setprofile(called)
    threading.setprofile(called)
    try:
        return (yield)
    finally:
        asked[0] = before
        if before is None:
            sys.setprofile(None)

def pytest_sessionfinish():
    with open(os.environ["SEEN"], "w") as file:
        json.dump({id: sorted(calls) for id, calls in seen.items()}, file)
"""
_AROUND = ("run", "report", "activity", "course", "selection", "source")
"""What runs around a check, tells of it, and is told in the settings. Of ``run`` what judges counts for every item."""
_FOR_ALL = ("pytest_runtest_teardown", "submission.text.secrets")
"""Called for every item, and without a part in its verdict: the end of shared projects, and secrets in texts."""


@pytest.mark.parametrize("homework", ["docker-3", "gitlab-ci-1"])
def test_every_function_that_runs_counts(tmp_path: Path, homework: str) -> None:
    (tmp_path / "watcher.py").write_text(WATCHER)
    env = {**os.environ, "PYTHONPATH": str(tmp_path), "SEEN": str(tmp_path / "seen.json")}
    words = ["--hw", homework, "--hw-tier=files", f"--hw-submission={EXAMPLE}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "watcher", *words],
        cwd=tmp_path, env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    seen = json.loads((tmp_path / "seen.json").read_text())
    assert len(seen) > 8, done.stdout + done.stderr
    known = catalogue.load()
    digests = Digests(known.homeworks)
    missed, counted = set(), 0
    for id, calls in seen.items():
        reached = digests.reached(known.items[id])
        for file, name in calls:
            parts = Path(file).with_suffix("").parts
            if parts[0] in ("checks", "fixtures"):  # in a checkout they are beside the package
                parts = ("pytest_dockerlab", *parts)
            module = ".".join(part for part in parts[1:] if part != "__init__")
            if parts[0] != "pytest_dockerlab" or parts[1] in _AROUND or module in (*JUDGES, *_FOR_ALL):
                continue
            function = name.partition(".<locals>")[0].rpartition(".")[2]
            if not function.isidentifier() or function.lstrip("_")[:1].isupper():
                function = ""  # the body of a module or of a class
            counted += 1
            if (f"pytest_dockerlab.{module}", function) not in reached and function not in _FOR_ALL:
                missed.add(f"{id}: {module} {name}")
    assert counted > 500
    assert missed == set()
