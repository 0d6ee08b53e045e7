"""Slices as processes of this machine: each started by itself, or forked from one that has imported what they need."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.grading.local_pool import LocalPool
from pytest_dockerlab.grading.pool import Pool, Slice
from pytest_dockerlab.grading.slices import Limits, ended, order_slice, results_in
from pytest_dockerlab.source import Source
from tests.cohort.grading import running_in
from tests.engine.killing import eventually

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="elsewhere nothing is forked"),
    pytest.mark.skipif(tools.find("hadolint") is None, reason="no hadolint here"),
]
EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
LIMITS = Limits(120, 2**31, 5)
_PATIENCE = 120.0


@pytest.fixture(params=["by itself", "forked"])
def pool(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Pool]:
    from pytest_dockerlab.grading.warm_pool import WarmPool

    made: Pool = LocalPool() if request.param == "by itself" else WarmPool(tmp_path)
    yield made
    made.close()
    eventually(lambda: not running_in(tmp_path), 60)


@pytest.fixture
def held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder whose hadolint waits until there is a file ``go`` in it."""
    folder = tmp_path / "held"
    folder.mkdir()
    waits = f"#!/bin/sh\n>>{folder}/began\nuntil [ -e {folder}/go ]; do sleep 0.05; done\n"
    script = f'{waits}exec {tools.find("hadolint")} "$@"\n'
    (folder / "hadolint").write_text(script)
    (folder / "hadolint").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def slice_of(folder: Path, number: int, *ids: str) -> Slice:
    revision = {"docker-3": {"commit": None, "worktree": True, "why": ""}}
    sources = [Source(id, str(folder / "submissions" / id), None, revision) for id in ids]
    for source in sources:
        shutil.copytree(EXAMPLE, source.path, dirs_exist_ok=True)
    words = ["--hw=docker-3/hadolint", "--hw-tier=files"]
    return order_slice(number, folder / "slices" / str(number), sources, words, LIMITS)


def all_over(pool: Pool, count: int) -> dict[int, str]:
    found: dict[int, str] = {}
    until = time.monotonic() + _PATIENCE
    while len(found) < count:
        assert time.monotonic() < until, found
        found |= {each.slice.number: str(each.why) for each in pool.over(1)}
    return found


def test_slices_say_when_they_are_over_and_what_came_of_them(pool: Pool, tmp_path: Path) -> None:
    slices = [slice_of(tmp_path, 1, "ann", "bob"), slice_of(tmp_path, 2, "cid")]
    assert pool.over(0) == []
    for each in slices:
        pool.start(each)
    assert set(all_over(pool, 2)) == {1, 2}
    assert pool.over(0) == []
    for each in slices:
        how = ended(each)
        assert how is not None
        assert (how.exit, how.signal, how.why) == (0, None, None), how.last_words
        assert [id for id, _path in results_in(each)] == list(each.ids)


def test_closing_ends_what_runs(pool: Pool, tmp_path: Path, held: Path) -> None:
    slices = [slice_of(tmp_path, number, f"id-{number}") for number in (1, 2)]
    for each in slices:
        pool.start(each)
    eventually((held / "began").exists, _PATIENCE)
    pool.close()
    for each in slices:
        how = ended(each)
        assert how is not None
        assert "interrupted" in str(how.why)
    assert not running_in(tmp_path)


def test_a_check_that_cannot_start_says_so(pool: Pool, tmp_path: Path) -> None:
    one = slice_of(tmp_path, 1, "ann")
    order = json.loads(one.order.read_text())
    one.order.write_text(json.dumps({**order, "check": ["--hw=nothing-of-this-name"]}))
    pool.start(one)
    all_over(pool, 1)
    how = ended(one)
    assert how is not None
    assert how.exit == 4
    assert "nothing-of-this-name" in how.last_words


def test_the_process_that_forks_is_killed_and_another_takes_its_place(tmp_path: Path, held: Path) -> None:
    from pytest_dockerlab.grading.warm_pool import WarmPool

    pool = WarmPool(tmp_path)
    with contextlib.closing(pool):
        slices = [slice_of(tmp_path, number, f"id-{number}") for number in (1, 2)]
        for each in slices:
            pool.start(each)
        eventually((held / "began").exists, _PATIENCE)
        (warm,) = _children_of_ours(tmp_path)
        os.kill(warm, signal.SIGKILL)
        assert all_over(pool, 2) == dict.fromkeys(
            (1, 2), "the process that checked it died (signal -9)".replace("-", "")
        )
        eventually(lambda: not running_in(tmp_path / "slices"), _PATIENCE)
        (held / "go").touch()
        again = slice_of(tmp_path, 3, "id-1")
        pool.start(again)
        all_over(pool, 1)
        assert [id for id, _path in results_in(again)] == ["id-1"]


def test_nothing_of_the_users_python_is_in_a_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pytest_dockerlab.grading.warm_pool import WarmPool

    (tmp_path / "python").mkdir()
    (tmp_path / "python" / "sitecustomize.py").write_text(f"open({str(tmp_path / 'loaded')!r}, 'w')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "python"))
    monkeypatch.setenv("PYTEST_ADDOPTS", "--no-such-option")
    monkeypatch.setenv("DOCKERLAB_TIER", "no such tier")
    one = slice_of(tmp_path, 1, "ann")
    with contextlib.closing(WarmPool(tmp_path)) as pool:
        pool.start(one)
        all_over(pool, 1)
    how = ended(one)
    assert how is not None
    assert how.exit == 0, how.last_words
    assert not (tmp_path / "loaded").exists()


def test_what_is_imported_before_has_no_thread_and_no_check() -> None:
    """What has threads may hang once it is forked; and pytest rewrites the assertions of checks as it imports them."""
    program = (
        "import os, sys\n"
        "from pytest_dockerlab.grading import warm\n"
        "before = set(os.listdir('/proc/self/fd'))\n"
        "warm._import()\n"
        "assert len(os.listdir('/proc/self/task')) == 1\n"
        "assert set(os.listdir('/proc/self/fd')) == before\n"
        "rooms = ('pytest_dockerlab.checks.', 'pytest_dockerlab.fixtures.')\n"
        "print([name for name in sys.modules if name.startswith(rooms)])\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", program], capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


def _children_of_ours(folder: Path) -> list[int]:
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, ValueError, IndexError):
            parent = int((each / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid() and str(folder).encode() in (each / "cmdline").read_bytes():
                found.append(int(each.name))
    return found
