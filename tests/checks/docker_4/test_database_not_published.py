"""docker-4/database-not-published."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, OVERRIDE, needs_compose

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
        Sample(
            "fails",
            "published by the override, which compose merges",
            [replace(OVERRIDE, "services:\n", "services:\n  post_db:\n    ports: ['${DB_PORT}:27017']\n")],
            file=OVERRIDE,
            line="ports:",
            says="${DB_PORT}:27017",
            findings=1,
        ),
        Sample(
            "unusual",
            "published by an override that is put away",
            [
                remove(OVERRIDE),
                write(OVERRIDE + ".old", "services:\n  post_db:\n    ports: ['27017:27017']\n  ui: {}\n"),
            ],
        ),
        Sample(
            "unusual",
            "the override does not merge, which is another item's matter",
            [replace(OVERRIDE, "  ui:\n", "  ui:\n    networks: [nowhere]\n")],
        ),
    ],
    skip=needs_compose,
)
