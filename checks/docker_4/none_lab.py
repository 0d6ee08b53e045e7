"""The item docker-4/none-lab."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._labs import _LIMIT, _PORT, _texts
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _


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
            expect(not interface.addresses, _("no interface but lo has an address"), found=_texts(interface.addresses))
    expect(not view.unassigned, _("no interface but lo has an address"), found=_texts(view.unassigned))
    expect(not view.routes, _("the routing table is empty"), found=[str(route.destination) for route in view.routes])
    note("interfaces", sorted(view.names))
    target = other.control(server, _PORT, network)
    reach = alone.reach(target, _PORT, timeout=_LIMIT)
    note(f"{target} from the none driver", str(reach))
    expect(not reach.answered_by(server.token), _("an address of another container is not reached"), found=target)
