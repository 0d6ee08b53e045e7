"""docker-3/volume-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_3.volume_lab import volume_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


def commanded(change) -> type[Probes]:
    """Probes whose scripts are changed."""

    class Changed(Probes):
        def start(self, **options):
            *shell, script = options["command"]
            return super().start(**{**options, "command": [*shell, change(script)]})

    return Changed


@pytest.mark.sample("docker-3/volume-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(volume_lab)
    assert findings == []
    [found] = evidence.values()
    assert "end" in found
    assert any("/lost" in line for line in found)  # there is no such file


@pytest.mark.sample("docker-3/volume-lab", "unusual")
def test_a_volume_in_which_something_is_already(run_lab):
    """As on a file system of its own, which has a lost+found."""
    findings, _evidence = run_lab(volume_lab, commanded(lambda script: f"mkdir -p /data/lost+found; {script}"))
    assert findings == []


@pytest.mark.sample("docker-3/volume-lab", "fails")
def test_a_volume_that_is_lost(run_lab):
    class Lossy(Probes):
        def start(self, **options):
            return super().start(**{**options, "volumes": {self.volume(): "/data"}})

    findings, _evidence = run_lab(volume_lab, Lossy)
    assert findings == ["a file in the named volume is still there after its container is removed"]


@pytest.mark.sample("docker-3/volume-lab", "fails")
def test_a_container_that_is_not_new(run_lab):
    kept = []

    class Same(planted_probe(remove=lambda probe: kept.append(probe))):
        def start(self, **options):
            if kept:
                options["image"] = self.commit(kept[0])
            return super().start(**options)

    findings, _evidence = run_lab(volume_lab, Same)
    assert findings == ["a file outside the volume is gone"]


@pytest.mark.parametrize(
    ("script", "says"), [("exit 1", "a probe could not write"), ("true", "a probe broke off")], ids=["write", "read"]
)
def test_a_probe_that_does_not_do_its_part_proves_nothing(run_lab, script, says):
    with pytest.raises(ProbeError, match=says):
        run_lab(volume_lab, commanded(lambda _script: script))
