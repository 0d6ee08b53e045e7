"""docker-4/port-parameter."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests

from ._homework import BASE, COMPOSE, ENV, UI_PORT, needs_compose


def port(kind: str, title: str, entry: str, env: str = "", **expected: str) -> Sample:
    """The port of ui published by ``entry``, with ``env`` in the place of the example's UI_PORT."""
    edits = [replace(COMPOSE, UI_PORT, entry)]
    if env:
        edits.append(replace(ENV, "UI_PORT=9292\n", env))
    return Sample(kind, title, edits, **expected)


test_samples = sample_tests(
    "docker-4/port-parameter",
    BASE,
    [
        Sample("passes", "the plain homework"),
        port("unusual", "one variable for both sides", '      - "${UI_PORT}:${UI_PORT}"\n'),
        port("unusual", "two variables", "      - ${UI_PORT}:${PUMA_PORT}/tcp\n", "UI_PORT=80\nPUMA_PORT=9292\n"),
        port("unusual", "one variable with everything in it", "      - ${PORT}\n", "PORT=9292:9292/tcp\n"),
        port("unusual", "one variable that nobody defines", "      - ${PORT}\n", "X=1\n"),
        port("unusual", "without braces", '      - "$external_ui_port:9292"\n', "external_ui_port=9292\n"),
        port("unusual", "with a default", "      - ${UI_PORT:-9292}:9292\n", "X=1\n"),
        port("unusual", "on one address", "      - 127.0.0.1:${UI_PORT}:9292\n"),
        port("unusual", "the long form", "      - target: 9292\n        published: ${UI_PORT}\n"),
        # Compose cannot print this one uninterpolated: the file itself is read then.
        port(
            "unusual",
            "the long form, a variable in every part of it",
            "      - target: ${PUMA_PORT}\n        published: ${UI_PORT}\n        host_ip: ${HOST_IP}\n",
        ),
        port("unusual", "a placeholder in the example", UI_PORT, "UI_PORT=<your port>\n"),
        port("unusual", "a comment for a value in the example", UI_PORT, "UI_PORT= # where ui answers (host:ui)\n"),
        port(
            "fails",
            "a literal port",
            "      - 9292:9292/tcp\n",
            file=COMPOSE,
            line="9292:9292/tcp",
            says="9292:9292",
        ),
        port(
            "fails",
            "the long form, a variable in the container",
            "      - target: ${PUMA_PORT}\n        published: 9292\n",
            file=COMPOSE,
            line="published: 9292",
            says="9292:${PUMA_PORT}: only the port inside the container",
        ),
        port(
            "fails",
            "the variable is in the container",
            "      - 9292:${UI_PORT}/tcp\n",
            file=COMPOSE,
            line="9292:${UI_PORT}",
            says="only the port inside the container",
        ),
        port(
            "fails",
            "a variable that holds the container's port only",
            "      - ${UI_PORT}\n",
            file=COMPOSE,
            line="${UI_PORT}",
            says="only the port inside the container",
        ),
        port(
            "fails",
            "a variable address before a literal port",
            "      - ${IP}:9292:9292\n",
            "IP=127.0.0.1\n",
            file=COMPOSE,
            line="${IP}:9292",
            says="comes from a variable",
        ),
        Sample(
            "fails",
            "no port",
            [replace(COMPOSE, "    ports:\n" + UI_PORT, "")],
            file=COMPOSE,
            line="ui:",
            says="no port is published",
        ),
    ],
    skip=needs_compose,
)
