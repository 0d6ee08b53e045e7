"""The item docker-4/none-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes

_PORT = 8000


@check(
    "docker-4/none-lab",
    "a container on the none driver has nothing but loopback",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def none_lab(probes: Probes) -> None:
    """Other interfaces may exist (tunl0, sit0: where the kernel has them, in every namespace), but not be up."""
    network = probes.network()
    server, other, alone = probes.start_all(
        {"network": network, "listen": [_PORT]}, {"network": network}, {"network": "none"}
    )
    view = alone.view()
    for interface in view.interfaces:
        if interface.name != "lo":
            expect(not interface.is_up, _("no interface but lo is up"), found=interface.name)
            addresses = [str(address) for address in interface.addresses]
            expect(not addresses, _("no interface but lo has an address"), found=addresses)
    unassigned = [str(address) for address in view.unassigned]
    expect(not unassigned, _("no interface but lo has an address"), found=unassigned)
    expect(not view.routes, _("the routing table is empty"), found=[str(route.destination) for route in view.routes])
    note("interfaces", sorted(view.names))
    target = other.control(server, _PORT, network)
    reach = alone.reach(target, _PORT, timeout=1)  # seconds: a neighbour's connection took milliseconds
    note("from the none driver", {target: reach.said})
    expect(not reach.answered_by(server.token), _("the address of another container is not reachable"), found=target)
