"""Slices on workers of HyperQueue: a server and two workers of this machine, in processes of their own."""

import os
import sys
import time
from pathlib import Path

import pytest

from pytest_dockerlab.errors import ConfigurationError, DockerlabError
from pytest_dockerlab.grading.pool import Slice
from tests.engine.killing import eventually
from tests.grading._hyperqueue import cluster

pytest.importorskip("hyperqueue")
from pytest_dockerlab.grading.hyperqueue_pool import HyperQueuePool, server_folder

WAITS = """
import sys, time
from pathlib import Path
folder = Path(sys.argv[1])
(folder / "began").touch()
while not (folder / "go").exists() and not (folder / "stop").exists():
    time.sleep(0.02)
(folder / "ended").touch()
"""


@pytest.fixture
def two(tmp_path):
    with cluster(tmp_path / "hq", workers=2) as one:
        yield one


def slice_of(tmp_path: Path, number: int, program: str = WAITS) -> Slice:
    folder = tmp_path / "slices" / str(number)
    folder.mkdir(parents=True)
    return Slice(number, folder, (sys.executable, "-c", program, str(folder)), (f"id-{number}",))


def began(*slices: Slice) -> bool:
    return all((each.folder / "began").exists() for each in slices)


def all_over(pool: HyperQueuePool, count: int) -> dict[int, str]:
    found = {}
    until = time.monotonic() + 60
    while len(found) < count:
        assert time.monotonic() < until, found
        found |= {each.slice.number: str(each.why) for each in pool.over(1)}
    return found


def test_slices_run_side_by_side_and_say_when_they_are_over(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    assert pool.is_open  # the package's own cluster has no keys, and grade says so
    slices = [slice_of(tmp_path, number) for number in range(3)]
    for each in slices:
        pool.start(each)
    eventually(lambda: sum(began(each) for each in slices) == 2, 60)  # a place for each worker, and the third waits
    assert pool.over(0) == []
    for each in slices:
        (each.folder / "go").touch()
    assert all_over(pool, 3) == {0: "None", 1: "None", 2: "None"}
    assert all((each.folder / "ended").exists() for each in slices)
    assert pool.over(0) == []


def test_how_a_program_died_is_told(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    pool.start(slice_of(tmp_path, 1, "raise SystemExit(3)"))
    pool.start(slice_of(tmp_path, 2, "import os; os.kill(os.getpid(), 9)"))
    said = all_over(pool, 2)
    assert "exit code 3" in said[1]
    assert "SIGKILL" in said[2]
    missing = slice_of(tmp_path, 3)
    pool.start(Slice(3, missing.folder, ("/no/such/python",), ()))
    assert "No such file" in all_over(pool, 1)[3]


def test_a_worker_that_dies_costs_its_slice_and_the_others_go_on(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    slices = [slice_of(tmp_path, number) for number in range(2)]
    for each in slices:
        pool.start(each)
    eventually(lambda: began(*slices), 60)
    two.workers[0].kill()
    ((lost, why),) = all_over(pool, 1).items()
    assert "worker that was lost" in why
    other = slices[1 - lost]
    (other.folder / "go").touch()
    assert all_over(pool, 1) == {other.number: "None"}
    pool.start(slice_of(tmp_path, 7, "pass"))
    assert all_over(pool, 1) == {7: "None"}


def test_closing_ends_what_runs_and_what_waits(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    slices = [slice_of(tmp_path, number) for number in range(3)]
    for each in slices:
        pool.start(each)
    eventually(lambda: sum(began(each) for each in slices) == 2, 60)
    pool.close()
    pool.close()
    assert all((each.folder / "ended").exists() for each in slices)


def test_a_slice_that_was_removed_stays_so(two, tmp_path):
    """Who waits in the queue of somebody who was killed finds nothing, and leaves nothing."""
    pool = HyperQueuePool(two.folder)
    one = slice_of(tmp_path, 1, "pass")
    one.folder.rmdir()
    pool.start(one)
    all_over(pool, 1)
    assert not one.folder.exists()


def test_a_server_that_comes_back_anew_has_lost_the_slices(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    pool.start(slice_of(tmp_path, 1))
    two.server.kill()
    two.server.wait()
    assert pool.over(0.1) == []  # it may come back
    two.start_server()
    assert "without its journal" in all_over(pool, 1)[1]
    two.start_worker()
    pool.start(slice_of(tmp_path, 2, "pass"))
    assert all_over(pool, 1) == {2: "None"}


def test_a_server_that_does_not_answer_for_a_while_has_lost_nothing(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    one = slice_of(tmp_path, 1)
    pool.start(one)
    eventually(lambda: began(one), 60)
    (one.folder / "go").touch()
    pool._client = None  # what a connection that broke leaves
    assert all_over(pool, 1) == {1: "None"}


def test_a_server_that_stays_away_is_told(two, tmp_path):
    pool = HyperQueuePool(two.folder, server_away_seconds=0)
    pool.start(slice_of(tmp_path, 1))
    two.server.kill()
    two.server.wait()
    with pytest.raises(DockerlabError, match="is away"):
        all_over(pool, 1)


def test_a_worker_is_tried_out_first(two, tmp_path):
    pool = HyperQueuePool(two.folder)
    assert pool.try_out(tmp_path, [tmp_path]) == os.uname().nodename
    with pytest.raises(ConfigurationError, match=r"does not see \S+/elsewhere"):
        pool.try_out(tmp_path, [tmp_path / "elsewhere"])
    assert not list(tmp_path.glob("worker*"))


def test_a_worker_with_another_version_is_refused(two, tmp_path, monkeypatch):
    monkeypatch.setattr("pytest_dockerlab.grading.hyperqueue_pool.__version__", "0.0.1")
    with pytest.raises(ConfigurationError, match=r"not 0\.0\.1"):
        HyperQueuePool(two.folder).try_out(tmp_path, [])


def test_without_workers_it_is_said_soon(tmp_path):
    with cluster(tmp_path / "hq", workers=0) as one, pytest.raises(ConfigurationError, match="hq worker start"):
        HyperQueuePool(one.folder).try_out(tmp_path, [], seconds=0.5)


def test_without_a_server_it_is_said_which_command_starts_one(tmp_path):
    with pytest.raises(ConfigurationError, match="hq server start"):
        HyperQueuePool(tmp_path)
    (tmp_path / "access.json").write_text("{}")
    with pytest.raises(ConfigurationError, match="no access file"):
        HyperQueuePool(tmp_path)


def test_a_server_of_another_version_is_refused(two, tmp_path):
    access = (two.folder / "hq-current" / "access.json").read_text()
    (tmp_path / "access.json").write_text(access.replace('"version": "v', '"version": "v9'))
    with pytest.raises(ConfigurationError, match="version mismatch"):
        HyperQueuePool(tmp_path)


def test_the_server_is_found_as_by_its_own_command():
    assert server_folder({"HQ_SERVER_DIR": "/srv/hq"}) == Path("/srv/hq")
    assert server_folder({}) == Path.home() / ".hq-server"
