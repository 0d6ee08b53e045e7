"""Shards, graded apart and put together: what comes of it is what the whole would have been."""

from __future__ import annotations

import json
import os
import re
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.record import read_record


@pytest.fixture(scope="module")
def graded(term, tmp_path_factory):
    """The two shards of what was graded as a whole."""
    folder = tmp_path_factory.mktemp("merge")
    words = ["grade", str(term / "cohort" / "roster.csv"), "--hw", "docker-4", "--hw-tier", "files", "-n2"]
    for name, shard in (("one", "1/2"), ("two", "2/2")):
        assert cli.main([*words, "--shard", shard, "-o", str(folder / name)]) == 0
    return folder


@pytest.fixture
def shards(graded, tmp_path):
    """Copies of the shards, for what is done to them."""
    for name in ("one", "two"):
        shutil.copytree(graded / name, tmp_path / name)
    return tmp_path


def merge(folder: Path, *names: str) -> int:
    return cli.main(["merge", *(str(folder / name) for name in names), "-o", str(folder / "merged")])


def refused(folder: Path, capsys, *names: str) -> str:
    assert merge(folder, *names) == 4
    assert not (folder / "merged" / "grading.json").exists()
    return capsys.readouterr().err


def change(folder: Path, **fields: object) -> None:
    file = folder / "grading.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | fields))


def test_it_is_what_the_whole_is(term, graded, shards):
    assert merge(shards, "two", "one") == 0
    whole, merged = Out(term / "out"), Out(shards / "merged")
    assert merged.rows.read_bytes() == whole.rows.read_bytes()
    for one, other in zip(read_graded(merged), read_graded(whole), strict=True):
        assert (one.id, one.columns, one.status) == (other.id, other.columns, other.status)
        assert [(item.id, item.verdict, item.points) for item in one.result.items] == [
            (item.id, item.verdict, item.points) for item in other.result.items
        ]
    record, asked = read_record(merged), read_record(whole)
    assert (record.shard, record.homework, record.roster) == (None, asked.homework, asked.roster)
    assert len((merged.gradebook("csv")).read_text("utf-8-sig").splitlines()) == 1 + 1 + 4
    assert len(list(merged.pages.glob("*.html"))) == 4
    assert record.started == min(read_record(Out(graded / name)).started for name in ("one", "two"))


def test_a_shard_has_its_rows_only(graded):
    counts = [len(list(read_graded(Out(graded / name)))) for name in ("one", "two")]
    assert sum(counts) == 4
    assert min(counts) > 0


def test_a_hole_and_an_overlap_are_refused(shards, capsys):
    assert "missing: 2/2" in refused(shards, capsys, "one")
    assert "there twice" in refused(shards, capsys, "one", "one", "two")


@pytest.mark.parametrize(
    ("fields", "what"),
    [
        ({"tool": {"name": "pytest-dockerlab", "version": "0.0.1"}}, "versions"),
        ({"roster": {"file": "r.csv", "digest": f"sha256:{'0' * 64}", "rows": 4}}, "rosters"),
        ({"course": {"file": "c.toml", "digest": f"sha256:{'0' * 64}"}}, "course files"),
        ({"homework": ["docker-3"]}, "homeworks"),
        ({"tier": "engine"}, "tiers"),
        ({"shard": [2, 3]}, "numbers of shards"),
        ({"check": ["--hw", "docker-4", "--hw-ref=old"]}, "options"),
    ],
)
def test_what_does_not_belong_together_is_refused(shards, capsys, fields, what):
    change(shards / "two", **fields)
    assert re.search(f"do not belong together: {what} differ", refused(shards, capsys, "one", "two"))


def test_results_of_other_checks_are_refused(shards, capsys):
    result = next((shards / "two" / "results").iterdir())
    document = json.loads(result.read_text())
    document["digests"]["packs"] = {"pytest-dockerlab": "0" * 64}
    result.write_text(json.dumps(document))
    assert "the checks differ" in refused(shards, capsys, "one", "two")


def test_an_unfinished_shard_is_refused(shards, capsys):
    next((shards / "two" / "results").iterdir()).unlink()
    assert "is not finished: 1 are left" in refused(shards, capsys, "one", "two")


def test_a_result_that_is_none_is_not_taken(shards, capsys):
    next((shards / "two" / "results").iterdir()).write_text("{}")
    assert "no results.json" in refused(shards, capsys, "one", "two")


def test_a_row_that_is_gone_is_noticed(shards, capsys):
    rows = shards / "two" / "rows.jsonl"
    rows.write_text("".join(rows.read_text().splitlines(keepends=True)[:-1]))
    assert "commits.jsonl is not" in refused(shards, capsys, "one", "two")
    (shards / "two" / "commits.jsonl").unlink()
    assert "is in no shard" in refused(shards, capsys, "one", "two")


def test_a_row_of_another_shard_is_noticed(shards, capsys):
    shutil.copy(shards / "one" / "rows.jsonl", shards / "two" / "rows.jsonl")
    assert "commits.jsonl is not what was written there" in refused(shards, capsys, "one", "two")
    (shards / "two" / "commits.jsonl").unlink()
    assert "is not finished" in refused(shards, capsys, "one", "two")
    shutil.rmtree(shards / "two" / "results")
    shutil.copytree(shards / "one" / "results", shards / "two" / "results")
    assert "rows.jsonl is not what was written there" in refused(shards, capsys, "one", "two")


@pytest.mark.parametrize("file", ["rows.jsonl", "commits.jsonl"])
@pytest.mark.parametrize("line", ["{}", "[]", "1", '{"id": 1, "row": 0}', '{"source": {"id": []}}'])
def test_what_another_machine_wrote_there_is_refused_in_a_line(shards, capsys, file, line):
    with (shards / "two" / file).open("a") as written:
        written.write(line + "\n")
    assert f"{file} is not what was written there" in refused(shards, capsys, "one", "two")


@pytest.mark.parametrize(
    "cells",
    [
        {"columns": {"room": 5}},
        {"columns": []},
        {"columns": {"room": "\udcff"}},
        {"name": ["Ann"]},
        {"extension": 1e300},
        {"extension": [[[]]]},
        {"id": "../../ann"},
    ],
)
def test_a_row_that_no_roster_has_is_refused(shards, capsys, cells):
    rows = shards / "two" / "rows.jsonl"
    first, *others = rows.read_text().splitlines()
    rows.write_text("\n".join([json.dumps(json.loads(first) | cells), *others, ""]))
    assert "rows.jsonl is not what was written there" in refused(shards, capsys, "one", "two")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names here")
@pytest.mark.parametrize("file", ["grading.json", "rows.jsonl", "commits.jsonl"])
def test_nobody_waits_for_a_pipe(shards, capsys, file):
    (shards / "two" / file).unlink()
    os.mkfifo(shards / "two" / file)
    assert "not a regular file" in refused(shards, capsys, "one", "two")


def test_what_is_no_shard_is_refused(term, shards, capsys):
    shutil.copytree(term / "out", shards / "whole")
    assert "no shard" in refused(shards, capsys, "whole")
    assert "holds no grading" in refused(shards, capsys, "cohort")
    (shards / "merged").mkdir()
    shutil.copy(term / "out" / "grading.json", shards / "merged")
    assert merge(shards, "one", "two") == 4
    assert "holds a grading already" in capsys.readouterr().err


def test_overrides_beside_a_shard_come_along(shards, capsys):
    header = "id,item,verdict,reason,who,when\n"
    (shards / "one" / "overrides.csv").write_text(header)
    (shards / "two" / "overrides.csv").write_text(header + "x,y,passed,z,w,2026-11-29\n")
    assert "say different things" in refused(shards, capsys, "one", "two")
    (shards / "two" / "overrides.csv").unlink()
    assert merge(shards, "one", "two") == 0
    assert (shards / "merged" / "overrides.csv").read_text() == header


def test_the_course_file_comes_along(shards):
    """That of another machine may be nowhere here."""
    course = 'name = "Spring"\n'
    digest = sha256(course.encode()).hexdigest()
    for name in ("one", "two"):
        change(shards / name, course={"file": "/builds/course.toml", "digest": digest})
        (shards / name / "course.toml").write_text(course)
    assert merge(shards, "one", "two") == 0
    assert read_record(Out(shards / "merged")).course["file"] == str(shards / "merged" / "course.toml")
