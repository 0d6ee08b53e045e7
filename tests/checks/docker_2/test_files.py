"""docker-2/files."""

from __future__ import annotations

from pytest_dockerlab.testing import Edit, Sample, remove, sample_tests, write

from ._homework import BASE, README


def _moved(folder: str) -> list[Edit]:
    """The monolith in another folder."""
    ours = {path: text for path, text in BASE.items() if path.startswith("docker-monolith/")}
    return [
        *(remove(path) for path in ours),
        *(write(path.replace("docker-monolith/", folder), text) for path, text in ours.items()),
    ]


test_samples = sample_tests(
    "docker-2/files",
    BASE,
    [
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
            "nothing of it is there",
            [remove(path) for path in BASE if path != README],
            says="nowhere in the repository",
            findings=1,
        ),
    ],
)
