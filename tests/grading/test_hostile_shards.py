"""Shards from machines that mean harm: nothing outside is read, nobody waits, the disk stays, and nobody else pays."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.record import read_record, read_rows

COURSE = 'name = "Spring"\n'
SECRET = "canary-51d9"


@pytest.fixture(scope="module")
def graded(term: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shards, graded with a course file."""
    folder = tmp_path_factory.mktemp("shards")
    (folder / "course.toml").write_text(COURSE)
    words = ["grade", str(term / "cohort" / "roster.csv"), "--hw=docker-4", "--hw-tier=files", "-n2"]
    words.append(f"--hw-course={folder / 'course.toml'}")
    for name, shard in (("one", "1/2"), ("two", "2/2")):
        assert cli.main([*words, f"--shard={shard}", f"-o={folder / name}"]) == 0
    (folder / "course.toml").unlink()  # as on another machine
    return folder


@pytest.fixture
def shards(graded: Path, tmp_path: Path) -> Path:
    """Copies of them, for what is done to them."""
    for name in ("one", "two"):
        shutil.copytree(graded / name, tmp_path / name)
    (tmp_path / "outside").write_text(SECRET)
    return tmp_path


def merge(folder: Path) -> int:
    return cli.main(["merge", str(folder / "one"), str(folder / "two"), "-o", str(folder / "merged")])


def attempt_of(shard: Path) -> Path:
    """Where the first of its rows would have its attempts."""
    out = Out(shard)
    out.attempts.mkdir(exist_ok=True)
    return out.attempts_of(next(iter(read_rows(out))).id)


FILES: dict[str, Callable[[Path], Path]] = {
    "overrides": lambda shard: shard / "overrides.csv",
    "course": lambda shard: shard / "course.toml",
    "rows": lambda shard: shard / "rows.jsonl",
    "commits": lambda shard: shard / "commits.jsonl",
    "attempts": attempt_of,
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_a_link_is_not_followed(shards: Path, file: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]) -> None:
    target = file(shards / "one")
    target.unlink(missing_ok=True)
    target.symlink_to(shards / "outside")
    assert merge(shards) == 4
    assert f"{target.name} is not what was written there" in capsys.readouterr().err
    assert not [path for path in (shards / "merged").rglob("*") if path.is_file() and SECRET in path.read_text()]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_nobody_waits_for_a_pipe(shards: Path, file: Callable[[Path], Path]) -> None:
    target = file(shards / "one")
    target.unlink(missing_ok=True)
    os.mkfifo(target)
    assert merge(shards) == 4


@pytest.mark.parametrize("file", FILES.values(), ids=FILES.keys())
def test_a_hole_of_a_terabyte_is_neither_read_nor_copied(
    shards: Path, file: Callable[[Path], Path], capsys: pytest.CaptureFixture[str]
) -> None:
    target = file(shards / "one")
    with target.open("ab") as opened:
        opened.truncate(10**12)
    assert merge(shards) == 4
    assert target.name in capsys.readouterr().err
    assert not [path for path in (shards / "merged").rglob("*") if path.stat().st_size > 10**8]


def test_another_course_file_than_was_graded_with_is_refused(shards: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its points would be everybody's."""
    (shards / "one" / "course.toml").write_text(COURSE + '[points]\n"docker-4/networks" = 50\n')
    assert merge(shards) == 4
    assert "course.toml is not what was written there" in capsys.readouterr().err


def test_the_course_file_that_was_graded_with_comes_along(shards: Path) -> None:
    assert merge(shards) == 0
    merged = Out(shards / "merged")
    course = read_record(merged).course
    assert course is not None
    assert (course["file"], course["digest"]) == (str(merged.course), sha256(COURSE.encode()).hexdigest())
    assert merged.course.read_text() == COURSE


def test_one_shards_docker_host_is_not_everybodys(shards: Path) -> None:
    """What is graded again on the whole would ask an engine of somebody's choice."""
    for name, host in (("one", "tcp://192.0.2.1:2375"), ("two", "unix:///var/run/docker.sock")):
        file = shards / name / "grading.json"
        document = json.loads(file.read_text())
        document |= {"docker_host": host, "check": [*document["check"], f"--hw-docker-host={host}"]}
        file.write_text(json.dumps(document))
    assert merge(shards) == 0
    assert "192.0.2.1" not in (shards / "merged" / "grading.json").read_text()


def test_a_docker_host_that_all_have_is_that_of_the_whole(shards: Path) -> None:
    host = "ssh://ci@grader.example"
    for name in ("one", "two"):
        file = shards / name / "grading.json"
        document = json.loads(file.read_text())
        document |= {"docker_host": host, "check": [*document["check"], f"--hw-docker-host={host}"]}
        file.write_text(json.dumps(document))
    assert merge(shards) == 0
    record = read_record(Out(shards / "merged"))
    assert (record.docker_host, record.check[-1]) == (host, f"--hw-docker-host={host}")
