"""The item docker-4/two-networks-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes

_PORT = 8000
_TRIES = 5
"""How often what should not be reached is tried: while somebody makes a network, the engine's isolation has a gap of
some milliseconds (see ``engine/probes/matrix.py``). What is reached every time is no gap."""


@check(
    "docker-4/two-networks-lab",
    "containers of two networks reach each other only once connected",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def two_networks_lab(probes: Probes, patience: int = 10) -> None:
    """By address: a name that does not resolve says nothing about what can be reached.

    Once connected, it is reached within ``patience`` seconds.
    """
    front, back = probes.network(), probes.network()
    client, server, neighbour = probes.start_all(
        {"network": front}, {"network": back, "listen": [_PORT]}, {"network": back}
    )
    target = neighbour.control(server, _PORT, back)
    for _attempt in range(_TRIES):
        reach = client.reach(target, _PORT, timeout=1)  # seconds: the neighbour's took milliseconds
        if not reach.answered_by(server.token):
            break
    note("from the other network", reach.said)
    expect(
        not reach.answered_by(server.token),
        _("a container of one network cannot reach a container of another"),
        found=_("{address} answers", address=target),
    )
    client.connect(back)
    reach = client.reach(target, _PORT, patience=patience)
    note("connected to both", reach.said)
    expect(reach.answered_by(server.token), _("a container connected to both networks reaches it"), found=reach.said)
