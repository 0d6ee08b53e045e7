"""docker-2/pid-answer."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, sample_tests, write

from ._homework import BASE, README

test_samples = sample_tests(
    "docker-2/pid-answer",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "in Russian, the command in a block, the option with an equals sign",
            [
                write(
                    README,
                    "```\ndocker run --rm -ti tehbilly/htop\ndocker run --rm --pid=host -ti tehbilly/htop\n```\n"
                    "В первом случае виден только один процесс, во втором все процессы хоста.\n",
                )
            ],
        ),
        Sample(
            "fails",
            "only that it works",
            [write(README, "I ran htop with `--pid host` and it works.\n")],
            file=README,
            says="which processes a container sees",
        ),
        Sample(
            "fails",
            "commands alone, their own words are no answer",
            [
                write(
                    README,
                    "```\ndocker run -ti htop\ndocker run --pid host -ti htop\ndocker-machine ssh docker-host\n```\n",
                )
            ],
            file=README,
            line="docker run --pid host",
            says="--pid host is mentioned, but not which processes are visible",
            findings=1,
        ),
        Sample(
            "fails",
            "that it was compared, but not what came of it",
            [write(README, "# Homework\n\nDone: htop looked at twice, `htop` and `--pid host htop`.\n")],
            file=README,
            line="looked at twice",
            says="--pid host is mentioned, but not which processes are visible",
        ),
        Sample(
            "fails",
            "not a word of it",
            [write(README, "# Homework\n\nThe monolith runs in a container.\n")],
            file=README,
            says="no such comparison in README.md",
        ),
        Sample("fails", "no README", [remove(README)], says="no README"),
    ],
)
