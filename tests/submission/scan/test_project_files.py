"""The files of the compose project."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.findings import Mismatch
from pytest_dockerlab.submission.scan.compose_candidates import OverrideFile
from pytest_dockerlab.submission.scan.project_files import find_project
from pytest_dockerlab.submission.submission import Submission

from .test_compose_candidates import APP, GITLAB, MONITORING, THREE
from .test_discovery import tree

OVERRIDE = "services: {ui: {command: x}}\n"


def test_without_a_likely_one_the_submission_says_what_is_there(tmp_path: Path) -> None:
    submission = Submission("x", tree(tmp_path, {"docker-compose.yml": GITLAB, "b/docker-compose.yml": MONITORING}))
    for _again in range(2):
        with pytest.raises(Mismatch) as caught:
            _ = submission.compose_file
        assert caught.value.finding.found == ["docker-compose.yml", "b/docker-compose.yml"]


def test_a_file_of_more_services_than_are_looked_at_may_be_the_one(tmp_path: Path) -> None:
    many = "services:\n" + "".join(f"  s{number}: {{image: x}}\n" for number in range(600))
    submission = Submission(
        "x", tree(tmp_path, {"docker-compose.yml": many, "docker-compose-monitoring.yml": MONITORING})
    )
    assert submission.compose_file == "docker-compose.yml"


@pytest.mark.parametrize(
    ("value", "files"),
    [
        ("docker-compose.yml", ("src/docker-compose.yml",)),
        ("docker-compose.yml:db.yml", ("src/docker-compose.yml", "src/db.yml")),
        ("docker-compose.yml;db.yml", ("src/docker-compose.yml", "src/db.yml")),
        ("docker-compose.yml,db.yml\nCOMPOSE_PATH_SEPARATOR=,", ("src/docker-compose.yml", "src/db.yml")),
        ("./db.yml:../x/more.yml", ("src/db.yml", "x/more.yml")),
        ("", ("src/docker-compose.yml",)),
        ("<file>", ("src/docker-compose.yml",)),
    ],
)
def test_compose_file_of_the_example_says_which(tmp_path: Path, value: str, files: tuple[str, ...]) -> None:
    found = find_project(
        tree(
            tmp_path,
            {
                "src/docker-compose.yml": APP,
                "src/db.yml": THREE,
                "x/more.yml": THREE,
                "src/.env.example": f"COMPOSE_FILE={value}\n",
            },
        )
    )
    assert found.files == files


@pytest.mark.parametrize(
    ("value", "merged"),
    [("docker-compose.yml", False), ("docker-compose.yml:docker-compose.override.yml", True), ("", True)],
)
def test_the_override_is_merged_where_compose_file_lists_it(tmp_path: Path, value: str, merged: bool) -> None:
    files = {
        "docker-compose.yml": APP,
        "docker-compose.override.yml": OVERRIDE,
        ".env.example": f"COMPOSE_FILE={value}\n",
    }
    found = find_project(tree(tmp_path, files))
    assert found.files == ("docker-compose.yml",)
    assert found.override == OverrideFile("docker-compose.override.yml", is_merged=merged)


@pytest.mark.parametrize(
    ("files", "reason", "others"),
    [
        ({"docker-compose.yml": APP, "b/docker-compose.yml": MONITORING}, "compose takes it by its name", ()),
        (
            {"docker-compose.yml": THREE, "docker-compose.old.yml": APP},
            "compose takes it by its name",
            ("docker-compose.old.yml",),
        ),
        (
            {"app-compose.yml": GITLAB, "docker-compose.app.yml": APP, "docker-compose.b.yml": THREE},
            "it has most of the application's services",
            ("docker-compose.b.yml",),
        ),
        (
            {
                "docker-compose.yml": APP,
                "docker-compose.b.yml": APP,
                ".env.example": "COMPOSE_FILE=docker-compose.b.yml",
            },
            "COMPOSE_FILE names it",
            ("docker-compose.yml",),
        ),
        (
            {"docker-compose.yml": "include: [compose.app.yml]\n", "compose.app.yml": APP},
            "compose takes it by its name",
            (),
        ),
    ],
)
def test_why_it_was_taken_and_which_others_there_are(
    tmp_path: Path, files: dict[str, str], reason: str, others: tuple[str, ...]
) -> None:
    found = find_project(tree(tmp_path, files))
    assert str(found.reason) == reason
    assert found.others == others
