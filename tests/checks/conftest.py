"""Fixtures for the tests of checks that need a Docker Engine. They want the fixtures of docker hosts, see _labs.py."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.engine.owned.labels import SCOPE
from pytest_dockerlab.engine.owned.sweep import list_ours
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import Mismatch, collecting


@pytest.fixture
def run_lab(docker_host: DockerHost, run_id: str) -> Callable[..., tuple[list[str], dict[str, Any]]]:
    """Run a lab with this kind of :class:`Probes`; returns what it says, as text, and what it noted.

    Nothing of it is left afterwards. ``given`` are parameters of the lab beside its probes.
    """

    def run(lab: Callable[..., None], kind: type[Probes] = Probes, **given: object) -> tuple[list[str], dict[str, Any]]:
        with collecting() as collected, kind(docker_host, run_id, is_exclusive=True) as probes:
            assert probes.image  # tested now, not under a misbehaviour
            try:
                lab(probes, **given)
            except Mismatch as mismatch:
                collected.findings.append(mismatch.finding)
        assert list_ours(docker_host.client, label=f"{SCOPE}={probes.scope}") == []
        return [str(finding.expected) for finding in collected.findings], collected.evidence

    return run
