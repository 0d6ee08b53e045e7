"""Exports of a grading that really took place."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ElementTree
import zipfile
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.cli import main
from pytest_dockerlab.grading.export.gradescope import container
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out

from .gradescope.test_document import broken_rules as broken_results
from .test_junit import broken_rules, facts, suite
from .test_options import exported

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


@pytest.fixture
def out(term: Path) -> Out:
    return Out(term / "out")


def test_one_junit_file(out: Out, tmp_path: Path) -> None:
    target = tmp_path / "junit.xml"
    assert exported(out.folder, "--junitxml", str(target), rows=read_graded(out)) == []
    root = ElementTree.parse(target).getroot()
    assert list(broken_rules(root)) == []
    names = [row.id for row in read_graded(out)]
    assert [each.get("name") for each in root if each.get("name") != "docker host"] == names
    gradebook = make_gradebook(read_graded(out), Overrides(), "en")
    totals = {row.id: row.total for row in gradebook.rows}
    assert {name: float(facts(suite(root, name))["total"]) for name in names} == totals


def test_the_totals_are_the_gradebook_s(out: Out, tmp_path: Path) -> None:
    rows = make_gradebook(read_graded(out), Overrides(), "en").rows
    download = tmp_path / "download.csv"
    download.write_text("Email address,Grade\n" + "".join(f"{row.columns['email']},\n" for row in rows), "utf-8")
    words = ["--fill", str(download), "--match", "email", "--into", "Grade", "--not-final-too"]
    exported(out.folder, *words, rows=read_graded(out))
    lines = (tmp_path / "download.filled.csv").read_text("utf-8").splitlines()[1:]
    assert [float(line.partition(",")[2]) for line in lines] == [row.total for row in rows]


def test_gradescope_shows_what_was_graded(out: Out, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "autograder.zip"
    assert main(["gradescope", "--graded", str(out.folder), "--hw-lang", "en", "-o", str(target)]) == 0
    said = capsys.readouterr().out.splitlines()
    gradebook = make_gradebook(read_graded(out), Overrides(), "en")
    final = [row for row in gradebook.rows if row.is_settled]
    assert final
    assert said == [
        f"{target} is written: set the assignment's autograder points to {gradebook.maximum:g}",
        *(f"{row.id} is left out: its score is not final" for row in gradebook.rows if not row.is_settled),
    ]
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "source")
        assert not any("@" in name for name in archive.namelist()), "whose is which cannot be read off the names"
    for row in final:
        users = [{"email": "somebody@example.org"}, {"email": row.columns["email"].upper()}]
        (tmp_path / "submission_metadata.json").write_text(json.dumps({"users": users}), "utf-8")
        assert container.main(tmp_path) == 0
        found = json.loads((tmp_path / "results" / "results.json").read_text("utf-8"))
        assert list(broken_results(found)) == []
        assert found["score"] == row.total
    (tmp_path / "submission_metadata.json").write_text(json.dumps({"users": users[:1]}), "utf-8")
    assert container.main(tmp_path) == 1
    assert not (tmp_path / "results" / "results.json").exists()


@pytest.mark.parametrize("words", [[], ["--hw", "17", "--graded", "out"]])
def test_gradescope_checks_or_shows(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["gradescope", "--hw-lang", "en", *words]) == 4
    assert "give --hw, for containers that check, or --graded OUT" in capsys.readouterr().err
