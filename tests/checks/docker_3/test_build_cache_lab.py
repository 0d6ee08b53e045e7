"""docker-3/build-cache-lab on a real engine, and where its builder would misbehave."""

from __future__ import annotations

import random

import pytest

from pytest_dockerlab.checks.docker_3.build_cache_lab import build_cache_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


def as_cached(built, id):
    """What the builder says, as if it had taken every step from its cache."""
    return type(built)(id, tuple(type(step)(step.instruction, True) for step in built.steps))


@pytest.mark.sample("docker-3/build-cache-lab", "passes")
def test_a_builder_as_it_should_be(run_lab):
    findings, evidence = run_lab(build_cache_lab)
    assert findings == []
    assert evidence["steps of the first build"] == ["RUN", "COPY", "RUN"]
    assert evidence["steps of a rebuild without changes"] == []
    assert evidence["steps after a changed COPY"] == ["COPY", "RUN"]
    assert evidence["steps after a changed FROM"] == ["RUN", "COPY", "RUN"]


@pytest.mark.sample("docker-3/build-cache-lab", "unusual")
def test_a_probe_image_of_the_users_own_with_more_layers(run_lab):
    class Taller(Probes):
        taller = None

        @property
        def image(self):
            base = super().image
            if self.taller is None:
                self.taller = self.build(f"FROM {base}\nRUN echo more > /more\nENV MORE=1\n").id
            return self.taller

    findings, evidence = run_lab(build_cache_lab, Taller)
    assert findings == []
    assert evidence["layers shared by two images of one FROM"] == 2


@pytest.mark.sample("docker-3/build-cache-lab", "fails")
def test_a_builder_without_a_cache(run_lab):
    class Forgetful(Probes):
        def build(self, dockerfile, files=()):
            fresh = f"{dockerfile.partition(chr(10))[0]}\nENV x={random.random()}\n"
            built = super().build(fresh + dockerfile.partition("\n")[2], files)
            return type(built)(built.id, built.steps[1:])

    findings, _evidence = run_lab(build_cache_lab, Forgetful)
    assert findings == ["an unchanged rebuild runs nothing", "a changed COPY runs again, and what comes after it"]


@pytest.mark.sample("docker-3/build-cache-lab", "fails")
def test_a_builder_that_does_not_look(run_lab):
    class Lazy(Probes):
        first = None

        def build(self, dockerfile, files=()):
            built = super().build(dockerfile, files)
            self.first = self.first or built
            return built if "RUN" not in dockerfile or self.first is built else as_cached(built, self.first.id)

    findings, _evidence = run_lab(build_cache_lab, Lazy)
    assert findings == ["a changed COPY runs again, and what comes after it", "a changed FROM runs every step again"]


@pytest.mark.sample("docker-3/build-cache-lab", "fails")
def test_images_that_share_nothing(run_lab):
    class Apart(Probes):
        def inspect_image(self, image):
            found = super().inspect_image(image)
            return {**found, "RootFS": {"Layers": [f"{image} {layer}" for layer in found["RootFS"]["Layers"]]}}

    findings, _evidence = run_lab(build_cache_lab, Apart)
    assert findings == ["two images of one FROM share its layers"]


def test_a_first_build_that_was_made_before_proves_nothing(run_lab):
    class Known(Probes):
        def build(self, dockerfile, files=()):
            built = super().build(dockerfile, files)
            return as_cached(built, built.id)

    with pytest.raises(ProbeError, match="a first build found a cache"):
        run_lab(build_cache_lab, Known)
