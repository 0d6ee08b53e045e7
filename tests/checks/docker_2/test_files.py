"""docker-2/files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, Sample, ask, remove, said, sample_tests, write, write_homework

from ._homework import BASE, README


def _moved(folder: str) -> list[Edit]:
    """The monolith in another folder."""
    ours = {path: text for path, text in BASE.items() if path.startswith("docker-monolith/")}
    return [
        *(remove(path) for path in ours),
        *(write(path.replace("docker-monolith/", folder), text) for path, text in ours.items()),
    ]


POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 120\n"

test_samples = sample_tests(
    "docker-2/files",
    BASE,
    [
        Sample(
            "fails",
            "a pointer of Git LFS instead of the file",
            [write("docker-monolith/db_config", POINTER)],
            says="docker-monolith/db_config: a pointer of Git LFS",
            file="docker-monolith/db_config",
            findings=1,
        ),
        Sample("passes", "the plain homework"),
        Sample("unusual", "everything in the root, as in the first cohort", _moved("")),
        Sample("unusual", "a folder of another name", _moved("build-reddit-image/")),
        Sample(
            "unusual",
            "a second, half copy elsewhere, and other Dockerfiles",
            [
                write("docker/start.sh", "#!/bin/sh\n"),
                write("src/ui/Dockerfile", "FROM x\n"),
                write("Dockerfile", "FROM x\n"),
            ],
        ),
        Sample(
            "fails",
            "the configuration lies elsewhere",
            [remove("docker-monolith/mongod.conf"), write("config/mongod.conf", "net:\n")],
            file="config/mongod.conf",
            says="docker-monolith/mongod.conf is in the repository | only these: config/mongod.conf",
            findings=1,
        ),
        Sample(
            "fails",
            "a file has another name",
            [remove("docker-monolith/db_config"), write("docker-monolith/db_config.txt", "X=1\n")],
            file="docker-monolith/db_config.txt",
            says="docker-monolith/db_config is in",
            findings=1,
        ),
        Sample(
            "fails",
            "a misspelt name",
            [remove("docker-monolith/mongod.conf"), write("docker-monolith/mongo.conf", "net:\n")],
            file="docker-monolith/mongo.conf",
            says="docker-monolith/mongod.conf is in",
            findings=1,
        ),
        Sample(
            "fails",
            "the Dockerfile of a service is none of the monolith's",
            [remove("docker-monolith/Dockerfile"), write("src/ui/Dockerfile", "FROM x\n")],
            says="docker-monolith/Dockerfile is in the repository | no such file",
            findings=1,
        ),
        Sample(
            "fails",
            "nothing of it is there",
            [remove(path) for path in BASE if path != README],
            says="nowhere in the repository",
            findings=1,
        ),
    ],
)


@pytest.mark.sample("docker-2/files", "fails")
@pytest.mark.parametrize("target", ["/home/somebody/start.sh", "../../start.sh", "nowhere.sh", "start.sh"])
def test_a_link_to_what_is_not_handed_in(tmp_path: Path, target: str) -> None:
    write_homework(tmp_path, BASE)
    (tmp_path / "docker-monolith/start.sh").unlink()
    (tmp_path / "docker-monolith/start.sh").symlink_to(target)
    [finding] = ask(load().items["docker-2/files"], Submission("sample", WorkTree(tmp_path))).findings
    assert finding.at == Location("docker-monolith/start.sh")
    assert f"a symbolic link to {target}, where the repository has no file" in said(finding)
