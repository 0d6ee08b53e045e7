"""docker-4/env-example."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, ENV, UI, UI_IMAGE, needs_compose

test_samples = sample_tests(
    "docker-4/env-example",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "another name, comments, quotes, export, CRLF, values still to fill in, and defaults in the compose file",
            [
                remove(ENV),
                write(
                    "src/reddit.env",
                    "# mine\r\nexport USERNAME=<USERNAME>\r\nUI_PORT='9292' # port\r\n\r\n"
                    'POST_VERSION="1"\r\nCOMMENT_VERSION=\r\nMONGO_VERSION=3.2\r\n',
                ),
                replace(COMPOSE, UI_IMAGE, "image: ${USERNAME}/ui:${UI_VERSION:-1.0}"),
            ],
        ),
        Sample(
            "unusual",
            "compose and the shell set some themselves",
            [
                replace(
                    COMPOSE,
                    UI,
                    UI + "    container_name: ${COMPOSE_PROJECT_NAME}-ui\n    volumes: ['${PWD}/ui:/app', "
                    "'${HOME}/x:/x']\n",
                ),
            ],
        ),
        Sample(
            "fails",
            "one variable is missing",
            [replace(ENV, "USERNAME=somebody\n", "")],
            file=COMPOSE,
            line="${USERNAME}",
            says="USERNAME is used but not defined",
            findings=1,
        ),
        Sample(
            "fails",
            "names with a hyphen",
            [
                replace(ENV, "UI_VERSION", "UI-VERSION"),
                replace(COMPOSE, "ui:${UI_VERSION}", "ui:${UI-VERSION}"),
            ],
            file=ENV,
            line="UI-VERSION",
            says="UI_VERSION, here and in the compose file",
            findings=1,
        ),
        Sample(
            "fails",
            "a .env is there instead",
            [remove(ENV), write("src/.env", BASE[ENV])],
            file="src/.env",
            says="no .env is committed",
            findings=1,
        ),
        Sample(
            "fails",
            "there is none",
            [remove(ENV)],
            file=COMPOSE,
            says="a line for each variable",
        ),
        Sample(
            "fails",
            "it lies elsewhere",
            [remove(ENV), write(".env.example", BASE[ENV])],
            file=".env.example",
            says="beside src/docker-compose.yml",
            findings=1,
        ),
    ],
    skip=needs_compose,
)
