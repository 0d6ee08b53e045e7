"""docker-3/apt-lists."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import APT, BASE, COMMENT, POST, UI

test_samples = sample_tests(
    "docker-3/apt-lists",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "cache mounts",
            [
                replace(
                    COMMENT,
                    APT,
                    "RUN --mount=type=cache,target=/var/lib/apt --mount=type=cache,target=/var/cache/apt "
                    "apt-get update && apt-get -y install --no-install-recommends gcc\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "sh -c, apt for apt-get, braces, and no glob at the end",
            [replace(COMMENT, APT, 'RUN sh -ec "apt update; apt install -y gcc; rm -r /var/lib/{apt,dpkg}/lists"\n')],
        ),
        Sample(
            "unusual",
            "a heredoc with find",
            [
                replace(
                    COMMENT,
                    APT,
                    "RUN <<EOF\napt-get update\napt-get install -y gcc\nfind /var/lib/apt/lists -type f -delete\nEOF\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "a build stage may keep them",
            [
                replace(
                    COMMENT,
                    "FROM ruby:2.2\n",
                    "FROM ruby:2.2 AS build\nRUN apt-get update && apt-get install -y gcc\nFROM ruby:2.2\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "comments and empty lines within the RUN, words that only look like apt",
            [replace(COMMENT, " && rm -rf", " # the lists\n\n && echo apt-get install && rm -rf")],
        ),
        Sample(
            "unusual",
            "without any Dockerfile there is nothing to say",
            [remove(UI), remove(POST), remove(COMMENT)],
            says="there are no Dockerfiles",
            verdict="unverified",
        ),
        Sample(
            "unusual",
            "a variant that was a step on the way",
            [write("src/ui/Dockerfile.1", "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y ruby\n")],
        ),
        Sample(
            "fails",
            "a variant that the README builds",
            [
                write("src/ui/Dockerfile.2", "FROM ubuntu:16.04\nRUN apt-get update && apt-get install -y ruby\n"),
                write("src/README.md", "```\ndocker build -t me/ui:2.0 -f ui/Dockerfile.2 ./ui\n```\n"),
            ],
            says="also removes /var/lib/apt/lists",
            file="src/ui/Dockerfile.2",
            findings=1,
        ),
        Sample(
            "fails",
            "removed only where the installation fails",
            [replace(COMMENT, " && rm -rf /var", " || rm -rf /var")],
            says="also removes /var/lib/apt/lists",
            file=COMMENT,
            line="apt-get install -y",
            findings=1,
        ),
        Sample(
            "fails",
            "a later RUN removes them",
            [replace(COMMENT, " \\\n && rm -rf /var", "\nRUN rm -rf /var")],
            says="also removes /var/lib/apt/lists",
            file=COMMENT,
            line="apt-get install -y",
            findings=1,
        ),
        Sample(
            "fails",
            "apt-get clean removes the packages, not the lists",
            [replace(COMMENT, "rm -rf /var/lib/apt/lists/*", "apt-get clean")],
            says="rm -rf /var/lib/apt/lists/*",
            file=COMMENT,
        ),
        Sample(
            "fails",
            "an update after the removal",
            [replace(COMMENT, "lists/*\n", "lists/* && apt-get -qq update\n")],
            says="remove them last",
            file=COMMENT,
        ),
        Sample(
            "fails",
            "a variant that a script builds, by sudo",
            [
                write("src/ui/Dockerfile_ubuntu", "FROM ubuntu:16.04\nRUN sudo -E apt-get -y install ruby\n"),
                write("src/ui/docker_build.sh", "#!/bin/sh\ndocker build -t me/ui -f Dockerfile_ubuntu .\n"),
            ],
            says="apt-get -y install ruby",
            file="src/ui/Dockerfile_ubuntu",
            line="apt-get -y install ruby",
        ),
    ],
)
