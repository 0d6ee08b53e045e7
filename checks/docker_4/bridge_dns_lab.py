"""The item docker-4/bridge-dns-lab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.engine.probe_answers import Address
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-4/bridge-dns-lab",
    "names and aliases resolve on a bridge network once given",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def bridge_dns_lab(probes: Probes) -> None:
    """A resolver that answers every name (some providers' do) must not pass: what counts is the peer's address."""
    network = probes.network()
    own, name, alias = (f"{kind}-{secrets.token_hex(6)}" for kind in ("asker", "name", "alias"))
    asker = probes.start(network=network, aliases=[own])
    control, *before = asker.lookup_all([own, name, alias])
    if asker.address(network) not in _texts(control.addresses):
        raise ProbeError("the engine's name server does not know a probe's own alias", host=probes.host.address)
    peer = probes.start(network=network, name=name, aliases=[alias])
    address = peer.address(network)
    after = asker.lookup_all([name, alias])
    note("names", {found.name: _texts(found.addresses) for found in after})
    for earlier, later in zip(before, after, strict=True):
        expect(
            address not in _texts(earlier.addresses),
            _("{name} does not resolve before it is given", name=later.name),
            found=_texts(earlier.addresses),
        )
        expect(
            address in _texts(later.addresses),
            _("{name} resolves to {address}", name=later.name, address=address),
            found=_texts(later.addresses) or _("no such name"),
            hint=_("use a user-defined network: docker network create"),
        )


def _texts(addresses: Sequence[Address]) -> list[str]:
    return [str(address) for address in addresses]
