"""Exports of a grading that really took place."""

from __future__ import annotations

import argparse
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.cli import main
from pytest_dockerlab.grading.export.options import add_arguments, export
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out
from tests.cohort.planted import cohort
from tests.cohort.repositories import write_cohort

from .test_junit import broken_rules, facts, suite

pytestmark = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Out:
    folder = tmp_path_factory.mktemp("cohort")
    write_cohort(folder, cohort(2))
    words = [str(folder / "roster.csv"), "--hw", "docker-4", "--hw-tier", "files", "-n", "2", "-o", str(folder / "out")]
    assert main(["grade", *words, "--hw-lang", "en"]) == 0
    return Out(folder / "out")


def exported(out: Out, *words: str) -> list[str]:
    parser = argparse.ArgumentParser()
    add_arguments(parser, str)
    given = parser.parse_args([*words])
    given.lang = "en"
    return export(given, make_gradebook(read_graded(out), Overrides(), "en"), out)


def test_one_junit_file(out: Out, tmp_path: Path) -> None:
    target = tmp_path / "junit.xml"
    assert exported(out, "--junitxml", str(target)) == []
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
    exported(out, "--fill", str(download), "--match", "email", "--into", "Grade", "--not-final-too")
    lines = (tmp_path / "download.filled.csv").read_text("utf-8").splitlines()[1:]
    assert [float(line.partition(",")[2]) for line in lines] == [row.total for row in rows]
