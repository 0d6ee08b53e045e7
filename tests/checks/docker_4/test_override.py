"""docker-4/override."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, ENV, OVERRIDE, needs_compose

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
        Sample("fails", "nothing in it", [write(OVERRIDE, "")], file=OVERRIDE, says="the file is empty"),
        Sample("fails", "a list", [write(OVERRIDE, "- ui\n- post\n")], file=OVERRIDE, says="it is no mapping"),
        Sample(
            "unusual",
            "an example that the README says to copy, and the copy is kept out",
            [
                remove(OVERRIDE),
                write(OVERRIDE + ".example", BASE[OVERRIDE]),
                write(".gitignore", "*.log\ndocker-compose.override.yml\n"),
                write("README.md", "Скопируйте `docker-compose.override.yml.example` в docker-compose.override.yml\n"),
            ],
        ),
        Sample(
            "fails",
            "an example that the README says to copy, and git would take the copy",
            [
                remove(OVERRIDE),
                write(OVERRIDE + ".example", BASE[OVERRIDE]),
                write("README.md", "cp docker-compose.override.yml.example docker-compose.override.yml\n"),
            ],
            file=OVERRIDE + ".example",
            says="keep the copy out by .gitignore",
        ),
        Sample(
            "fails",
            "an example, the copy is kept out, and the README is silent",
            [
                remove(OVERRIDE),
                write(OVERRIDE + ".example", BASE[OVERRIDE]),
                write("src/.gitignore", "docker-compose.override.yml\n"),
            ],
            file=OVERRIDE + ".example",
            says="say in the README where to copy it to",
        ),
        Sample(
            "unusual",
            "COMPOSE_FILE lists it",
            [replace(ENV, "UI_PORT", "COMPOSE_FILE=docker-compose.yml:docker-compose.override.yml\nUI_PORT")],
        ),
        Sample(
            "fails",
            "COMPOSE_FILE does not list it",
            [replace(ENV, "UI_PORT", "COMPOSE_FILE=docker-compose.yml\nUI_PORT")],
            file=OVERRIDE,
            says="COMPOSE_FILE",
        ),
        Sample(
            "fails",
            "only an example",
            [remove(OVERRIDE), write(OVERRIDE + ".example", BASE[OVERRIDE])],
            file=OVERRIDE + ".example",
            says="call it docker-compose.override.yml",
        ),
        Sample(
            "fails",
            "a misspelt name",
            [remove(OVERRIDE), write("src/docker-compose.overide.yml", BASE[OVERRIDE])],
            file="src/docker-compose.overide.yml",
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
