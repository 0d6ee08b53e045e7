"""docker-4/bridge-dns-lab on a real engine, and where a docker host would misbehave."""

from __future__ import annotations

import re
from ipaddress import ip_address

import pytest

from pytest_dockerlab.checks.docker_4.bridge_dns_lab import bridge_dns_lab
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.connections import Lookup
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

from .._labs import FIXTURES, answers_everything, planted_probe

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine


def kinds(texts: list[str]) -> list[str]:
    """The texts with what a name is in its place: ``alias`` for ``alias-0123456789ab``, and without addresses."""
    return [re.sub(r"\b[0-9.]{7,}$", "ADDRESS", re.sub(r"-[0-9a-f]{12}\b", "", each)) for each in texts]


@pytest.mark.sample("docker-4/bridge-dns-lab", "passes")
def test_a_docker_host_as_it_should_be(run_lab):
    findings, evidence = run_lab(bridge_dns_lab)
    assert findings == []
    assert kinds(list(evidence["names"])) == ["name", "alias"]


@pytest.mark.sample("docker-4/bridge-dns-lab", "unusual")
def test_a_resolver_with_one_answer_for_all(run_lab):
    """As some providers have: for what is not known, the address of a search page."""

    def lookup_all(probe, names):
        found = Probe.lookup_all(probe, names)
        return [each if each else Lookup(each.name, (ip_address("192.0.2.80"),), True) for each in found]

    findings, _evidence = run_lab(bridge_dns_lab, planted_probe(lookup_all=lookup_all))
    assert findings == []


@pytest.mark.sample("docker-4/bridge-dns-lab", "fails")
def test_a_resolver_that_knows_every_name(run_lab):
    findings, _evidence = run_lab(bridge_dns_lab, planted_probe(lookup_all=answers_everything))
    assert kinds(findings) == [f"{kind} does not resolve before it is given" for kind in ("name", "alias")]


@pytest.mark.sample("docker-4/bridge-dns-lab", "fails")
def test_a_name_that_is_lost(run_lab):
    class Nameless(Probes):
        def start(self, **options):
            options.pop("name", None)
            return super().start(**options)

    findings, _evidence = run_lab(bridge_dns_lab, Nameless)
    assert kinds(findings) == ["name resolves to ADDRESS"]


def test_a_name_server_that_knows_nobody_proves_nothing(run_lab):
    """No positive control: our own trouble, not a pass, and not a failure."""

    def knows_nobody(_probe, names):
        return [Lookup(name, (), True) for name in names]

    with pytest.raises(ProbeError, match="does not know a probe's own alias"):
        run_lab(bridge_dns_lab, planted_probe(lookup_all=knows_nobody))
