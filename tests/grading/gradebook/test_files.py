import csv
import json
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_dockerlab import cli
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.gradebook.files import make_files
from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.record import read_record, write_record
from pytest_dockerlab.homework import Tier

from .._out import write_out
from .._results import failed, item, submission

HEADER = "id,item,verdict,points,reason,who,when\n"


@pytest.fixture
def out(tmp_path: Path) -> Out:
    results = [submission("ann", item("a"), failed("b", "nothing")), submission("bob", item("a"), item("b"))]
    return write_out(tmp_path / "out", results, waiting=["cid"])


def score_in(out: Out, id: str) -> set[str]:
    """The row's total, as each of the files has it."""
    document = json.loads(out.gradebook("json").read_text("utf-8"))
    with out.gradebook("csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return {f"{row['total']:g}" for row in document["rows"] if row["id"] == id} | {
        row["score"] for row in rows if row["id"] == id
    }


def test_files_are_made_and_say_the_same(out: Out) -> None:
    book = make_files(out, "en").gradebook
    assert [row.total for row in book.rows] == [1.0, 2.0, None]
    assert (score_in(out, "ann"), score_in(out, "bob")) == ({"1"}, {"2"})
    assert out.page_of("ann").exists()
    assert '"page":"pages/ann.html"' in out.gradebook("html").read_text("utf-8")


def test_overrides_that_were_edited_are_in_all_of_it(out: Out, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(out, "en")
    written = HEADER + "ann,docker-4/b,,0.5,half of it,eve,2026-11-29\n"
    out.overrides.write_text(written, "utf-8")
    assert cli.main(["gradebook", str(out.folder), "--hw-lang", "en"]) == 0
    assert capsys.readouterr().out == f"graded: 2 · waiting: 1\n{out.gradebook('html')}\n"
    assert score_in(out, "ann") == {"1.5"}
    assert out.overrides.read_text("utf-8") == written


def test_points_out_of_reach_and_provisional_scores_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [
        submission("ann", item("a"), item("app", "unverified", tier=Tier.APP)),
        submission("bob", item("a", "error")),
    ]
    out = write_out(tmp_path / "out", rows)
    assert cli.main(["gradebook", str(out.folder), "--hw-lang", "en"]) == 0
    said = capsys.readouterr().out.splitlines()
    assert said[:2] == [
        "graded: 2, of these provisional: 1",
        "1 of 2 points cannot be earned in tier engine: docker-4/app",
    ]


def test_override_that_cannot_be_meant_leaves_what_there_is(out: Out, capsys: pytest.CaptureFixture[str]) -> None:
    make_files(out, "en")
    before = out.gradebook("json").read_bytes()
    out.overrides.write_text(HEADER + "ann,docker-4/b-b,passed,,so,eve,2026-11-29\n", "utf-8")
    assert cli.main(["gradebook", str(out.folder), "--hw-lang", "en"]) == 4
    said = capsys.readouterr().err
    assert (
        said
        == "dockerlab: overrides.csv:2: ann was not checked for docker-4/b-b; did you mean docker-4/b, docker-4/a?\n"
    )
    assert out.gradebook("json").read_bytes() == before


def test_result_that_was_tampered_with_is_none(out: Out) -> None:
    out.result_of("bob").write_text('{"schema": 1}', "utf-8")
    bob = make_files(out, "en").gradebook.rows[1]
    assert bob.total is None
    assert bob.marks["docker-4/a"].verdict == "unverified"


def test_folder_without_a_grading_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="holds no grading"):
        make_files(Out(tmp_path), "en")


def test_what_cannot_be_written_is_named(out: Out) -> None:
    out.gradebook("csv").mkdir()
    with pytest.raises(ConfigurationError, match=r"gradebook\.csv.* cannot be written"):
        make_files(out, "en")


def test_what_is_known_of_the_deadline_stands_beside_the_points(out: Out, tmp_path: Path) -> None:
    course = tmp_path / "course.toml"
    course.write_text('late-policy = "A point a day."\n[deadlines]\ndocker-4 = 2026-03-01T12:00:00Z\n', "utf-8")
    late = "docker-4: due 2026-03-01 12:00 UTC; when it was handed in is not known; late policy: A point a day."
    book = make_files(out, "en", course).gradebook
    assert {row.id: row.late for row in book.rows} == {"ann": late, "bob": late, "cid": ""}
    assert [row.total for row in book.rows] == [1.0, 2.0, None]
    assert late in out.page_of("ann").read_text("utf-8")
    for suffix in ("csv", "json", "html"):
        assert late in out.gradebook(suffix).read_text("utf-8")


def test_course_file_that_has_gone_is_read_from_its_copy(tmp_path: Path) -> None:
    out = write_out(tmp_path / "out", [submission("ann", failed("b", "xyzzy"))])
    course = tmp_path / "course.toml"
    record = read_record(out)
    write_record(out, replace(record, course={"file": str(course), "digest": "sha256:" + "0" * 64}))
    out.course.write_text('[feedback]\nlevel = "verdict only"\n', "utf-8")
    make_files(out, "en")
    assert "xyzzy" not in out.page_of("ann").read_text("utf-8")
    course.write_text('[feedback]\nlevel = "full"\n', "utf-8")
    make_files(out, "en")
    assert "xyzzy" in out.page_of("ann").read_text("utf-8")


def test_points_that_were_changed_afterwards_are_said_and_count_after_a_regrade(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = write_out(tmp_path / "out", [submission("ann", item("networks"), item("app", tier=Tier.APP))])
    course = tmp_path / "course.toml"
    course.write_text('[points]\n"docker-4/networks" = 3\n', "utf-8")
    said = "worth something else since this grading, which counts after dockerlab regrade: docker-4/networks"
    assert cli.main(["gradebook", str(out.folder), "--hw-lang", "en", f"--hw-course={course}"]) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [said, "graded: 1"]
    assert score_in(out, "ann") == {"2"}
    assert said in out.gradebook("html").read_text("utf-8")
    assert make_files(out, "en").gradebook.warnings == []


def test_what_waits_for_the_deadline_is_shown_after_it(tmp_path: Path) -> None:
    out = write_out(tmp_path / "out", [submission("ann", failed("b", "xyzzy"))])
    course = tmp_path / "course.toml"
    for deadline, is_shown in (("2999-01-01", False), ("2020-01-01", True)):
        course.write_text(
            'timezone = "Europe/Moscow"\n[feedback]\nlevel = "verdict only"\nafter-deadline = "full"\n'
            f"[deadlines]\ndocker-4 = {deadline}\n",
            "utf-8",
        )
        make_files(out, "en", course)
        assert ("xyzzy" in out.page_of("ann").read_text("utf-8")) is is_shown
