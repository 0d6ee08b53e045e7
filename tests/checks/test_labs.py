"""What is so of every lab that needs an engine."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.homework import Kind, Need, Tier

from ._labs import FIXTURES

pytest_plugins = FIXTURES
pytestmark = pytest.mark.engine

LABS = [each for each in load().items.values() if each.kind is Kind.LAB and each.tier is Tier.ENGINE]


@pytest.mark.parametrize("item", LABS, ids=lambda item: item.id)
def test_every_lab_is_declared_as_one(item):
    assert not item.is_planned
    assert item.needs == (Need.ENGINE,)
    assert item.name.replace("-", "_") == item.function.__name__
    assert len(item.title) <= 80


def test_an_engine_without_linux_containers_is_unverified(docker_host, run_id, monkeypatch):
    windows = replace(docker_host.facts, os_type="windows")
    monkeypatch.setattr(type(docker_host), "facts", property(lambda _host: windows))
    with pytest.raises(Unverified), Probes(docker_host, run_id):
        pass
