"""``dockerlab grade`` as it is typed: what it leaves in its folder, and what of it survives."""

from __future__ import annotations

import contextlib
import io
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from pytest_dockerlab import cli, tools
from pytest_dockerlab.grading.graded import Status, read_graded
from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.progress import progress_on
from pytest_dockerlab.messages import _
from tests.cohort.grading import running_in
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort
from tests.engine.killing import eventually

WORDS = ("--hw", "docker-4", "--hw-tier", "files", "-n", "2")


@pytest.fixture
def out(tmp_path) -> Out:
    return Out(tmp_path / "out")


@pytest.fixture
def grade(out):
    """Grade with these words."""
    return lambda *words: cli.main(["grade", *map(str, words), "-o", str(out.folder)])


@pytest.fixture
def planted(tmp_path):
    """Some submissions, and their roster."""

    def planted(count):
        known = cohort(count)
        write_cohort(tmp_path / "cohort", known)
        return known, tmp_path / "cohort" / "roster.csv"

    return planted


def verdicts(out: Out) -> dict[str, dict[str, tuple[object, ...]]]:
    return {
        each.id: {item.id: (item.verdict, item.because_of, len(item.findings)) for item in each.result.items}
        for each in read_graded(out)
        if each.result is not None
    }


def test_each_row_has_its_verdicts_in_the_rosters_order(planted, grade, out):
    known, roster = planted(5)
    assert grade(roster, *WORDS) == 0
    found = list(read_graded(out))
    assert [each.id for each in found] == [each.id for each in known]
    assert {each.status for each in found} == {Status.GRADED}
    assert found[0].columns["room"] == '=HYPERLINK("a")'
    for row, truth in zip(found, known, strict=True):
        for item in row.result.items:
            assert (item.verdict, item.because_of) in truth.verdicts[item.id]
        assert row.run["exit"] in (0, 1)
        assert not row.run["partial"]
    assert json.loads(out.grading.read_text())["ended"] is not None
    assert not out.slices.exists()


def test_a_row_without_a_repository_is_an_error_of_its_own(planted, grade, out, capsys):
    known, roster = planted(1)
    roster.write_text(f"id,path\nghost,nowhere\n{known[0].id},{known[0].id}\n", "utf-8")
    assert grade(roster, *WORDS) == 3
    found = {each.id: each for each in read_graded(out)}
    assert {id: each.status for id, each in found.items()} == {"ghost": Status.ERROR, known[0].id: Status.GRADED}
    assert "no such folder" in str(found["ghost"].reason)
    said = capsys.readouterr().out
    assert " · not graded: 1" in said
    assert f"dockerlab grade --only-errors -o {out.folder}" in said


def test_folders_without_git_are_named_and_graded_as_they_lie_there(planted, grade, out, tmp_path, capsys):
    known, roster = planted(3)
    git, bare, away = (tmp_path / "cohort" / each.id for each in known)
    copy = tmp_path / "cohort" / "copy"
    subprocess.run(["git", "clone", "-q", git, copy], check=True)
    shutil.rmtree(copy / ".git")
    shutil.rmtree(away)
    lines = [f"{each.name},{each.name},\n" for each in (git, bare, away, copy)]
    roster.write_text(f"id,path,exempt\n{''.join(lines)}free,copy,yes\n", "utf-8")
    note = "rows that are folders without git: 1; they are graded as they lie there: copy\n"
    assert cli.main(["grade", str(roster), *WORDS, "--plan"]) == 0
    assert note in capsys.readouterr().err
    assert grade(roster, *WORDS) == 3  # one is not there
    assert note in capsys.readouterr().err
    rows = {each["id"]: each for each in json.loads((out.folder / "gradebook.json").read_text())["rows"]}
    assert [id for id, row in rows.items() if row.get("folder")] == ["copy"]
    assert rows["copy"]["commits"] == {}
    assert rows["copy"]["total"] == rows[known[0].id]["total"]
    assert "graded as it lay there" in (out.folder / "gradebook.html").read_text()


def test_what_is_odd_in_a_roster_is_said_before_it_is_graded(planted, out, capsys):
    known, roster = planted(1)
    rows = [
        f"was,{known[0].id},2026-03-01T00:00:00+00:00,Ann Lee;Bob,a@b;b@b,\n",
        f"later,{known[0].id},,The red ones,c@b;d@b,\n",
        f"free,{known[0].id},,Cid;Dan,e@b,yes\n",
        f"three,{known[0].id},2026-03-01T00:00:00+00:00,Eve;Fay;Gus,f@b;g@b,\n",
    ]
    roster.write_text("id,path,collected,name,email,exempt\n" + "".join(rows), "utf-8")
    assert cli.main(["grade", str(roster), *WORDS, "--plan", "-o", str(out.folder)]) == 0
    assert capsys.readouterr().err.splitlines() == [
        "dockerlab: rows that were not collected yet: 1; they are graded as they are now: later",
        "dockerlab: rows with other numbers of names and of addresses: 1; each address has a line: three",
    ]


def test_only_errors_tries_those_again(planted, grade, out, tmp_path):
    known, roster = planted(2)
    shutil.move(tmp_path / "cohort" / known[1].id, tmp_path / "away")
    assert grade(roster, *WORDS) == 3
    first = out.result_of(known[0].id).stat()
    shutil.move(tmp_path / "away", tmp_path / "cohort" / known[1].id)
    assert grade("--resume") == 3  # what is an error is not tried again by itself
    assert grade("--only-errors") == 0
    assert [each.status for each in read_graded(out)] == [Status.GRADED, Status.GRADED]
    assert out.result_of(known[0].id).stat().st_mtime_ns == first.st_mtime_ns


def test_whoever_is_exempt_is_not_graded(planted, grade, out):
    known, roster = planted(2)
    roster.write_text(f"id,path,exempt\na,{known[0].id},\nb,{known[1].id},yes\n", "utf-8")
    assert grade(roster, *WORDS) == 0
    assert [each.status for each in read_graded(out)] == [Status.GRADED, Status.EXEMPT]


# --- Nothing is lost ---


def started(roster: Path | None, out: Out, *words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pytest_dockerlab.cli", "grade"]
    command += [str(roster), *WORDS] if roster else ["--resume"]
    return subprocess.Popen(
        [*command, *words, "-o", str(out.folder)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def wait_for_results(out: Out, count: int, process: subprocess.Popen[str]) -> None:
    def are_there() -> bool:
        assert process.poll() is None, process.stdout.read()
        return len(list(out.results.glob("*.json"))) >= count

    eventually(are_there, 120)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_killed_and_gone_on_with_it_is_as_if_nothing_had_been(planted, grade, out, tmp_path):
    known, roster = planted(12)
    for count in (1, 3, 6):
        process = started(roster if count == 1 else None, out)
        wait_for_results(out, count, process)
        process.kill()
        process.wait()
        process.stdout.close()
        eventually(lambda: not running_in(out.slices), 60)  # what it had started ends by itself
    assert grade("--resume") == 0
    whole = Out(tmp_path / "whole")
    assert cli.main(["grade", str(roster), *WORDS, "-o", str(whole.folder)]) == 0
    assert len(verdicts(out)) == len(known)
    assert verdicts(out) == verdicts(whole)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_ends_in_order_and_says_how_to_go_on(planted, grade, out, number):
    known, roster = planted(12)
    process = started(roster, out)
    wait_for_results(out, 1, process)
    process.send_signal(number)
    said = process.communicate(timeout=60)[0]
    assert process.returncode == 2
    assert f"To go on: dockerlab grade --resume -o {out.folder}" in said
    assert "Traceback" not in said
    assert not out.slices.exists()
    assert grade("--resume") == 0
    assert len(verdicts(out)) == len(known)


def test_what_a_killed_run_had_finished_is_taken_over(planted, grade, out, tmp_path):
    known, roster = planted(2)
    assert grade(roster, *WORDS) == 0
    # as if it had been killed between the end of a slice and the taking of its results
    folder = out.slices / "7"
    (folder / "results").mkdir(parents=True)
    sources = [json.loads(line)["source"] for line in out.commits.read_text().splitlines()]
    (folder / "order.json").write_text(json.dumps({"sources": sources}))
    for each in known:
        out.result_of(each.id).rename(folder / "results" / out.result_of(each.id).name)
    (folder / "results" / out.result_of(known[1].id).name).write_text("{}")  # and one cannot be believed
    moved = (folder / "results" / out.result_of(known[0].id).name).stat()
    assert grade("--resume") == 0
    assert out.result_of(known[0].id).stat().st_ino == moved.st_ino
    assert len(verdicts(out)) == 2


def test_a_second_one_is_refused_while_the_first_lives(planted, grade, out, capsys):
    _known, roster = planted(12)
    process = started(roster, out)
    wait_for_results(out, 1, process)
    assert grade("--resume") == 4
    said = capsys.readouterr().err
    assert "is in use: dockerlab grade on" in said
    assert f"process {process.pid}" in said
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 2


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ((), "holds a grading already"),
        (("--resume", "--hw", "docker-3"), "it is of docker-4"),
        (("--resume", "--hw-tier", "engine"), "its tier is files"),
    ],
)
def test_another_grading_is_not_mixed_in(planted, grade, out, capsys, words, why):
    _known, roster = planted(1)
    assert grade(roster, *WORDS) == 0
    assert grade(*(words or (roster, *WORDS))) == 4
    assert why in capsys.readouterr().err


def test_another_roster_or_course_is_not_mixed_in(planted, grade, out, capsys, tmp_path):
    _known, roster = planted(1)
    course = tmp_path / "course.toml"
    course.write_text('name = "one"\n')
    assert grade(roster, *WORDS, "--hw-course", course) == 0
    roster.write_text(roster.read_text("utf-8").replace("Студент", "Кто-то"), "utf-8")
    course.write_text('name = "two"\n')
    assert grade("--resume") == 0  # what was written down then counts
    assert grade("--resume", roster) == 4
    assert "the roster" in capsys.readouterr().err
    assert grade("--resume", "--hw-course", course) == 4
    assert "the course file" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("--hw", "docker-4"), "name the roster and the homework"),
        (("roster.csv",), "name the roster and the homework"),
        (("roster.csv", "--hw", "auto"), "--hw auto is of one repository"),
        (("roster.csv", "--hw", "docker-4", "-n", "0"), "-n takes a number"),
        (("roster.csv", "--hw", "docker-4"), "cannot be read: no such file"),
        (("--resume",), "holds no grading"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_written(grade, out, capsys, words, why):
    assert grade(*words) == 4
    assert why in capsys.readouterr().err
    assert not out.grading.exists()


# --- A disk that is full, or cannot be written ---


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MiB."""
    folder = tmp_path / "small"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", folder], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("nothing can be mounted here")
    yield folder
    subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_small_disk_is_said_before_the_work(planted, small_disk, capsys):
    _known, roster = planted(1)
    (small_disk / "filled").write_bytes(b"x" * 10_000_000)
    assert cli.main(["grade", str(roster), *WORDS, "-o", str(small_disk / "out")]) == 4
    assert "MiB free, and 1 submissions may need" in capsys.readouterr().err
    assert not (small_disk / "out" / "grading.json").exists()


def test_a_disk_that_cannot_be_written_is_said_before_the_work(planted, small_disk, capsys):
    _known, roster = planted(1)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    assert cli.main(["grade", str(roster), *WORDS, "-o", str(small_disk / "out")]) == 4
    assert "the file system is read-only" in capsys.readouterr().err


def test_a_disk_that_fills_up_costs_nobody_anything(planted, small_disk):
    known, roster = planted(12)
    out = Out(small_disk / "out")
    process = started(roster, out)
    wait_for_results(out, 1, process)
    with (small_disk / "filled").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"x" * 4096)
    said = process.communicate(timeout=120)[0]
    assert process.returncode == 3, said
    assert "the disk" in said and "is full" in said
    assert "Traceback" not in said
    assert not list(out.attempts.glob("*.json"))
    (small_disk / "filled").unlink()
    assert cli.main(["grade", "--resume", "-o", str(out.folder)]) == 0
    assert len(verdicts(out)) == len(known)


# --- What is said ---


def test_the_plan_says_what_it_takes_and_grades_nothing(planted, grade, out, capsys):
    known, roster = planted(2)
    roster.write_text(f"id,path\nghost,nowhere\n{known[0].id},{known[0].id}\n", "utf-8")
    assert grade(roster, *WORDS, "--plan") == 0
    said = capsys.readouterr().out
    assert "submissions: 2" in said
    assert "not there   1: ghost" in said
    assert re.search(r"time +about \d+:\d\d with 2 at once, measured on 1 of them", said)
    assert "tier engine was not requested; --hw-tier engine" in said
    assert "docker-4/reachability" in said
    assert not out.folder.exists()


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
def test_labs_are_asked_once_and_stand_beside_every_submission(planted, grade, out):
    _known, roster = planted(2)
    assert grade(roster, *WORDS) == 0
    (lab,) = (each for each in json.loads(out.labs.read_text()) if each["id"] == "docker-4/project-name-lab")
    assert lab["verdict"] == "passed"
    found = [item for each in read_graded(out) for item in each.result.items if item.id == lab["id"]]
    assert [(item.verdict, item.duration) for item in found] == [("passed", lab["duration"])] * 2  # nobody asked again


def test_a_log_of_progress_is_lines_without_control_characters():
    file = io.TextIOWrapper(io.BytesIO(), "utf-8")
    with progress_on(file, 3, 1, "ru") as progress:
        progress.again("ann", _("{why}", why="\x1b[2J died\nhere"))
        progress.error("ann", _("{why}", why="\u202eagain"))
    first, second, last = file.buffer.getvalue().decode().splitlines()
    assert first.startswith("ann: ") and "\\x1b[2J died here" in first
    assert "\\u202eagain" in second
    assert last.startswith("2 из 3 · 66 %")
