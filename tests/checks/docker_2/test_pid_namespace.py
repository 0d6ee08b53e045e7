"""docker-2/pid-namespace on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_dockerlab.checks.docker_2.pid_namespace import pid_namespace
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


@pytest.mark.sample("docker-2/pid-namespace", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(pid_namespace)
    assert findings == []
    assert evidence["processes a container sees"] < 5
    assert any(line.startswith("NSpid:") for line in evidence["the same process on the docker host"])


@pytest.mark.sample("docker-2/pid-namespace", "unusual")
def test_a_kernel_that_does_not_say_the_number_in_each_namespace(run_lab):
    """Linux before 4.1."""

    def run(probe, command):
        executed = Probe.exec(probe, command)
        lines = [line for line in executed.stdout.splitlines(keepends=True) if not line.startswith("NSpid:")]
        return replace(executed, stdout="".join(lines))

    findings, evidence = run_lab(pid_namespace, planted_probe(exec=run))
    assert findings == []
    assert evidence["the same process on the docker host"]


@pytest.mark.sample("docker-2/pid-namespace", "fails")
def test_a_container_that_sees_all_processes(run_lab):
    class Nosy(Probes):
        def start(self, **options):
            return super().start(**{**options, "pid_mode": "host"})

    findings, _evidence = run_lab(pid_namespace, Nosy)
    assert findings[:2] == [
        "process 1 of a container is its own command",
        "a container sees only its own processes",
    ]
    [numbers] = findings[2:]
    assert numbers.startswith("it is process ")
    assert numbers.endswith(" there and 1 in its container")


@pytest.mark.sample("docker-2/pid-namespace", "fails")
def test_a_pid_host_probe_that_is_not(run_lab):
    class Blind(Probes):
        def start(self, **options):
            options.pop("pid_mode", None)
            return super().start(**options)

    [finding], _evidence = run_lab(pid_namespace, Blind)
    assert finding.startswith("with --pid host, process ")
    assert finding.endswith(" of another container is visible")


def test_a_probe_without_a_process_is_our_own_trouble(run_lab):
    with pytest.raises(ProbeError, match="reports no process of a running probe"):
        run_lab(pid_namespace, planted_probe(pid=0))
