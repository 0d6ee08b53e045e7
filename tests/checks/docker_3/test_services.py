"""docker-3/services."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMMENT, POST, UI


def _moved(folder: str) -> list[Edit]:
    """The services in another folder."""
    ours = {path: text for path, text in BASE.items() if path.startswith("src/")}
    return [
        *(remove(path) for path in ours),
        *(write(path.replace("src/", folder), text) for path, text in ours.items()),
    ]


test_samples = sample_tests(
    "docker-3/services",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "the first cohort's folder, beside others that look like it",
            [
                *_moved("reddit-microservices/"),
                write("old/ui/Dockerfile", "FRM\n"),
                write("ansible/roles/post/Dockerfile", "FRM\n"),
            ],
        ),
        Sample(
            "unusual",
            "a variant that compose builds, of a file without Dockerfile",
            [
                remove(POST),
                write("src/post-py/Dockerfile.prod", BASE[POST]),
                write(
                    "src/docker-compose.yml",
                    "services:\n  post:\n    image: me/post\n"
                    "    build: {context: ./post-py, dockerfile: Dockerfile.prod}\n"
                    "  ui: {build: ./ui}\n  comment: {build: ./comment}\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "a variant that the build script builds",
            [
                remove(UI),
                write("src/ui/Dockerfile.alpine", BASE[UI]),
                write("src/ui/docker_build.sh", "#!/bin/bash\ndocker build -t $USER_NAME/ui -f Dockerfile.alpine .\n"),
            ],
        ),
        Sample(
            "unusual",
            "heredocs, an ARG before FROM, a stage called by other letters, a broken backup beside it",
            [
                write(
                    UI,
                    "ARG V=3.7\nFROM alpine:$V AS Base\nRUN <<EOF\nFROM nothing\nEOF\nFROM BASE AS builder\nCMD puma\n",
                ),
                write("src/ui/Dockerfile.bak", "FRM nothing\n"),
            ],
        ),
        Sample(
            "fails",
            "only a variant of post is there",
            [remove(POST), write("src/post-py/Dockerfile.old", BASE[POST])],
            says="post has a file Dockerfile",
            file="src/post-py/Dockerfile.old",
            findings=1,
        ),
        Sample(
            "fails",
            "capital letters matter",
            [remove(UI), write("src/ui/dockerfile", BASE[UI])],
            says="ui has a file Dockerfile",
            file="src/ui/dockerfile",
        ),
        Sample(
            "fails",
            "in a folder of its own",
            [remove(UI), write("src/ui/docker/Dockerfile", BASE[UI])],
            says="move src/ui/docker/Dockerfile to src/ui/Dockerfile",
            file="src/ui/docker/Dockerfile",
            findings=1,
        ),
        Sample(
            "fails",
            "no comment at all",
            [remove(COMMENT), remove("src/comment/comment_app.rb")],
            says="no folder of comment with a Dockerfile",
        ),
        Sample(
            "fails",
            "a slip in an instruction",
            [replace(COMMENT, "ARG APP_HOME", "ARGS APP_HOME")],
            says="ARGS is not an instruction",
            file=COMMENT,
            line="ARGS",
        ),
        Sample(
            "fails",
            "instructions that no builder takes, of which one goes over several lines",
            [
                replace(COMMENT, "CMD", "HEALTHCHECK --timeout=3s \\\n  --interval=30 CMD true\nEXPOSE web\nCMD"),
                write(UI, "FROM alpine 3.7\n"),
            ],
            says="--interval=30 is not a duration",
            file=COMMENT,
            line="--interval=30",
            findings=3,
        ),
        Sample(
            "fails",
            "RUN before FROM",
            [write(COMMENT, "RUN true\nFROM ruby:2.2\n")],
            says="above the first FROM",
            file=COMMENT,
            line="RUN true",
        ),
    ],
    skip=pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here"),
)
