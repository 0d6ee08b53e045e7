"""docker-4/user-parameter."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, sample_tests

from ._homework import BASE, COMPOSE, image, needs_compose

test_samples = sample_tests(
    "docker-4/user-parameter",
    BASE,
    [
        Sample("passes", "the plain homework"),
        image("unusual", "the whole image is one variable", "    image: ${UI_IMAGE}\n", "UI_IMAGE=me/ui:1\n"),
        image("unusual", "behind a registry", "    image: docker.io/${USERNAME}/ui:1\n"),
        image(
            "unusual",
            "a variable that is called like compose's own",
            "    image: ${COMPOSE_USERNAME}/ui:${COMPOSE_UI_VERSION}\n",
            "COMPOSE_USERNAME=me\nCOMPOSE_UI_VERSION=1.0\n",
        ),
        image("unusual", "a placeholder in the example", "    image: ${ME}/ui:1\n", "ME=<USERNAME>\n"),
        image(
            "unusual",
            "no image, which docker-4/version-parameters tells",
            "",
            verdict="unverified",
            says="see docker-4/version-parameters",
        ),
        image(
            "fails",
            "a literal user",
            "    image: somebody/ui:${UI_VERSION}\n",
            file=COMPOSE,
            line="somebody/ui",
            says="somebody/ui",
        ),
        image(
            "fails",
            "only the registry is a variable",
            "    image: ${REGISTRY}/me/ui:1\n",
            file=COMPOSE,
            line="/me/ui",
            says="comes from a variable",
        ),
        image(
            "fails",
            "no user",
            "    image: ui:${UI_VERSION}\n",
            file=COMPOSE,
            line="ui:${UI",
            says="without a user",
        ),
    ],
    skip=needs_compose,
)
