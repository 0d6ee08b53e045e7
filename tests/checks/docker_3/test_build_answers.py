"""docker-3/build-answers."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, sample_tests, write

from ._homework import BASE, README

test_samples = sample_tests(
    "docker-3/build-answers",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "in Russian, the question as a heading",
            [
                write(
                    README,
                    "### С какого шага собирается ui во второй раз?\n\n"
                    "Сначала: в FROM теперь другой образ, и кэш прежних слоёв к нему не подходит\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "in Russian, of layers, the reason on the next line",
            [write(README, "Сборка ui пошла не с первых слоёв:\nони взяты из кэша, comment собирался раньше.\n")],
        ),
        Sample(
            "fails",
            "a number without a reason",
            [write(README, "The build started at step 5.\n")],
            says="nothing about it",
            file=README,
        ),
        Sample(
            "fails",
            "only what the build printed",
            [
                write(
                    README,
                    "```\nStep 1/13 : FROM ruby:2.2\n ---> Using cache\nStep 2/13 : RUN x\n ---> Using cache\n```\n",
                )
            ],
            says="nothing about it",
            file=README,
        ),
    ],
)
