"""The item docker-4/host-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.engine.network_view import own_view
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dockerlab.engine.network_view import NetworkView
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-4/host-lab",
    "a container on the host driver has the docker host's own network",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def host_lab(probes: Probes, patience: float = 10.0, own_view: Callable[[], NetworkView | None] = own_view) -> None:
    """A canary first: the bridge of a new network appears in the container and goes with it. Then list against list.

    It is gone within ``patience`` seconds; ``own_view`` reads the list of where this program runs.
    """
    probe = probes.start(network="host")
    canary = probes.network()
    require(
        canary.bridge in probe.view().names,
        _("the bridge of a new network, {bridge}, is among the container's interfaces", bridge=canary.bridge),
        found=sorted(probe.view().names),
        hint=_("start it with --network host"),
    )
    # Who else stands there, that can be asked for a list? Whoever sees the canary: we ourselves, else process 1.
    own = own_view()
    witness = None if own and canary.bridge in own.names else probes.start(pid_mode="host", network="none")
    has_witness = witness is None or canary.bridge in witness.view_of(1).names
    canary.remove()
    wait_until(
        lambda: canary.bridge not in probe.view().names,
        timeout=patience,
        error=lambda: Mismatch(Finding(_("the bridge of a removed network goes with it"), canary.bridge)),
    )
    note("canary", canary.bridge)
    if not has_witness:
        raise Unverified(
            _("the canary is right, but the engine's network is not that of process 1: there is no list to compare"),
            _("rootless Docker has a network namespace of its own; use an engine that runs as root"),
        )
    inside: object = None
    outside: object = None
    for _attempt in range(3):  # an address may come or go between the two readings
        inside = _settled(probe.view())
        outside = _settled(own_view() if witness is None else witness.view_of(1))
        if inside == outside:
            break
    note("interfaces and addresses", inside)
    note("compared with", _("the network of this process") if witness is None else _("the network of process 1"))
    expect(inside == outside, _("the container has the interfaces and addresses {own}", own=outside), found=inside)


def _settled(view: NetworkView | None) -> dict[str, list[str]]:
    """What stays: without the interfaces that come and go with containers, and only addresses of use to others."""
    assert view is not None
    kept = {}
    for interface in view.interfaces:
        if not interface.name.startswith(("veth", "br-")):
            kept[interface.name] = sorted(
                str(address)
                for address in interface.addresses
                if not (address.is_loopback or address.is_link_local or address in view.unsettled)
            )
    return kept
