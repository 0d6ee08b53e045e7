"""docker-4/app-override: two workers, and code that is mounted where it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.findings import Finding
from pytest_dockerlab.homework import Item
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ...deployment.small_app import APP
from .._app import FIXTURES, said, submission

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

OVERRIDE = "src/docker-compose.override.yml"
ON_A_DOCKER_HOST = """\
services:
  ui:
    volumes: [{type: bind, source: /home/somebody/app/ui, target: /app}]
    command: sh -c "cd / && puma --debug -w2"
  post:
    volumes: ["/home/somebody/app/post-py:/app"]
  comment:
    volumes: ["/home/somebody/app/comment:/app:ro"]
    entrypoint: ["puma", "--workers", "2"]
    command: ["--debug"]
"""

test_right = sample_tests(
    "docker-4/app-override",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "absolute folders of a docker host, a shell's command, an entrypoint",
            [
                write(
                    OVERRIDE,
                    ON_A_DOCKER_HOST,
                )
            ],
        ),
    ],
    asked_by="ask_app",
)


test_wrong = sample_tests(
    "docker-4/app-override",
    APP,
    [
        Sample(
            "fails",
            "a named volume keeps the code of the image",
            [
                write(
                    OVERRIDE,
                    f"{APP[OVERRIDE].replace('./ui:/app', 'ui_code:/app')}volumes:\n  ui_code:\n",
                )
            ],
            file=OVERRIDE,
            line="volumes:",
            says="nothing of the repository is mounted where its code runs",
            findings=1,
        ),
    ],
    asked_by="ask_app_soon",
)


@pytest.mark.sample("docker-4/app-override", "fails")
def test_one_worker_and_code_that_is_mounted_beside_the_program(
    ask_app_soon: Callable[[Item, Submission], ItemResult], tmp_path: Path
) -> None:
    """Both are seen in one run: it takes long enough."""
    edits = [
        replace(OVERRIDE, "command: puma --debug -w 2", "command: puma --debug -w 1"),
        replace(OVERRIDE, "./ui:/app", "./ui:/usr/src/app"),
    ]
    homework = submission(tmp_path, APP, edits)
    result = ask_app_soon(load().items["docker-4/app-override"], homework)
    workers, code = result.findings
    assert str(workers.expected) == "puma workers of ui: 2", said(result)
    assert (str(workers.found), str(workers.hint)) == ("1", "command: puma --debug -w 2")
    assert line_of(tmp_path, workers).strip() == "command: puma --debug -w 1"
    assert str(code.expected) == "a changed file of ui takes effect without a build", said(result)
    assert "./ui:/usr/src/app" in line_of(tmp_path, code)


def line_of(folder: Path, finding: Finding) -> str:
    """The line of the override that a finding names."""
    assert finding.at is not None
    assert (finding.at.file, finding.at.line is None) == (OVERRIDE, False)
    return (folder / OVERRIDE).read_text().splitlines()[finding.at.line - 1]
