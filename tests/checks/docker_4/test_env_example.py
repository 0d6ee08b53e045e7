"""docker-4/env-example."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, ENV, OVERRIDE, UI, UI_IMAGE, UI_PORT, needs_compose

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
        *(
            Sample(
                "fails",
                f"a variable that nobody defines, only {title}",
                [replace(path, old, new)],
                file=path,
                line="${LOST}",
                says="LOST is used but not defined",
                findings=1,
            )
            for title, path, old, new in (
                ("in a volume", COMPOSE, "post_db:/data/db", "post_db:${LOST}"),
                ("in a source", COMPOSE, "post_db:/data/db", "${LOST}:/data/db"),
                ("for an address", COMPOSE, UI_PORT, '      - "${LOST}:${UI_PORT}:9292"\n'),
                ("in the override", OVERRIDE, "./ui:/app", "${LOST}/ui:/app"),
            )
        ),
        Sample(
            "fails",
            "a misspelt variable wants its near name",
            [replace(COMPOSE, "${UI_PORT}", "${UI_PROT}")],
            file=COMPOSE,
            line="${UI_PROT}",
            says="write UI_PORT, which src/.env.example defines and nothing uses",
            findings=1,
        ),
        Sample(
            "unusual",
            "the example of app.env beside it, in YAML's form",
            [
                remove(ENV),
                write("src/app.env.example", BASE[ENV].replace("=", ": ")),
                write("src/app.env", "OTHER=1\n"),
            ],
        ),
        Sample(
            "fails",
            "an env_file that nobody else has",
            [replace(COMPOSE, UI, UI + "    env_file: [./ui.env, {path: may-be.env, required: false}]\n")],
            file=COMPOSE,
            line="env_file:",
            says="there is no file src/ui.env",
            findings=1,
        ),
        Sample(
            "unusual",
            "an env_file of which there is an example",
            [replace(COMPOSE, UI, UI + "    env_file: ui.env\n"), write("src/ui.env.example", "A=1\n")],
        ),
        Sample(
            "fails",
            "a .env is committed beside the example",
            [write("src/.env", "A=1\n")],
            file="src/.env",
            says="git rm --cached src/.env, name .env in .gitignore, and commit",
            findings=1,
        ),
        Sample(
            "fails",
            "a .env with secrets is committed",
            [write("src/.env", "MONGO_PASSWORD=hunter2\nAPI_TOKEN=<token>\n")],
            file="src/.env",
            says="Replace MONGO_PASSWORD: what was committed stays in the history",
            findings=1,
        ),
        Sample(
            "unusual",
            "COMPOSE_FILE says where the project is",
            [remove(ENV), write(".env.example", f"COMPOSE_FILE=src/docker-compose.yml\n{BASE[ENV]}")],
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
