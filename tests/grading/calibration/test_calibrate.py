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
from tests.grading._results import failed, submission


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    folder = tmp_path_factory.mktemp("calibrate")
    planted = cohort(12)
    write_cohort(folder / "cohort", planted)
    roster, out = folder / "cohort" / "roster.csv", folder / "out"
    assert cli.main(["grade", str(roster), "--hw", "docker-4", "--hw-tier", "files", "-n2", "-o", str(out)]) == 0
    (folder / "grades.csv").write_text("id,grade\n" + "".join(f"{each.id},accepted\n" for each in planted))
    return folder


def test_every_objection_to_accepted_work_is_told(graded, capsys):
    assert cli.main(["calibrate", str(graded / "out"), str(graded / "grades.csv")]) == 0
    said = capsys.readouterr().out
    assert "all together: 12 graded by people, accepted: 12" in said
    planted = [
        each for each in cohort(12) if {"failed", "advised"} & {v for v, _ in each.verdicts["docker-4/networks"]}
    ]
    (line,) = [line for line in said.splitlines() if line.startswith("docker-4/networks ")]
    assert all(each.id in line for each in planted)
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


def test_grades_of_others_are_refused(graded, tmp_path, capsys):
    (tmp_path / "grades.csv").write_text("id,grade\nsomebody,accepted\n")
    assert cli.main(["calibrate", str(graded / "out"), str(tmp_path / "grades.csv")]) == 4
    assert "none of the submissions" in capsys.readouterr().err


def test_a_folder_without_a_grading_is_refused(graded, tmp_path, capsys):
    assert cli.main(["calibrate", str(tmp_path), str(graded / "grades.csv")]) == 4
    assert "holds no grading" in capsys.readouterr().err


def test_a_roster_is_graded_first(graded, tmp_path, capsys):
    write_cohort(tmp_path / "cohort", cohort(1))
    words = ["calibrate", str(tmp_path / "cohort" / "roster.csv"), str(graded / "grades.csv"), "--hw", "docker-4"]
    assert cli.main([*words, "--hw-tier", "files", "-o", str(tmp_path / "out")]) == 0
    assert "1 graded by people" in capsys.readouterr().out
    assert (tmp_path / "out" / "calibration.html").exists()


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
