"""docker-3/volume."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, README

_V = " -v reddit_db:/data/db"

test_samples = sample_tests(
    "docker-3/volume",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "--mount", [replace(README, _V, " --mount type=volume,source=reddit_db,target=/data/db/")]),
        Sample(
            "unusual",
            "in a Makefile, with its variables, options of the volume and an image of one's own",
            [
                replace(README, _V, ""),
                write(
                    "Makefile",
                    "VOLUME ?= reddit_db\nrun:\n\t@docker run -d \\\n\t  -v $(VOLUME):/data/db:rw $(USER)/store\n",
                ),
            ],
        ),
        Sample(
            "fails",
            "an anonymous one",
            [replace(README, _V, " -v /data/db")],
            says="-v reddit_db:/data/db",
            file=README,
            line="-v /data/db",
            findings=1,
        ),
        Sample(
            "fails",
            "a bind mount",
            [replace(README, _V, " -v $PWD/data:/data/db")],
            says="a volume with a name",
            file=README,
            line="$PWD/data",
        ),
        Sample(
            "fails",
            "the folder above",
            [replace(README, _V, " -v reddit_db:/data")],
            says="a volume with a name",
            file=README,
            line="reddit_db:/data",
        ),
        Sample(
            "fails",
            "no line at all",
            [write(README, "# Homework\n\nI used a docker volume.\n")],
            says="a docker run line mounts a named volume where the database keeps its data | no docker run",
        ),
        Sample(
            "fails",
            "another container mounts it",
            [
                replace(README, _V, ""),
                write("run.sh", "#!/bin/sh\ndocker run -d -v reddit_db:/data/db me/ui:1.0\n"),
            ],
            says="a docker run line mounts a named volume",
            file=README,
            line="--network-alias=post_db",
            findings=1,
        ),
        Sample(
            "fails",
            "the line of the database mounts nothing",
            [replace(README, _V, "")],
            says="a docker run line mounts a named volume",
            file=README,
            line="--network-alias=post_db",
            findings=1,
        ),
    ],
)
