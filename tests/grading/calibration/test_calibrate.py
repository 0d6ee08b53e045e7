"""``dockerlab calibrate`` as it is typed."""

from __future__ import annotations

import re
import tomllib
from urllib.parse import unquote

import pytest

from pytest_dockerlab import catalogue, cli
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort
from tests.grading._out import write_out
from tests.grading._results import failed, item, submission

IDS = [f"s{number:04}" for number in range(1, 13)]
WRONG = IDS[2::4]


@pytest.fixture
def graded(tmp_path):
    """Twelve whom people accepted; of three the check of networks says something else, and of app nothing is known."""
    rows = [
        submission(id, failed("networks", "back_net") if id in WRONG else item("networks"), item("app", "unverified"))
        for id in IDS
    ]
    write_out(tmp_path / "out", rows)
    (tmp_path / "grades.csv").write_text("id,grade\n" + "".join(f"{id},accepted\n" for id in IDS))
    return tmp_path


def test_every_objection_to_accepted_work_is_told(graded, capsys):
    assert cli.main(["calibrate", str(graded / "out"), str(graded / "grades.csv")]) == 0
    said = capsys.readouterr().out
    assert "all together: 12 graded by people, accepted: 12" in said
    assert said.endswith(f"{graded / 'out' / 'calibration.html'}\n")
    (line,) = [line for line in said.splitlines() if line.startswith("docker-4/networks ")]
    assert [id for id in IDS if id in line] == WRONG
    page = (graded / "out" / "calibration.html").read_text("utf-8")
    assert "0 of 0" not in said
    assert "nothing to compare" in said
    assert "<td>nothing to compare</td>" in page
    assert 'id="docker-4/networks"' in page
    file = graded / "out" / "calibration.toml"
    known = catalogue.load()
    course = known.course(file)
    assert course.levels == tomllib.loads(file.read_text("utf-8")).get("levels", {})


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--tolerance", "2"], "a share is"),
        (["--accepted-from", "x"], "a share is"),
        (["--accepted-from", "nan"], "a share"),
    ],
)
def test_what_is_no_share_is_refused(graded, words, why, capsys):
    assert cli.main(["calibrate", str(graded / "out"), str(graded / "grades.csv"), *words]) == 4
    assert why in capsys.readouterr().err


def test_grades_of_others_are_refused(graded, capsys):
    (graded / "grades.csv").write_text("id,grade\nsomebody,accepted\n")
    assert cli.main(["calibrate", str(graded / "out"), str(graded / "grades.csv")]) == 4
    assert "none of the submissions" in capsys.readouterr().err


def test_a_folder_without_a_grading_is_refused(graded, capsys):
    assert cli.main(["calibrate", str(graded), str(graded / "grades.csv")]) == 4
    assert "holds no grading" in capsys.readouterr().err


def test_a_roster_is_graded_first(graded, capsys):
    roster = write_cohort(graded / "cohort", cohort(1))
    words = ["calibrate", str(roster), str(graded / "grades.csv"), "--hw", "docker-4"]
    assert cli.main([*words, "--hw-tier", "files", "-o", str(graded / "new")]) == 0
    assert "1 graded by people" in capsys.readouterr().out
    assert (graded / "new" / "calibration.html").exists()


def test_its_links_lead_to_pages_whatever_the_ids_are(tmp_path, capsys):
    out = write_out(tmp_path / "out", [submission("Анна", failed("networks", "three of them"))])
    assert cli.main(["gradebook", str(out.folder)]) == 0
    (tmp_path / "grades.csv").write_text("id,grade\nАнна,accepted\n", "utf-8")
    assert cli.main(["calibrate", str(out.folder), str(tmp_path / "grades.csv")]) == 0
    capsys.readouterr()
    page = (out.folder / "calibration.html").read_text("utf-8")
    (address,) = re.findall(r'<a href="([^"#]+)#docker-4/networks">', page)
    assert out.folder / unquote(address) == out.page_of("Анна")
    assert out.page_of("Анна").is_file()
