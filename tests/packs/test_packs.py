"""Another distribution's homeworks under every command: its fixtures, needs, translations and explanations."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import pytest

from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.testing import said

from .environment import Environment

WAYS = [
    ("dockerlab", "check", "--hw", "terraform-1", "--hw", "18"),
    ("dockerlab", "check", "-n", "2", "--hw", "terraform-1", "--hw", "18"),
    ("pytest", "--hw", "terraform-1", "--hw", "18"),
    ("pytest", "-n", "2", "--hw", "terraform-1", "--hw", "18"),
]


def results(installed: Environment, *words: str, cwd: Path, **environ: str) -> dict[str, ItemResult]:
    """What results.json has of a run, by item."""
    file = cwd.parent / "results.json"
    done = installed.run(*words, f"--hw-results={file}", cwd=cwd, **environ)
    assert file.exists(), done.stdout + done.stderr
    [found] = json.loads(file.read_text("utf-8"))["submissions"]
    return {data["id"]: ItemResult.from_json(data) for data in found["items"]}


def texts(result: ItemResult) -> list[str]:
    return [said(finding) for finding in result.findings] + [str(result.reason)] * (result.reason is not None)


@pytest.mark.parametrize("way", WAYS, ids=" ".join)
def test_a_run_has_the_fixtures_and_the_programs_of_the_pack(
    installed: Environment, submission: Path, terraform: str, way: tuple[str, ...]
) -> None:
    found = results(installed, *way, cwd=submission, PATH=terraform)
    assert {id: str(result.verdict) for id, result in found.items()} == {
        "terraform-1/state-ignored": "failed",
        "terraform-1/version": "failed",
        "terraform-2/backend": "unverified",
        "terraform-2/locked": "unverified",
    }
    assert texts(found["terraform-1/state-ignored"]) == ["*.log | add the line *.tfstate"]
    assert texts(found["terraform-1/version"]) == ["1.2.3 | here it is 1.9.0"]
    assert found["terraform-2/backend"].because_of == "terraform-1/state-ignored"


def test_an_item_of_a_pack_has_a_digest_of_its_pack_too(
    installed: Environment, submission: Path, terraform: str, tmp_path: Path
) -> None:
    words = ("pytest", "--hw", "terraform-1")
    cache = {"PATH": terraform, "XDG_CACHE_HOME": str(tmp_path)}
    before = results(installed, *words, cwd=submission, **cache)
    fixtures = installed.site / "terraform_course" / "fixtures.py"
    text = fixtures.read_text()
    try:
        fixtures.write_text(text.replace('removeprefix("Terraform v")', 'removeprefix("Terraform v").strip()'))
        after = results(installed, *words, cwd=submission, **cache)
    finally:
        fixtures.write_text(text)
    assert [id for id, each in before.items() if each.digest != after[id].digest] == ["terraform-1/version"]
    packs = json.loads((submission.parent / "results.json").read_text("utf-8"))["digests"]["packs"]
    assert set(packs) == {"pytest-dockerlab", "terraform-course"}


@pytest.mark.parametrize("way", [("dockerlab", "check"), ("pytest",)], ids=" ".join)
def test_a_report_is_in_the_readers_language(
    installed: Environment, submission: Path, terraform: str, way: tuple[str, ...]
) -> None:
    words = (*way, "--hw", "terraform-1", "-v")
    done = installed.run(*words, cwd=submission, PATH=terraform, LANG="ru_RU.UTF-8")
    assert done.returncode == 1, done.stdout + done.stderr
    for line in (
        "terraform-1 · 17 · первая конфигурация   homework (рабочее дерево)",
        "✗ terraform-1/state-ignored  git игнорирует состояние Terraform",
        "что сделать добавьте строку *.tfstate",
        "чьи это слова of the Terraform course",
        "что сделать здесь это 1.9.0",
    ):
        assert line in done.stdout


@pytest.mark.parametrize(
    ("language", "reason", "remedy"),
    [
        ("en", "Terraform is not available here", "install Terraform: it is one file, put it on the PATH"),
        ("ru", "Terraform здесь нет", "установите Terraform: это один файл, положите его в каталог из PATH"),
    ],
)
def test_what_is_missing_of_a_pack_is_said_with_its_remedy(
    installed: Environment, submission: Path, language: str, reason: str, remedy: str
) -> None:
    checked = installed.run("dockerlab", "check", "--hw", "terraform-1/version", "--hw-lang", language, cwd=submission)
    assert checked.returncode == 5
    assert reason in checked.stdout
    assert f"  - {remedy}  (terraform-1/version)" in checked.stdout
    examined = installed.run("dockerlab", "doctor", "--lang", language, cwd=submission, DOCKER_HOST="unix:///nowhere")
    lines = examined.stdout.splitlines()
    [after] = [next_line for line, next_line in itertools.pairwise(lines) if line.startswith("Terraform:")]
    assert after.endswith(f": {remedy}")


def test_the_doctor_shows_what_a_pack_has(installed: Environment, submission: Path, terraform: str) -> None:
    done = installed.run("dockerlab", "doctor", cwd=submission, PATH=terraform, DOCKER_HOST="unix:///nowhere")
    [line] = [line for line in done.stdout.splitlines() if line.strip().startswith("Terraform")]
    assert line.split() == ["Terraform", "+", "Terraform", "v1.9.0", "files"]


@pytest.mark.parametrize(
    ("language", "title", "item", "explained"),
    [
        (
            "en",
            "17 · terraform-1 · the first configuration (terraform-course)",
            "git ignores Terraform's state",
            "**What is checked.** A line of `.gitignore` covers Terraform's state.",
        ),
        (
            "ru",
            "17 · terraform-1 · первая конфигурация (terraform-course)",
            "git игнорирует состояние Terraform",
            "**Что проверяется.** Строка в `.gitignore` исключает состояние Terraform.",
        ),
    ],
)
def test_its_items_are_listed_and_explained(
    installed: Environment, submission: Path, language: str, title: str, item: str, explained: str
) -> None:
    listed = installed.run("dockerlab", "list", "--hw", "terraform-1", "--lang", language, cwd=submission)
    assert listed.returncode == 0
    assert listed.stdout.splitlines()[0].strip() == title
    assert item in listed.stdout
    shown = installed.run("dockerlab", "explain", "terraform-1/state-ignored", "--lang", language, cwd=submission)
    assert shown.returncode == 0
    assert shown.stdout.splitlines()[-1] == explained
    assert shown.stdout.splitlines()[2].startswith(f"*{item} ·")


@pytest.mark.parametrize("way", [("dockerlab", "check"), ("pytest",)], ids=" ".join)
def test_a_number_of_two_courses_is_ambiguous(installed: Environment, submission: Path, way: tuple[str, ...]) -> None:
    done = installed.run(*way, "--hw", "17", cwd=submission)
    assert done.returncode == 4
    assert "17 may mean docker-4, terraform-1: give the slug instead" in done.stderr


def test_the_course_file_tells_numbers_apart(installed: Environment, submission: Path) -> None:
    course = submission.parent / "course.toml"
    course.write_text("[numbers]\nterraform-1 = 7\n")
    done = installed.run("dockerlab", "list", "--hw", "7", "--course", str(course), cwd=submission)
    assert done.stdout.startswith("7 · terraform-1"), done.stderr
    done = installed.run("dockerlab", "list", "--hw", "17", "--course", str(course), cwd=submission)
    assert done.stdout.startswith("17 · docker-4"), done.stderr


def test_its_fixtures_are_not_in_the_way_of_other_homeworks(installed: Environment, submission: Path) -> None:
    """The course has a fixture ``readmes``, as we have: each check gets its own."""
    words = ("dockerlab", "check", "--hw", "terraform-1/state-ignored", "--hw", "docker-2/pid-answer")
    found = results(installed, *words, cwd=submission)
    assert found["terraform-1/state-ignored"].evidence == {"who says so": "of the Terraform course"}
    assert found["docker-2/pid-answer"].verdict == "advised"
    assert "no README" in texts(found["docker-2/pid-answer"])[0]


def test_its_own_tests_and_the_meta_test_run_where_it_is_installed(
    installed: Environment, course: Path, terraform: str, tmp_path: Path
) -> None:
    folder = tmp_path / "course"
    shutil.copytree(course / "tests", folder / "tests")
    shutil.copy(course / "pyproject.toml", folder)
    done = installed.run("pytest", "-q", "-W", "error", cwd=folder, PATH=terraform)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "11 passed" in done.stdout
    (folder / "tests" / "test_terraform_2.py").unlink()
    done = installed.run("pytest", "-vv", cwd=folder, PATH=terraform)
    assert done.returncode == 1
    for kind in ("passes", "fails", "unusual"):
        assert f"terraform-2/backend: no sample of the kind '{kind}'" in done.stdout
