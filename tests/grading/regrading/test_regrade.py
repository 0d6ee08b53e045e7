"""``dockerlab regrade`` as it is typed."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out

OTHER = "f" * 64


@pytest.fixture
def out(term, tmp_path):
    """A copy of a grading."""
    shutil.copytree(term / "out", tmp_path / "out")
    return Out(tmp_path / "out")


def results(out):
    return {
        row.id: {each.id: (str(each.verdict), each.points) for each in row.result.items} for row in read_graded(out)
    }


def as_of_another_check(out, item="docker-4/networks"):
    """As if an older check of this item had judged otherwise."""
    for path in out.results.iterdir():
        document = json.loads(path.read_text())
        (found,) = (each for each in document["submissions"][0]["items"] if each["id"] == item)
        found["digest"]["check"] = OTHER
        is_right = found["verdict"] == "passed"
        if found["verdict"] in ("passed", "failed"):
            found["verdict"], found["points"] = ("failed", 0.0) if is_right else ("passed", 1.0)
        path.write_text(json.dumps(document))


def test_what_a_wrong_check_said_is_corrected_and_told(out, capsys):
    right = results(out)
    as_of_another_check(out)
    wrong = results(out)
    assert wrong != right
    assert cli.main(["regrade", str(out.folder), "-n", "2"]) == 0
    assert results(out) == right
    said = capsys.readouterr().out
    changed = [id for id in right if right[id]["docker-4/networks"] != wrong[id]["docker-4/networks"]]
    for id in changed:
        assert (
            f"{id}: docker-4/networks: failed (0 of 1, required) → passed (1 of 1, required) (its check was changed)"
            in said
        )
    folder = out.folder / "regrades" / "1"
    rows = list(csv.DictReader((folder / "changes.csv").read_text("utf-8-sig").splitlines()))
    assert rows == [
        {
            "id": id,
            "item": "docker-4/networks",
            "verdict before": "failed",
            "points before": "0",
            "max before": "1",
            "level before": "required",
            "verdict now": "passed",
            "points now": "1",
            "max now": "1",
            "level now": "required",
            "reason": "its check was changed",
            "what stands": "passed (1 of 1, required)",
        }
        for id in changed
    ]
    kept = json.loads((folder / "before" / f"{changed[0]}.json").read_text())["submissions"][0]["items"]
    assert OTHER in [each["digest"]["check"] for each in kept], "as it was before"
    assert not (folder / "again").exists()
    capsys.readouterr()
    assert cli.main(["regrade", str(out.folder)]) == 0
    assert "0 submissions are looked at again" in capsys.readouterr().out
    assert [each.name for each in (out.folder / "regrades").iterdir()] == ["1"], "nothing changed, nothing is left"


@pytest.mark.parametrize("item", ["docker-4/names-resolve", "docker-4/app-override", "docker-4/compose-file"])
def test_an_item_asked_alone_comes_to_the_same_as_among_all(out, item):
    """What it needs and what it may fold itself under are asked along."""
    before = results(out)
    assert cli.main(["regrade", str(out.folder), "--hw", item, "-n", "2"]) == 0
    assert results(out) == before
    assert json.loads((out.folder / "regrades" / "1" / "changes.json").read_text())["changes"] == []


def test_a_plan_changes_nothing(out, capsys):
    as_of_another_check(out)
    before = {path.name: path.read_bytes() for path in out.results.iterdir()}
    assert cli.main(["regrade", str(out.folder), "--plan"]) == 0
    assert "docker-4/networks: its check was changed\n" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in out.results.iterdir()} == before
    assert not (out.folder / "regrades").exists()


def test_plan_tells_that_points_change(out, tmp_path, capsys):
    (tmp_path / "course.toml").write_text('[points]\n"docker-4/networks" = 2\n')
    assert cli.main(["regrade", str(out.folder), "--plan", f"--hw-course={tmp_path / 'course.toml'}"]) == 0
    assert "docker-4/networks: its points were changed in the course file\n" in capsys.readouterr().out


def test_overrides_stand_and_are_named(out, capsys):
    right = results(out)
    as_of_another_check(out)
    id = next(id for id, found in right.items() if found["docker-4/networks"][0] == "passed")
    written = f"id,item,verdict,reason,who,when\n{id},docker-4/networks,passed,talked to them,Ada,2026-11-29\n"
    out.overrides.write_text(written)
    assert cli.main(["regrade", str(out.folder)]) == 0
    assert out.overrides.read_text() == written
    assert "; overrides.csv stands: passed, Ada" in capsys.readouterr().out


def test_an_override_that_would_have_too_many_points_is_refused_before_the_work(out, tmp_path, capsys):
    (tmp_path / "course.toml").write_text('[points]\n"docker-4/networks" = 0.5\n')
    id = next(iter(results(out)))
    out.overrides.write_text(f"id,item,points,reason,who,when\n{id},docker-4/networks,1,so,Ada,2026-11-29\n")
    before = results(out)
    assert cli.main(["regrade", str(out.folder), f"--hw-course={tmp_path / 'course.toml'}"]) == 4
    assert "overrides.csv:2: points of docker-4/networks are a number from 0 to 0.5" in capsys.readouterr().err
    assert results(out) == before


def test_the_better_value_is_kept(out, capsys):
    """A course makes an item advisory: nobody loses what they had."""
    course = out.folder / "course.toml"
    course.write_text('[levels]\n"docker-4/networks" = "advisory"\n')
    before = results(out)
    assert cli.main(["regrade", str(out.folder), "--never-lower", f"--hw-course={course}"]) == 0
    after = results(out)
    assert {id: found["docker-4/networks"][0] for id, found in after.items()} == {
        id: found["docker-4/networks"][0] for id, found in before.items()
    }
    assert "what the course file sets for it was changed" in capsys.readouterr().out


def test_killed_at_any_moment_it_loses_nothing(out):
    right = results(out)
    as_of_another_check(out)
    wrong = results(out)
    command = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", "regrade", str(out.folder), "-n", "1"]
    again = out.folder / "regrades" / "1" / "again" / "results"
    for kept in (1, 2):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, start_new_session=True)
        deadline = time.monotonic() + 120
        while process.poll() is None and time.monotonic() < deadline:
            if again.is_dir() and len(list(again.iterdir())) >= kept:
                os.kill(process.pid, signal.SIGKILL)
                break
            time.sleep(0.005)
        process.wait()
        found = results(out)
        assert all(found[id] in (right[id], wrong[id]) for id in right), "whole, the old one or the new one"
    assert subprocess.run(command, check=False, timeout=300, stdout=subprocess.DEVNULL).returncode == 0
    assert results(out) == right
    rows = list(csv.DictReader((out.folder / "regrades/1/changes.csv").read_text("utf-8-sig").splitlines()))
    changed = {id for id in right if right[id] != wrong[id]}
    assert {row["id"] for row in rows} == changed, "what was done before it was killed is told too"


def test_a_program_that_is_gone_is_named_before_anything_is_lost(out, monkeypatch, capsys):
    as_of_another_check(out)
    before = results(out)
    monkeypatch.setattr("pytest_dockerlab.tools.compose_command", lambda: None)
    assert cli.main(["regrade", str(out.folder)]) == 4
    assert "Docker Compose 2 or newer is not installed" in capsys.readouterr().err
    assert results(out) == before
