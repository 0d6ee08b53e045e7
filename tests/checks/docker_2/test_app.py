"""docker-2/app: monoliths that come up and keep a post, and those that do not."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_2._monolith import Monolith
from pytest_dockerlab.checks.docker_2.app import plan
from pytest_dockerlab.submission.scan.roles import Role
from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ...deployment.small_app import MONOLITH
from .._app import FIXTURES
from ._homework import DOCKERFILE

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

START = "docker-monolith/start.sh"
STORES = '        things.insert_one({"_id": uuid.uuid4().hex, **fields})\n'

test_right = sample_tests(
    "docker-2/app",
    MONOLITH,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "in the top folder, the database's port exposed first, data elsewhere, a shell form",
            [
                *(remove(path) for path in MONOLITH),
                *(write(path.partition("/")[2], text) for path, text in MONOLITH.items() if path != DOCKERFILE),
                write(
                    "Dockerfile",
                    MONOLITH[DOCKERFILE]
                    .replace('CMD ["/start.sh"]', "EXPOSE 27017 9292\nCMD /start.sh")
                    .replace("RUN ", "RUN mkdir -p /var/lib/mongodb && "),
                ),
                write("mongod.conf", MONOLITH["docker-monolith/mongod.conf"].replace("/data/db", "/var/lib/mongodb")),
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "docker-2/app",
    MONOLITH,
    [
        Sample(
            "fails",
            "it ends at once",
            [replace(START, "exec python3 service.py all", "python3 servise.py all")],
            says="can't open file '/reddit/servise.py'",
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "start.sh is not executable",
            [replace(DOCKERFILE, "RUN chmod +x /start.sh", "RUN chmod 644 /start.sh")],
            says='reddit stays up | exec: "/start.sh": permission denied (return code 126)',
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "start.sh has the line ends of Windows",
            [write(START, MONOLITH[START].replace("\n", "\r\n"))],
            says="no such file or directory",
            file=START,
            line="#!",
            findings=1,
        ),
        Sample(
            "fails",
            "a post is not stored",
            [replace("docker-monolith/service.py", STORES, "")],
            says="the new post is in the list of posts",
            file=DOCKERFILE,
            findings=1,
        ),
    ],
    asked_by="ask_app_soon",
)

test_never_up = sample_tests(
    "docker-2/app",
    MONOLITH,
    [
        Sample(
            "fails",
            "it listens on another port",
            [replace(START, "service.py all", "service.py all --port 9393")],
            says="(port 9292 of reddit)",
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
    ],
    asked_by="ask_app_never_up",
)


def test_the_plan_is_one_container() -> None:
    [service] = plan(Monolith("mono", ())).services
    assert (service.role, service.ports) == (Role.UI, (9292,))
    assert service.build is not None
    assert (service.build.dockerfile, service.build.context) == ("mono/Dockerfile", "mono")
