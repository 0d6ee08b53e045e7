"""docker-3/persistence."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_3.persistence import data_mount
from pytest_dockerlab.plans.applications.plan import MountKind
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission


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
