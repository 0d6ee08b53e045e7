"""docker-4/database-not-published."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests

from ._homework import BASE, COMPOSE, needs_compose

test_samples = sample_tests(
    "docker-4/database-not-published",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "expose: only tells",
            [replace(COMPOSE, "    image: mongo", "    expose: ['27017']\n    image: mongo")],
        ),
        Sample(
            "fails",
            "published, by a variable",
            [replace(COMPOSE, "    image: mongo", "    ports:\n      - ${DB_PORT}:27017\n    image: mongo")],
            file=COMPOSE,
            line="ports:",
            says="${DB_PORT}:27017",
        ),
    ],
    skip=needs_compose,
)
