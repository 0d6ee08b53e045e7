"""monitoring-1/layout."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, sample_tests, write

from ._homework import BASE, COMPOSE, ENV

_ELSEWHERE = [
    remove(COMPOSE), remove(ENV),
    write("src/docker-compose.yml", BASE[COMPOSE]), write("src/.env.example", BASE[ENV]),
]  # fmt: skip

test_samples = sample_tests(
    "monitoring-1/layout",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "another name of the example", [remove(ENV), write("docker/env.sample", BASE[ENV])]),
        Sample("unusual", "compose.yaml", [remove(COMPOSE), write("docker/compose.yaml", BASE[COMPOSE])]),
        Sample(
            "unusual",
            "the application's compose file of an earlier homework is still in src/",
            [write("src/docker-compose.yml", BASE[COMPOSE].partition("  prometheus:")[0]),
             write("src/.env.example", BASE[ENV])],
        ),
        Sample(
            "unusual",
            "two compose files",
            [
                write(COMPOSE, BASE[COMPOSE].partition("  prometheus:")[0] + "networks: {back_net: , front_net: }\n"),
                write(
                    "docker/docker-compose-monitoring.yml",
                    "services:\n  prometheus: {image: 'me/prometheus:1', networks: [net]}\nnetworks: {net: }\n",
                ),
            ],
        ),
        Sample(
            "fails", "everything of docker/ is still in src/", _ELSEWHERE,
            says="git mv src/docker-compose.yml src/.env.example docker/", findings=1,
        ),
        Sample(
            "fails", "the compose file is beside docker/", [*_ELSEWHERE, write("docker/README.md", "# x\n")],
            says="git mv src/docker-compose.yml docker/", file="src/docker-compose.yml",
        ),
        Sample(
            "fails", "no monitoring/",
            [remove(path) for path in BASE if path.startswith("monitoring/")],
            says="there is a folder monitoring/", findings=1,
        ),
        Sample("fails", "no example env file", [remove(ENV)], says="add docker/.env.example", findings=1),
        Sample(
            "fails", "the env file itself is handed in", [write("docker/.env", "USERNAME=me\n")],
            says="git rm --cached docker/.env", file="docker/.env", findings=1,
        ),
        Sample(
            "fails", "the env file instead of the example", [remove(ENV), write("docker/.env", BASE[ENV])],
            says="git rm --cached docker/.env", file="docker/.env",
        ),
        Sample(
            "fails", "no compose file at all, which another item tells", [remove(COMPOSE)],
            says="there is no compose file", verdict="unverified",
        ),
    ],
)  # fmt: skip
