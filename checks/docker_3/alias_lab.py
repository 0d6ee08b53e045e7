"""The item docker-3/alias-lab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes

_PORT = 8000


@check(
    "docker-3/alias-lab",
    "a name or alias resolves only once it is given",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def alias_lab(probes: Probes, patience: int = 10) -> None:
    """On a user-defined network, where there is a name server; and on the default bridge, where there is none.

    A name that was given leads to its container within ``patience`` seconds.
    """
    network = probes.network()
    own, name, first, second = (f"{kind}-{secrets.token_hex(6)}" for kind in ("asker", "name", "alias", "alias"))
    asker = probes.start(network=network, aliases=[own])
    control, *before = asker.lookup_all([own, name, first, second])
    if asker.address(network) not in [str(found) for found in control.addresses]:
        raise ProbeError("the engine's name server does not know a probe's own alias", host=probes.host.address)
    peer, stranger = probes.start_all(
        {"network": network, "name": name, "aliases": [first, second], "listen": [_PORT]}, {"network": "bridge"}
    )
    address = peer.address(network)
    for found in before:
        addresses = [str(each) for each in found.addresses]
        expect(
            address not in addresses, _("{name} does not resolve before it is given", name=found.name), found=addresses
        )
    reaches = asker.reach_all([(each, _PORT) for each in (name, first, second)], patience=patience)
    for each, reach in zip((name, first, second), reaches, strict=True):
        note(each, reach.said)
        expect(reach.answered_by(peer.token), _("{name} leads to its container", name=each), found=reach.said)
    peer.connect("bridge")
    address = stranger.control(peer, _PORT, "bridge")
    for found in stranger.lookup_all([name, first, second]):
        addresses = [str(each) for each in found.addresses]
        expect(
            address not in addresses and peer.address(network) not in addresses,
            _("{name} does not resolve on the default bridge", name=found.name),
            found=addresses,
        )
