"""docker-4/override-code."""

from __future__ import annotations

from typing import Any

from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, ENV, OVERRIDE, needs_compose


def mount(kind: str, title: str, entry: str, *more: Edit, **expected: Any) -> Sample:
    """The code of post mounted by ``entry``."""
    return Sample(kind, title, [replace(OVERRIDE, "      - ./post-py:/app\n", entry), *more], **expected)


test_samples = sample_tests(
    "docker-4/override-code",
    BASE,
    [
        Sample("passes", "the plain homework"),
        mount("unusual", "absolute, on the docker host", "      - /home/me/apps/post-py:/app\n"),
        mount("unusual", "by home", "      - ~/apps/post-py:/app\n"),
        mount("unusual", "by the shell's PWD", "      - ${PWD}/post-py:/app\n"),
        mount(
            "unusual",
            "variables on both sides",
            "      - ${CODE}/post-py:${HOME_OF_POST}\n",
            replace(ENV, "UI_PORT", "CODE=.\nHOME_OF_POST=/app\nUI_PORT"),
        ),
        mount(
            "unusual",
            "a folder that the example leaves open",
            "      - ${CODE_OF_POST}:/app\n",
            replace(ENV, "UI_PORT", "CODE_OF_POST=<folder on the docker host>\nUI_PORT"),
        ),
        mount("unusual", "the long form", "      - type: bind\n        source: ./post-py\n        target: /app\n"),
        mount("unusual", "read-only", "      - ./post-py:/app/:ro\n"),
        mount(
            "unusual",
            "a named volume that is a bind mount",
            "      - post_code:/app\n",
            replace(
                OVERRIDE,
                "services:\n",
                "volumes:\n  post_code:\n    driver_opts: {type: none, o: bind, device: /home/me/post}\nservices:\n",
            ),
        ),
        mount(
            "unusual",
            "over a parent of the app's folder",
            "      - ./post-py:/srv\n",
            replace("src/post-py/Dockerfile", "WORKDIR /app", "WORKDIR /srv/app"),
        ),
        mount(
            "unusual",
            "only an example of an override",
            "      - ./post-py:/app\n",
            remove(OVERRIDE),
            write(OVERRIDE + ".example", BASE[OVERRIDE]),
        ),
        Sample("unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
        mount(
            "unusual",
            "an override that does not merge",
            "      - ./post-py:/app\n",
            replace(OVERRIDE, "  ui:\n", "  ui:\n    networks: [nowhere]\n"),
            verdict="unverified",
        ),
        mount(
            "fails",
            "a named volume",
            "      - app_post:/app\n",
            replace(OVERRIDE, "services:\n", "volumes:\n  app_post:\nservices:\n"),
            file=OVERRIDE,
            line="app_post:/app",
            says="a named volume",
            findings=1,
        ),
        mount(
            "fails",
            "a folder that is not there",
            "      - ./post:/app\n",
            file=OVERRIDE,
            line="./post:",
            says="the code is in src/post-py",
            findings=1,
        ),
        mount(
            "fails",
            "the code of another",
            "      - ./comment:/app # too\n",
            file=OVERRIDE,
            line="./comment:/app # too",
            says="its own code",
            findings=1,
        ),
        mount(
            "fails",
            "a part of another's code",
            "      - ./comment/views:/app\n",
            write("src/comment/views/index.rb", "# comment\n"),
            file=OVERRIDE,
            line="./comment/views",
            says="post gets its own code",
            findings=1,
        ),
        mount(
            "fails",
            "the code of another, in a folder that does not say so",
            "      - ./backend:/app # too\n",
            replace("src/docker-compose.yml", "build: ./comment", "build: ./backend"),
            replace(OVERRIDE, "./comment:/app", "./backend:/app"),
            write("src/backend/Dockerfile", BASE["src/comment/Dockerfile"]),
            write("src/backend/app.rb", "# comment\n"),
            file=OVERRIDE,
            line="./backend:/app # too",
            says="post gets its own code",
            findings=1,
        ),
        *(
            mount(
                "fails",
                f"{folder}, which holds none of the code",
                f"      - {folder}:/app\n",
                write("src/docs/notes.md", "notes\n"),
                write("src/post-py/templates/index.html", "<p>\n"),
                file=OVERRIDE,
                line=f"{folder}:/app",
                says="holds the code of post",
                findings=1,
            )
            for folder in (".", "./docs", "./post-py/templates", "..")
        ),
        mount(
            "unusual",
            "the folder in the build's context that the image has its code from",
            "      - ./post-py/app:/app\n",
            remove("src/post-py/post_app.py"),
            write("src/post-py/app/post_app.py", "# post\n"),
        ),
        mount(
            "unusual",
            "a copy of the code elsewhere",
            "      - ./live/one:/app\n",
            write("src/live/one/post_app.py", "# post, changed\n"),
        ),
        mount(
            "unusual",
            "the code is not in the repository",
            "      - ./post-py:/app\n",
            remove("src/post-py/post_app.py"),
        ),
        mount(
            "fails",
            "over another folder",
            "      - ./post-py:/code\n",
            file=OVERRIDE,
            line="./post-py:/code",
            says="is mounted over /app",
            findings=1,
        ),
        mount(
            "fails",
            "out of the repository",
            "      - ../../post:/app\n",
            file=OVERRIDE,
            line="../../post",
            says="in the repository",
            findings=1,
        ),
        Sample(
            "fails",
            "nothing is mounted for comment",
            [replace(OVERRIDE, "    volumes:\n      - ./comment:/app\n", "")],
            file=OVERRIDE,
            line="comment:",
            says="no volumes:",
            findings=1,
        ),
    ],
    skip=needs_compose,
)
