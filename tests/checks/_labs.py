"""What the tests of labs share: docker hosts that misbehave, as probes that do something else than they are told."""

from __future__ import annotations

from ipaddress import ip_address

from pytest_dockerlab.engine.probes.connections import Lookup
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.starting import Probes

__all__ = ["FIXTURES", "Deaf", "answers_everything", "planted", "planted_probe"]

FIXTURES = [f"pytest_dockerlab.fixtures.{name}" for name in ("run_settings", "docker_hosts", "probes")]
"""The ``pytest_plugins`` of a module with such tests."""


def planted(**changes: tuple[object, object]) -> type[Probes]:
    """Probes whose ``start`` is told something else where the lab says ``from``: ``network=("none", "host")``."""

    class Planted(Probes):
        def start(self, **options):
            for key, (told, done) in changes.items():
                if options.get(key) == told:
                    options[key] = done
            return super().start(**options)

    return Planted


def planted_probe(**methods: object) -> type[Probes]:
    """Probes whose probes have these methods instead."""

    class Planted(Probes):
        probe_type = type("PlantedProbe", (Probe,), methods)

    return Planted


def answers_everything(probe: Probe, names: list[str]) -> list[Lookup]:
    """A resolver that knows every name: with the address that every peer gets, and the asker's own."""
    subnet_peers = [ip_address(f"{probe.address().rpartition('.')[0]}.{number}") for number in range(256)]
    return [Lookup(name, tuple(subnet_peers), True) for name in names]


class Deaf(planted_probe(control=lambda *told: Probe.control(*told, patience=1))):
    """No server listens, so there is no positive control: an error, not a pass, and not a failure."""

    def start(self, **options):
        options.pop("listen", None)
        return super().start(**options)
