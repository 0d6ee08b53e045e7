"""docker-3/aliases-run: the student's own lines that start all four containers."""

from __future__ import annotations

import pytest

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ...deployment.small_app import APP
from .._app import FIXTURES
from ._homework import README

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

test_right = sample_tests(
    "docker-3/aliases-run",
    APP,
    [
        Sample(
            "passes",
            "one more set of lines",
            [
                write(
                    README,
                    APP[README]
                    + """
## Other names

docker run -d --network=reddit --network-alias=first --network-alias=second -v reddit_db:/data/db mongo:7.0
docker run -d --network=reddit --network-alias=letters --env POST_DATABASE_HOST=first somebody/post:1.0
docker run -d --network=reddit --network-alias=remarks --env COMMENT_DATABASE_HOST=second somebody/comment:1.0
docker run -d --network=reddit -p 9292:9292 -e POST_SERVICE_HOST=letters -e COMMENT_SERVICE_HOST=remarks somebody/ui:1.0
""",
                )
            ],
        ),
        Sample(
            "unusual",
            "in a script, names in the place of aliases, two networks, backslashes",
            [
                write(
                    "src/run.sh",
                    """\
#!/bin/bash
docker run -d --rm --net back --name first mongo:7.0
docker run -d --rm --network=back \\
    --name letters --env=POST_DATABASE_HOST=first \\
    somebody/post:1.0
docker run -d --rm --network name=back,alias=remarks --name the_comments \\
    --env=COMMENT_DATABASE_HOST="first" somebody/comment:1.0
docker network connect front letters
docker network connect --alias said front the_comments
docker run -d -p 80:9292 --network front --env POST_SERVICE_HOST=letters --env COMMENT_SERVICE_HOST=said --name ui \\
    somebody/ui:1.0
""",
                )
            ],
        ),
    ],
    asked_by="ask_app",
)

test_wrong = sample_tests(
    "docker-3/aliases-run",
    APP,
    [
        Sample(
            "unusual", "no lines with other names are no attempt", says="no docker run lines", verdict="not attempted"
        )
    ],
    asked_by="ask_app_soon",
)

test_never_up = sample_tests(
    "docker-3/aliases-run",
    APP,
    [
        Sample(
            "fails",
            "a name that is given to nobody",
            [
                replace(
                    README, "--network-alias=post somebody", "--network-alias=post -e POST_DATABASE_HOST=db1 somebody"
                ),
            ],
            says="No address associated with hostname",
            file=README,
            findings=1,
        )
    ],
    asked_by="ask_app_never_up",
)
