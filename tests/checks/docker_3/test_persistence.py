"""docker-3/persistence: where the database keeps its data, and whether a new one finds them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_3.persistence import data_mount
from pytest_dockerlab.plans.applications.plan import MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, replace, sample_tests

from ...deployment.small_app import APP
from .._app import FIXTURES
from ._homework import README

pytest_plugins = FIXTURES


test_right = pytest.mark.engine(
    sample_tests(
        "docker-3/persistence",
        APP,
        [
            Sample("passes", "the plain homework"),
            Sample(
                "unusual",
                "--mount in the place of -v",
                [replace(README, "-v reddit_db:/data/db", "--mount type=volume,src=reddit_db,dst=/data/db")],
            ),
        ],
        asked_by="ask_app",
    )
)

test_wrong = pytest.mark.engine(
    sample_tests(
        "docker-3/persistence",
        APP,
        [
            Sample(
                "fails",
                "the volume is where this database keeps nothing",
                [replace(README, "reddit_db:/data/db", "reddit_db:/var/lib/mongodb")],
                says="the post that was written before is still there",
                file=README,
                line="reddit_db",
                findings=1,
            )
        ],
        asked_by="ask_app_soon",
    )
)


@pytest.mark.parametrize(
    ("option", "target"),
    [
        ("-v db:/data/db", "/data/db"),
        ("--mount source=db,target=/data/db", "/data/db"),
        ("-v db:/bitnami/mongodb", "/bitnami/mongodb"),
        ("-v /data/db", None),
        ("-v ./db:/data/db", None),
        ("-v db:/var/lib/mysql", None),
        ("", None),
    ],
)
def test_the_databases_volume(tmp_path: Path, option: str, target: str | None) -> None:
    (tmp_path / "README.md").write_text(f"```\ndocker run -d {option} mongo\n```\n")
    mount = data_mount(Submission("x", WorkTree(tmp_path)).docker_runs)
    assert (mount.target if mount is not None else None) == target
    if mount is not None:
        assert (mount.kind, str(mount.at)) == (MountKind.VOLUME, "README.md:2")
