"""``dockerlab bundle``: what somebody needs who was not there, and nothing of anybody else."""

from __future__ import annotations

import csv
import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from pytest_dockerlab import cli
from pytest_dockerlab.grading.graded import read_graded
from pytest_dockerlab.grading.out import Out
from tests.cohort.planted import cohort
from tests.cohort.repositories import files_of, write_repository, write_roster

TOKEN = "glpat-" + "Zq8xY2rT5uW1vB4nK7mJ"
COURSE = '[levels]\n"docker-4/aliases" = "advisory"\n'
OVERRIDES = """id,item,verdict,reason,who,when
s0001,docker-4/networks,passed,seen at the talk,Ada,2026-11-29
s0002,docker-4/networks,passed,a private matter,Ada,2026-11-29
"""


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Three graded; one has a secret where a check quotes it."""
    folder = tmp_path_factory.mktemp("graded")
    planted = cohort(3)
    for each in planted:
        files = [(mode, path, content) for mode, path, content in files_of(each)]
        if each.id == "s0001":
            files = [
                (mode, path, content.replace(b"services:", f"services:\n  odd:\n    image: {TOKEN}\n".encode(), 1))
                if path.endswith("docker-compose.yml") else (mode, path, content)
                for mode, path, content in files
            ]  # fmt: skip
        write_repository(folder / each.id, files, branch="main", is_bare=False)
    write_roster(folder / "roster.csv", [(each.id, "") for each in planted])
    (folder / "course.toml").write_text(COURSE)
    words = ["--hw", "docker-4", "--hw-tier", "files", "--hw-course", str(folder / "course.toml"), "-n", "2"]
    assert cli.main(["grade", str(folder / "roster.csv"), *words, "-o", str(folder / "out")]) == 0
    (folder / "out" / "overrides.csv").write_text(OVERRIDES)
    return Out(folder / "out")


@pytest.fixture
def made(out, tmp_path):
    """What is in the archive of the first one, unpacked."""
    target = tmp_path / "s0001.zip"
    assert cli.main(["bundle", str(out.folder), "s0001", "-o", str(target)]) == 0
    with zipfile.ZipFile(target) as archive:
        archive.extractall(tmp_path / "unpacked")
    return tmp_path / "unpacked"


def everything(folder) -> str:
    return "\n".join(path.read_text("utf-8") for path in folder.rglob("*") if path.is_file())


def test_it_has_what_an_appeal_needs(made, out):
    assert {path.name for path in made.iterdir()} >= {
        "README.md", "report.html", "report.md", "results.json", "submission.csv", "course.toml", "asked.json",
        "overrides.csv",
    }  # fmt: skip
    about = (made / "README.md").read_text()
    results = json.loads((made / "results.json").read_text())
    commit = results["submissions"][0]["revisions"]["docker-4"]["commit"]
    assert f"docker-4: commit {commit}" in about
    assert results["digests"]["packs"]["pytest-dockerlab"] in about
    assert results["digests"]["tools"]["git"] in about
    assert all("digest" in item for item in results["submissions"][0]["items"])
    assert (made / "course.toml").read_text() == COURSE
    assert "seen at the talk" in (made / "report.html").read_text()
    assert all(path.name in about for path in made.iterdir() if path.name != "README.md")


def test_it_says_what_the_command_gives_and_what_people_decided(made, out, tmp_path):
    (graded,) = (each for each in read_graded(out) if each.id == "s0001")
    before = graded.result.score.points + graded.result.score.bonus
    (networks,) = (each for each in graded.result.items if each.id == "docker-4/networks")
    after = before - networks.points + networks.max_points
    assert after != before
    about = (made / "README.md").read_text()
    assert f"the checks alone say, a total of {before:g}." in about
    assert f"decided by hand (overrides.csv) the total is {after:g}.\n" in about
    assert cli.main(["bundle", str(out.folder), "s0003", "-o", str(tmp_path / "b.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert "decided by hand" not in archive.read("README.md").decode()


def test_no_secret_is_in_it_and_nothing_of_anybody_else(made, out):
    said = everything(made)
    assert TOKEN not in said
    assert TOKEN[6:] not in said
    for other in ("s0002", "s0003", "s0002@example.com", "a private matter", "roster.csv"):
        assert other not in said, other
    assert "Студент 0" in said, "their own name is"
    assert not re.search(r"HYPERLINK", said), "columns that mean nothing are not handed on"


def test_what_a_try_printed_is_in_it_masked_and_what_many_printed_is_not(out, tmp_path):
    (out.logs / "s0003.txt").write_text(f"cloning https://me:{TOKEN}@example.org/x\nTraceback\n")
    (out.logs / "slice-1.txt").write_text("s0001 and s0002 together")
    assert cli.main(["bundle", str(out.folder), "s0003", "-o", str(tmp_path / "b.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert archive.read("log.txt").decode() == "cloning https://me:[…]@example.org/x\nTraceback\n"
        assert "s0002" not in "".join(archive.read(name).decode() for name in archive.namelist())


def test_the_one_command_repeats_it_in_the_folder_of_the_archive(made, out):
    about = (made / "README.md").read_text()
    [command] = [line.strip() for line in about.splitlines() if line.startswith("    dockerlab grade ")]
    words = [sys.executable, "-P", "-m", "pytest_dockerlab.cli", *shlex.split(command)[1:]]
    done = subprocess.run(words, cwd=made, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (again,) = read_graded(Out(made / "repeated"))
    (before,) = (each for each in read_graded(out) if each.id == "s0001")
    assert again.result.revisions["docker-4"]["commit"] == before.result.revisions["docker-4"]["commit"]
    assert [(each.id, each.verdict, each.level, each.points) for each in again.result.items] == [
        (each.id, each.verdict, each.level, each.points) for each in before.result.items
    ]
    assert [each.digest for each in again.result.items] == [each.digest for each in before.result.items]


def test_a_table_of_it_is_read_back(made):
    [row] = csv.DictReader((made / "submission.csv").read_text().splitlines())
    assert row["id"] == "s0001"
    assert re.fullmatch("[0-9a-f]{40}", row["ref:docker-4"])


def test_what_was_before_a_regrade_is_in_it(out, tmp_path):
    changed = tmp_path / "course.toml"
    changed.write_text('[levels]\n"docker-4/networks" = "optional"\n')
    assert cli.main(["regrade", str(out.folder), f"--hw-course={changed}"]) == 0
    target = tmp_path / "s0002.zip"
    assert cli.main(["bundle", str(out.folder), "s0002", "-o", str(target)]) == 0
    with zipfile.ZipFile(target) as archive:
        changes = json.loads(archive.read("regrades/1/changes.json"))["changes"]
        before = json.loads(archive.read("regrades/1/results-before.json"))
        names = archive.namelist()
    assert {each["submission"] for each in changes} == {"s0002"}
    levels = {item["id"]: item["level"] for item in before["submissions"][0]["items"]}
    assert levels["docker-4/networks"] == "required"
    assert "s0001" not in "".join(names)


def test_of_somebody_who_is_exempt_and_has_no_commit_it_says_so(out, tmp_path):
    copy = Out(tmp_path / "out")
    shutil.copytree(out.folder, copy.folder)
    rows = [json.loads(line) | {"exempt": True} for line in copy.rows.read_text().splitlines()]
    copy.rows.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    copy.commits.write_text(re.sub(r'"commit": "\w+"', '"commit": null', copy.commits.read_text()))
    assert cli.main(["bundle", str(copy.folder), "s0003", "-o", str(tmp_path / "b.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        about = archive.read("README.md").decode()
    assert "- no result: exempt\n" in about
    assert "commit None" not in about


def test_somebody_who_is_not_there_is_named_with_those_who_are_nearly_so(out, capsys):
    assert cli.main(["bundle", str(out.folder), "s001"]) == 4
    assert "s0001" in capsys.readouterr().err


def test_what_others_wrote_is_text_in_the_readme(out, tmp_path):
    """A name may come from a form, and versions from another machine."""
    odd = "<img src=//evil.example/x> [a](javascript:x) @octocat \u202e\x1b[31m\n# big\n- ```"
    shutil.copytree(out.folder, tmp_path / "out")
    copy = Out(tmp_path / "out")
    rows = [json.loads(line) for line in copy.rows.read_text().splitlines()]
    copy.rows.write_text("".join(json.dumps(row | {"name": odd, "group": odd}) + "\n" for row in rows))
    result = copy.result_of("s0001")
    document = json.loads(result.read_text())
    document["digests"]["tools"]["git"] = document["tool"]["platform"] = odd
    result.write_text(json.dumps(document))
    assert cli.main(["bundle", str(copy.folder), "s0001", "-o", str(tmp_path / "made.zip")]) == 0
    with zipfile.ZipFile(tmp_path / "made.zip") as archive:
        about = archive.read("README.md").decode()
    assert about.count("evil.example") == 4
    assert not re.search("[\x00-\x09\x0b-\x1f\u202a-\u202e]", about)
    page = cmarkgfm.github_flavored_markdown_to_html(about, Options.CMARK_OPT_UNSAFE)
    assert set(re.findall("<([a-z0-9]+)", page)) == {"h1", "h2", "ul", "li", "p", "pre", "code"}
    assert page.count("<h1>") == page.count("<pre>") == 1
