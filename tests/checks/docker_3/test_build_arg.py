"""docker-3/build-arg."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests

from ._homework import BASE, COMMENT, POST, UI

test_samples = sample_tests(
    "docker-3/build-arg",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "ENV that the program reads, that the command reads, that is left to another shell, that ruby reads itself",
            [
                replace(
                    UI,
                    "ARG APP_HOME=/app",
                    "ENV POST_SERVICE_HOST=post\nENV APP_HOME=/app GEM_HOME=/gems LATER=1 WORKERS=2",
                ),
                replace(
                    UI,
                    "CMD",
                    "RUN echo $POST_SERVICE_HOST $GEM_HOME $LATER $WORKERS && echo 'exec $LATER' > /run\nENTRYPOINT",
                ),
                replace(UI, '["puma"]', "cd $APP_HOME && puma -w $WORKERS"),
            ],
        ),
        Sample(
            "unusual",
            "a build stage's ENV is not in the image",
            [
                replace(
                    POST,
                    "FROM python:3.6.0-alpine\n",
                    "FROM alpine:3.7 AS b\nENV D=/d\nWORKDIR $D\nFROM python:3.6.0-alpine\n",
                )
            ],
        ),
        Sample(
            "fails",
            "the folder of the application",
            [replace(UI, "ARG APP_HOME=/app", "ENV APP_HOME /app")],
            says="ENV APP_HOME=/app, which only the build reads, on line 3, 4",
            file=UI,
            line="ENV APP_HOME",
            findings=1,
        ),
        Sample(
            "fails",
            "packages, called like what puma reads",
            [replace(COMMENT, "RUN apt-get update", "ENV PUMA_PACKAGE=puma\nRUN echo $PUMA_PACKAGE && apt-get update")],
            says="PUMA_PACKAGE=puma",
            file=COMMENT,
            line="ENV PUMA_PACKAGE",
            findings=1,
        ),
        Sample(
            "fails",
            "what only apt reads",
            [replace(COMMENT, "RUN apt-get update", "ENV DEBIAN_FRONTEND=noninteractive\nRUN apt-get update")],
            says="DEBIAN_FRONTEND=noninteractive",
            file=COMMENT,
            line="DEBIAN_FRONTEND",
        ),
        Sample(
            "fails",
            "a stage that is made of the variable's own reads it",
            [
                replace(UI, "ARG APP_HOME=/app\n", "ENV APP_HOME=/app\nRUN mkdir $APP_HOME\nFROM 0\n"),
                replace(UI, "FROM alpine:3.7\n", "FROM alpine:3.7 AS base\n"),
                replace(UI, "FROM 0\n", "FROM base\n"),
            ],
            says="in every stage that reads it",
            file=UI,
            line="ENV APP_HOME",
            findings=1,
        ),
    ],
)
