"""docker-4/override."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, OVERRIDE, needs_compose

test_samples = sample_tests(
    "docker-4/override",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "compose's newer names, mixed",
            [remove(OVERRIDE), write("src/compose.override.yaml", BASE[OVERRIDE])],
        ),
        Sample("unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
        Sample(
            "fails",
            "only an example",
            [remove(OVERRIDE), write(OVERRIDE + ".example", BASE[OVERRIDE])],
            file=OVERRIDE + ".example",
            says="call it docker-compose.override.yml",
        ),
        Sample(
            "fails",
            "put away",
            [remove(OVERRIDE), write("_notused/docker-compose.override.yml", BASE[OVERRIDE])],
            file="_notused/docker-compose.override.yml",
            says="put it beside src/docker-compose.yml",
        ),
        Sample(
            "fails",
            "it does not merge",
            [replace(OVERRIDE, "  ui:\n", "  ui:\n    networks: [nowhere]\n")],
            file=OVERRIDE,
            line="nowhere",
            says="undefined network nowhere",
        ),
    ],
    skip=needs_compose,
)
