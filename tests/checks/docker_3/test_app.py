"""docker-3/app: four containers that come up and keep a post with its comment, and those that do not."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_3.app import app
from pytest_dockerlab.engine.owned.limits import AppLimits
from pytest_dockerlab.testing import Sample, replace, sample_tests

from ...deployment.small_app import APP
from .._app import FIXTURES, AppChecks, said, submission
from ._homework import COMMENT, POST, README, UI

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

DATABASE = (
    "docker run -d --network=reddit --network-alias=post_db --network-alias=comment_db -v reddit_db:/data/db mongo:7.0"
)

test_right = sample_tests(
    "docker-3/app",
    APP,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "other names and ports, a database called mongo_db, nothing but Dockerfiles to tell them",
            [
                replace(
                    UI,
                    "POST_SERVICE_HOST=post POST_SERVICE_PORT=5000",
                    "POST_SERVICE_HOST=letters POST_SERVICE_PORT=80",
                ),
                replace(UI, "COMMENT_SERVICE_HOST=comment", "COMMENT_SERVICE_HOST=remarks.example"),
                replace(POST, "PORT=5000 POST_DATABASE_HOST=post_db", "PORT=80 POST_DATABASE_HOST=mongo_db"),
                replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=mongo_db"),
                replace(UI, "CMD", "EXPOSE 9292/tcp\nCMD"),
                replace(README, DATABASE, "docker run -d --name mongo_db mongo:7.0"),
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "docker-3/app",
    APP,
    [
        Sample(
            "fails",
            "comment ends at once",
            [replace("src/comment/service.py", "import argparse\n", "import argparse, sinatra\n")],
            says="comment stays up | ModuleNotFoundError: No module named 'sinatra'",
            file=COMMENT,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "the program of comment is not executable",
            [replace(COMMENT, "COPY . .\n", "COPY . .\nRUN chmod 644 /app/puma\n")],
            says='comment stays up | exec: "puma": executable file not found in $PATH (return code 127)',
            file=COMMENT,
            line="CMD",
            findings=1,
        ),
        Sample(
            "unusual",
            "what docker gives and we do not is no fault: chroot, to become another user",
            [replace("src/post-py/puma", "exec python3", "exec chroot --userspec=65534 / /usr/bin/python3")],
            says="post asks for what this run does not allow: chroot",
            verdict="unverified",
        ),
        Sample(
            "fails",
            "a comment is stored under another post",
            [replace("src/ui/service.py", '"post_id": id}', '"post_id": id[1:]}')],
            says="the new comment is on the page of its post",
            file=UI,
            line="CMD",
            findings=1,
        ),
        Sample(
            "unusual",
            "a database image that cannot be had is not the student's fault",
            [replace(README, "mongo:7.0", "registry.invalid/mongo:3.2")],
            says="the image registry.invalid/mongo:3.2 of database is not available",
            verdict="unverified",
        ),
    ],
    asked_by="ask_app_soon",
)

test_never_up = sample_tests(
    "docker-3/app",
    APP,
    [
        Sample(
            "fails",
            "comment looks for its database in its own container",
            [replace(COMMENT, "COMMENT_DATABASE_HOST=comment_db", "COMMENT_DATABASE_HOST=localhost")],
            says="Connection refused",
            file=COMMENT,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "ui listens on another port than the one it exposes",
            [replace(UI, "ENV ", "EXPOSE 9292\nENV PORT=8080 ")],
            says="ui listens on 0.0.0.0:8080, and not on port 9292, which is published",
            file=UI,
            line="CMD",
            findings=1,
        ),
    ],
    asked_by="ask_app_never_up",
)


@pytest.mark.parametrize(
    ("limits", "line", "said_of_it"),
    [
        (
            AppLimits(memory=160 * 1024**2),
            "[sys.executable, '-c', 'len(b\"x\" * 10**9)']",
            "a process in it, was killed",
        ),
        (AppLimits(processes=48), "['sh', '-c', 'for n in $(seq 64); do sleep 60 & done; wait']", "48 processes"),
    ],
    ids=["memory", "processes"],
)
@pytest.mark.usefixtures("ask_app_soon")
def test_our_limits_are_no_fault(
    checks: AppChecks, tmp_path: Path, limits: AppLimits, line: str, said_of_it: str
) -> None:
    """A program that post starts for every request takes more than it may, and post itself lives on."""
    checks.patience = dataclasses.replace(checks.patience, up=8.0)
    checks.limits = limits
    edit = replace(
        "src/post-py/service.py",
        "    things = stored(kind)\n",
        f"    subprocess.run({line}, check=True)\n    things = stored(kind)\n",
    )
    result = checks.run(app, submission(tmp_path, APP, [edit]))
    assert str(result.verdict) == "unverified", said(result)
    assert said_of_it in said(result)
