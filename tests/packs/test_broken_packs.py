"""What is wrong with a pack is said, with its name, where it is asked for; and it is never in the way of another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.courses import install_course

from .environment import Environment

COURSE = """
from pytest_dockerlab.homework import Homework, check

from {package}._pack import NEED, PACK

HOMEWORK = Homework("{slug}", 90, "a course for tests", items=("one", "two"), pack=PACK)

@check("{slug}/one", "the first")
def one():
    pass

@check("{slug}/two", "the second", needs=[NEED])
def two():
    pass
"""
PACK = """
from pytest_dockerlab.homework import Pack, PackNeed
from pytest_dockerlab.messages import _

NEED = PackNeed("Gadget", lambda: 1 / 0, _("buy one"))
PACK = Pack("{package}", fixtures=({fixtures}), needs=(NEED,))
"""


def install(environment: Environment, package: str, slug: str, fixtures: str = "") -> None:
    install_course(environment.site, package, COURSE.format(package=package, slug=slug))
    (environment.site / package / "_pack.py").write_text(PACK.format(package=package, fixtures=fixtures))


@pytest.fixture
def environment(installed: Environment, tmp_path: Path) -> Environment:
    """With the course and one homework more, which a test breaks."""
    found = Environment(tmp_path / "environment", installed.site)
    install(found, "spare_course", "spare-1")
    return found


def add(environment: Environment, file: str, text: str) -> None:
    with (environment.site / "spare_course" / file).open("a") as stream:
        stream.write(f"\n{text}\n")


BREAKS = [
    ("__init__.py", "import nowhere", "No module named 'nowhere'"),
    ("__init__.py", "raise SystemExit('bye')", "SystemExit: bye"),
    ("__init__.py", "def broken(:", "invalid syntax"),
    ("__init__.py", "del HOMEWORK", "spare_course must be a package that defines HOMEWORK"),
    ("two.py", "import nowhere", "No module named 'nowhere'"),
    ("two.py", "import pytest; pytest.importorskip('nowhere')", "could not import 'nowhere'"),
    ("three.py", "", "its list does not have the item of spare_course.three"),
]


@pytest.mark.parametrize(("file", "text", "why"), BREAKS, ids=[f"{file}-{why}" for file, _text, why in BREAKS])
def test_a_homework_that_cannot_be_read(
    environment: Environment, submission: Path, file: str, text: str, why: str
) -> None:
    add(environment, file, text)
    said = "spare-1 of spare_course cannot be read: "

    asked = environment.run("dockerlab", "check", "--hw", "spare-1", cwd=submission)
    assert asked.returncode == 4
    assert said in asked.stderr
    assert why in asked.stderr

    other = environment.run("dockerlab", "check", "--hw", "terraform-2/backend", cwd=submission)
    assert other.returncode == 1
    assert "spare" not in other.stdout + other.stderr

    listed = environment.run("dockerlab", "list", cwd=submission)
    assert listed.returncode == 0
    assert "terraform-1/version" in listed.stdout
    assert "docker-4/networks" in listed.stdout
    [line] = [line for line in listed.stdout.splitlines() if line.startswith(said)]
    assert why in line


def test_it_is_said_in_russian_and_by_the_doctor(environment: Environment, submission: Path) -> None:
    add(environment, "__init__.py", "import nowhere")
    listed = environment.run("dockerlab", "list", "--lang", "ru", cwd=submission)
    assert "spare-1 из spare_course не читается: не удалось импортировать spare_course: " in listed.stdout
    examined = environment.run("dockerlab", "doctor", "--lang", "ru", cwd=submission, DOCKER_HOST="unix:///nowhere")
    assert "задание spare-1" in examined.stdout
    assert "обновите или удалите spare_course" in examined.stdout
    assert "\nTerraform:" in examined.stdout


def test_a_run_of_all_goes_on_and_is_not_taken_for_whole(environment: Environment, submission: Path) -> None:
    add(environment, "two.py", "import nowhere")
    (submission / ".gitignore").write_text("*.tfstate\n")
    results = submission.parent / "results.json"
    words = ["check", "--hw", "all", "--hw-tier", "files", "-v", f"--hw-results={results}"]
    done = environment.run("dockerlab", *words, cwd=submission)
    assert "spare-1 of spare_course cannot be read: spare_course.two cannot be imported: " in " ".join(
        done.stdout.split()
    )
    [found] = json.loads(results.read_text())["submissions"]
    verdicts = {item["id"]: item["verdict"] for item in found["items"]}
    assert verdicts["terraform-1/state-ignored"] == "passed"
    assert "docker-4/networks" in verdicts
    assert "spare-1/one" not in verdicts


def test_two_distributions_with_one_slug_are_named(environment: Environment, submission: Path) -> None:
    install(environment, "other_course", "spare-1")
    install(environment, "third_course", "docker-4")
    asked = environment.run("dockerlab", "check", "--hw", "spare-1/one", cwd=submission)
    assert asked.returncode == 4
    assert "spare-1 of other_course, spare_course cannot be read: each brings a homework of this name" in asked.stderr
    asked = environment.run("pytest", "--hw", "docker-4", cwd=submission)
    assert asked.returncode == 4
    assert "docker-4 of pytest-dockerlab, third_course cannot be read" in asked.stderr
    other = environment.run("dockerlab", "check", "--hw", "terraform-1/state-ignored", cwd=submission)
    assert other.returncode == 1


def test_an_entry_point_has_the_slug_as_its_name(environment: Environment, submission: Path) -> None:
    entry_points = environment.site / "spare_course-1.0.dist-info" / "entry_points.txt"
    entry_points.write_text(entry_points.read_text().replace("spare-1 =", "spare ="))
    asked = environment.run("dockerlab", "list", "--hw", "spare-1", cwd=submission)
    assert asked.returncode == 4
    assert "unknown homework or item 'spare-1'" in asked.stderr
    assert "spare_course is installed as spare, but its slug is spare-1" in asked.stderr


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["alone", "xdist"])
def test_fixtures_that_cannot_be_read_are_the_packs_error(
    environment: Environment, submission: Path, workers: list[str]
) -> None:
    install(environment, "gone_course", "gone-1", fixtures="'gone_course.nowhere',")
    words = ["check", *workers, "--hw", "gone-1/one", "--hw", "terraform-1/state-ignored"]
    done = environment.run("dockerlab", *words, cwd=submission)
    assert done.returncode == 1, "that of the other homework"
    assert "failed: 1 · error: 1" in done.stdout
    assert "gone-1 of gone_course cannot be read: gone_course.nowhere cannot be imported: " in done.stdout
    alone = environment.run("dockerlab", "check", "--hw", "gone-1/one", cwd=submission)
    assert alone.returncode == 3


def test_a_probe_that_breaks_is_the_packs_error(environment: Environment, submission: Path) -> None:
    done = environment.run("dockerlab", "check", "--hw", "spare-1", cwd=submission)
    assert done.returncode == 3
    assert "ZeroDivisionError: division by zero" in done.stdout
    assert "passed: 1 · error: 1" in done.stdout
    examined = environment.run("dockerlab", "doctor", cwd=submission, DOCKER_HOST="unix:///nowhere")
    assert "- ZeroDivisionError: division by zero" in examined.stdout
    assert (
        "Gadget: ZeroDivisionError: division by zero; some items stay unverified without it\n  to do: buy one\n"
        in examined.stdout
    )


def test_what_a_course_file_says_of_it_is_not_looked_at(environment: Environment, submission: Path) -> None:
    add(environment, "__init__.py", "import nowhere")
    course = submission.parent / "course.toml"
    course.write_text('[numbers]\nspare-1 = 3\n\n[levels]\n"spare-1/one" = "advisory"\n')
    words = ["check", "--hw", "terraform-1/state-ignored", f"--hw-course={course}"]
    done = environment.run("dockerlab", *words, cwd=submission)
    assert done.returncode == 1, done.stderr


def test_a_catalogue_of_translations_that_is_broken_is_as_good_as_none(
    environment: Environment, submission: Path
) -> None:
    folder = environment.site / "spare_course" / "locale" / "ru" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "spare_course.mo").write_bytes(b"not a catalogue")
    done = environment.run(
        "dockerlab", "list", "--hw", "spare-1", "--hw", "terraform-1", "--lang", "ru", cwd=submission
    )
    assert done.returncode == 0
    assert "a course for tests" in done.stdout
    assert "первая конфигурация" in done.stdout
