"""docker-3/services."""

from __future__ import annotations

import posixpath

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
            "unusual",
            ".dockerignore leaves out what no image needs, and takes the code back",
            [
                write("src/ui/.dockerignore", "*\n!*.rb\n!Gemfile*\nui_spec.rb\n"),
                write("src/ui/Gemfile", ""),
                write("src/ui/Gemfile.lock", ""),
                write("src/ui/ui_spec.rb", ""),
                write("src/post-py/.dockerignore", "README.md\n*.pyc\ntest_*.py\nDockerfile*\n"),
                write("src/post-py/test_post_app.py", ""),
                write("src/comment/.dockerignore", "Gemfile.lock\n"),
                write("src/comment/Gemfile", ""),
                write("src/comment/Gemfile.lock", ""),
                replace(COMMENT, "COPY . $APP_HOME", "COPY Gemfile* $APP_HOME/\nCOPY . $APP_HOME"),
            ],
        ),
        Sample(
            "unusual",
            "what the ignore file keeps out comes from another stage",
            [
                write("src/ui/.dockerignore", "ui_app.rb\n"),
                replace(UI, "COPY . $APP_HOME", "COPY --from=me/code:1 . $APP_HOME"),
            ],
        ),
        *(
            Sample(
                "fails",
                f".dockerignore keeps the code of {path} out: {pattern}",
                [write(posixpath.join(posixpath.dirname(path), ".dockerignore"), f"# what\n.git\n{pattern}\n")],
                says=f"{posixpath.basename(path)} is copied into the image | .dockerignore keeps it out",
                file=posixpath.join(posixpath.dirname(path), ".dockerignore"),
                line=pattern,
                findings=1,
            )
            for path, pattern in (
                ("src/ui/ui_app.rb", "*.rb"),
                ("src/comment/comment_app.rb", "*"),
                ("src/post-py/post_app.py", "**/*.py"),
            )
        ),
        Sample(
            "fails",
            ".dockerignore keeps out what a COPY names",
            [
                write("src/ui/.dockerignore", "Gemfile*\n"),
                write("src/ui/Gemfile", ""),
                replace(UI, "COPY . $APP_HOME", "COPY Gemfile* $APP_HOME/\nCOPY . $APP_HOME"),
            ],
            says="Gemfile is copied into the image | .dockerignore keeps it out",
            file="src/ui/.dockerignore",
            line="Gemfile*",
            findings=1,
        ),
        Sample(
            "fails",
            ".dockerignore keeps out what puma reads",
            [
                write("src/ui/.dockerignore", "*.ru\n"),
                write("src/ui/config.ru", "require './ui_app'\n"),
            ],
            says="config.ru is copied into the image | .dockerignore keeps it out",
            file="src/ui/.dockerignore",
            line="*.ru",
            findings=1,
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
            "unusual",
            "bases by build arguments: of compose, of a script, of BuildKit, and with a value of their own",
            [
                replace(UI, "FROM alpine:3.7", "ARG BASE\nFROM $BASE"),
                replace(COMMENT, "FROM ruby:2.2", "ARG V=2.2\nARG R=ruby:$V\nFROM --platform=$TARGETPLATFORM ${R}"),
                replace(POST, "FROM python:3.6.0-alpine", "ARG TAG\nARG IMAGE=python:${TAG}\nFROM $IMAGE"),
                write(
                    "src/docker-compose.yml",
                    "services:\n  ui:\n    image: me/ui\n    build: {context: ./ui, args: {BASE: 'alpine:3.7'}}\n"
                    "  post: {build: ./post-py}\n  comment: {build: ./comment}\n  post_db: {image: mongo}\n",
                ),
                write("src/post-py/docker_build.sh", "#!/bin/bash\ndocker build --build-arg TAG=3.6 -t me/post .\n"),
            ],
        ),
        *(
            Sample(
                "fails",
                f"a base that is none: {base}",
                [replace(COMMENT, "FROM ruby:2.2", f"{arg}FROM {base}")],
                says=says,
                file=COMMENT,
                line="FROM",
                findings=1,
            )
            for arg, base, says in (
                ("ARG BASE\n", "$BASE", "$BASE is empty | give it a value above the first FROM: ARG BASE=…"),
                ("", "${BASE}", "${BASE} is empty"),
                ("ARG TAG\n", "ruby:$TAG", "ruby:$TAG is ruby:, which is no name of an image"),
                ("ARG BASE=Ruby:2.2\n", "$BASE", "$BASE is Ruby:2.2, which is no name of an image"),
            )
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
