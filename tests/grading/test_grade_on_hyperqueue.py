"""A cohort whose verdicts are known, graded by workers of HyperQueue."""

from __future__ import annotations

import threading
import time

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import Status, read_graded
from pytest_dockerlab.grading.out import Out
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort
from tests.grading._hyperqueue import cluster

pytest.importorskip("hyperqueue")


@pytest.fixture
def hq(tmp_path, monkeypatch):
    with cluster(tmp_path / "hq", workers=2) as one:
        monkeypatch.setenv("HQ_SERVER_DIR", str(one.folder))
        yield one


def grade(tmp_path, *words):
    roster = tmp_path / "cohort" / "roster.csv"
    options = ["--hw", "docker-4", "--hw-tier", "files", "-o", str(tmp_path / "out"), "--pool", "hq"]
    return cli.main(["grade", str(roster), *options, *words])


def as_planted(tmp_path, planted):
    found = list(read_graded(Out(tmp_path / "out")))
    assert [(each.id, each.status) for each in found] == [(each.id, Status.GRADED) for each in planted]
    for row, known in zip(found, planted, strict=True):
        for item in row.result.items:
            assert (item.verdict, item.because_of) in known.verdicts[item.id]
    return True


def test_the_verdicts_are_the_same(hq, tmp_path, capsys):
    planted = cohort(6)
    write_cohort(tmp_path / "cohort", planted)
    assert grade(tmp_path, "-n", "2") == 0
    assert as_planted(tmp_path, planted)
    said = capsys.readouterr()
    assert "has a worker on" in said.out
    assert "has no keys" in said.err


def test_a_worker_that_dies_changes_no_verdict(hq, tmp_path):
    planted = cohort(8)
    write_cohort(tmp_path / "cohort", planted)
    results = tmp_path / "out" / "results"

    def kill() -> None:
        until = time.monotonic() + 60
        while not (results.is_dir() and any(results.iterdir())) and time.monotonic() < until:
            time.sleep(0.02)
        hq.workers[0].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    assert grade(tmp_path, "-n", "2") == 0
    killer.join()
    assert hq.workers[0].poll() is not None
    assert as_planted(tmp_path, planted)


def test_without_a_server_nothing_is_begun(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HQ_SERVER_DIR", str(tmp_path / "none"))
    write_cohort(tmp_path / "cohort", cohort(1))
    assert grade(tmp_path) == 4
    assert "hq server start" in capsys.readouterr().err
    assert not (tmp_path / "out" / "grading.json").exists()
    assert cli.main(["grade", "r.csv", "--hw", "17", "-o", "x", "--pool", "slurm"]) == 4
