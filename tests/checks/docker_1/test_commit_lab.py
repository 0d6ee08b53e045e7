"""docker-1/commit-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_1.commit_lab import commit_lab
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

ONE_LAYER_MORE = "the committed image is the base's layers and one more"
SEEN = "a container of the committed image sees the file"


@pytest.mark.sample("docker-1/commit-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(commit_lab)
    assert findings == []
    assert evidence["layers of the committed image"] == evidence["layers of the base image"] + 1


@pytest.mark.sample("docker-1/commit-lab", "unusual")
def test_a_container_that_writes_more_than_it_was_told(run_lab):
    class Busy(Probes):
        def start(self, **options):
            *shell, script = options["command"]
            return super().start(**{**options, "command": [*shell, f"mkdir -p /more && date > /more/now; {script}"]})

    findings, evidence = run_lab(commit_lab, Busy)
    assert findings == []
    assert "A /more/now" in evidence["diff"]


@pytest.mark.sample("docker-1/commit-lab", "fails")
def test_commit_that_forgets_what_was_written(run_lab):
    class Forgetful(Probes):
        def commit(self, probe):
            return super().commit(self.start(network="none"))

    findings, _evidence = run_lab(commit_lab, Forgetful)
    assert findings == [ONE_LAYER_MORE, SEEN]


@pytest.mark.sample("docker-1/commit-lab", "fails")
def test_a_base_that_changes_too(run_lab):
    class Leaky(Probes):
        written = None

        def commit(self, probe):
            self.written = super().commit(probe)
            return self.written

        def start(self, **options):
            return super().start(**{**options, "image": self.written or self.image})

    findings, _evidence = run_lab(commit_lab, Leaky)
    assert findings == ["a container of the base image does not"]


@pytest.mark.sample("docker-1/commit-lab", "fails")
def test_diff_and_layers_that_lie(run_lab):
    class Flat(planted_probe(changes=lambda _probe: [])):
        def inspect_image(self, image):
            return {**super().inspect_image(image), "RootFS": {"Layers": ["one"]}}

    findings, _evidence = run_lab(commit_lab, Flat)
    assert findings == ["diff shows the file that the container added", ONE_LAYER_MORE]
