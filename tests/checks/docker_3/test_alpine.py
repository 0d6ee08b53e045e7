"""docker-3/alpine."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, UI

_WITH_GEMS = BASE | {"src/ui/Gemfile": "gem 'sinatra'\n"}

test_samples = sample_tests(
    "docker-3/alpine",
    _WITH_GEMS,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a variant that keeps everything, beside another system",
            [
                write("src/ui/Dockerfile.2", "FROM alpine\nRUN apk add ruby-dev build-base\nRUN bundle install\n"),
                write(UI, "FROM ubuntu:16.04\n"),
            ],
        ),
        Sample(
            "unusual",
            "Ruby and the gems come from a build stage",
            [write(UI, "FROM ruby:2.4-alpine AS b\nRUN bundle install\nFROM alpine:3.7\nCOPY --from=b /usr /usr\n")],
        ),
        Sample(
            "unusual", "an image of somebody's that has it all", [write(UI, "FROM me/ruby:2.4-alpine\nCOPY . /app\n")]
        ),
        Sample(
            "unusual",
            "the packages are variables, the gems a script's",
            [write(UI, "FROM alpine\nRUN apk add $DEPS\nCOPY . /app\nRUN /app/install.sh\n")],
        ),
        Sample(
            "unusual",
            "no Alpine",
            [write(UI, "FROM ruby:2.2\n")],
            says="no Dockerfile of ui is based on Alpine",
            verdict="not attempted",
        ),
        Sample(
            "fails",
            "no Ruby",
            [write(UI, 'FROM alpine:3.7\nCOPY . /app\nCMD ["puma"]\n')],
            says="no apk add installs it for good",
            file=UI,
            line="FROM alpine",
            findings=2,
        ),
        Sample(
            "fails",
            "Ruby goes with the group that only the build needs",
            [
                replace(UI, "RUN apk add --no-cache ruby ruby-json \\\n && apk", "RUN apk"),
                replace(UI, "build-base ruby-dev", "build-base ruby ruby-dev"),
            ],
            says="outside of the group",
            file=UI,
            line="FROM alpine",
            findings=1,
        ),
        Sample("unusual", "bundle by the beginning of its command", [replace(UI, "bundle install", "bundle instal")]),
        Sample(
            "fails",
            "another command of bundle",
            [replace(UI, "bundle install", "bundle info")],
            says="no RUN calls bundle install",
        ),
        Sample(
            "fails",
            "no gems",
            [replace(UI, " && bundle install \\\n", "")],
            says="no RUN calls bundle install",
            file=UI,
            findings=1,
        ),
    ],
)
