"""docker-4/version-parameters."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, sample_tests

from ._homework import BASE, COMPOSE, UI, image, needs_compose

test_samples = sample_tests(
    "docker-4/version-parameters",
    BASE,
    [
        Sample("passes", "the plain homework"),
        image(
            "unusual",
            "the whole image is one variable",
            "    image: ${UI_IMAGE}\n",
            "UI_IMAGE=me/ui:1\n",
        ),
        image("unusual", "name and tag are one variable", "    image: me/${UI}\n", "UI=ui:2.0\n"),
        image("unusual", "with a default", "    image: me/ui:${VERSION_UI:-1.0}\n"),
        image("unusual", "without braces", "    image: me/ui:$UI_VERSION\n"),
        image("unusual", "a digest", "    image: me/ui@${UI_DIGEST}\n", f"UI_DIGEST=sha256:{'0' * 64}\n"),
        image("unusual", "an empty value in the example", UI, "UI_VERSION=\n"),
        image("unusual", "a registry with a port", "    image: localhost:5000/me/ui:${UI_VERSION}\n"),
        image(
            "fails",
            "a literal tag",
            "    image: ${USERNAME}/ui:1.0\n",
            file=COMPOSE,
            line="ui:1.0",
            says="${USERNAME}/ui:1.0",
        ),
        image(
            "fails",
            "a name with a hyphen is a text",
            "    image: ${USERNAME}/ui:${UI-VERSION}\n",
            file=COMPOSE,
            line="${UI-VERSION}",
            says="reads ${UI-VERSION} as the variable UI, or else the text VERSION",
        ),
        image("unusual", "a hyphen before a default", "    image: me/ui:${UI-1.0}\n"),
        image("unusual", "a default in capitals", "    image: me/ui:${UI-LATEST}\n", "UI=1.0\n"),
        image(
            "fails",
            "no tag",
            "    image: ${USERNAME}/ui\n",
            file=COMPOSE,
            line="/ui",
            says="without a tag",
        ),
        image(
            "fails",
            "no image",
            "",
            file=COMPOSE,
            line="ui:",
            says="no image:",
        ),
    ],
    skip=needs_compose,
)
