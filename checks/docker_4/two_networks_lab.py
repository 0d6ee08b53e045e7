"""The item docker-4/two-networks-lab."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._labs import _LIMIT, _PATIENCE, _PORT
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

_TRIES = 5
"""How often what should not be reached is tried: while somebody makes a network, the engine's isolation has a gap of
some milliseconds (see ``engine/matrix.py``). What is reached every time is no gap."""


@check(
    "docker-4/two-networks-lab",
    "containers of two networks reach each other only once connected",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def two_networks_lab(probes: Probes) -> None:
    """By address: a name that does not resolve says nothing about what can be reached."""
    front, back = probes.network(), probes.network()
    client, server, neighbour = probes.start_all(
        {"network": front}, {"network": back, "listen": [_PORT]}, {"network": back}
    )
    target = neighbour.control(server, _PORT, back)
    for _attempt in range(_TRIES):
        reach = client.reach(target, _PORT, timeout=_LIMIT)
        if not reach.answered_by(server.token):
            break
    note("from the other network", str(reach))
    expect(
        not reach.answered_by(server.token),
        _("a container of one network does not reach one of another"),
        found=_("{address} answers", address=target),
    )
    client.connect(back)
    reach = client.reach(target, _PORT, patience=_PATIENCE)
    note("connected to both", str(reach))
    expect(reach.answered_by(server.token), _("connected to both networks it does"), found=str(reach))
