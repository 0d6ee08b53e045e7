"""Homework 17, docker-4: the labs, what the network drivers do to a container."""

from __future__ import annotations

import contextlib
import random
import secrets

from pytest_dockerlab.checks._docker_4_plumbing import bridge_plumbing_lab
from pytest_dockerlab.engine.network_view import NetworkView, own_view
from pytest_dockerlab.engine.probe_answers import Address, ProbeError
from pytest_dockerlab.engine.probes.connections import server_command
from pytest_dockerlab.engine.probes.probe import Probe
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

__all__ = [
    "bridge_dns_lab",
    "bridge_plumbing_lab",
    "host_lab",
    "host_port_lab",
    "namespaces_lab",
    "none_lab",
    "two_networks_lab",
]

_PORT = 8000
_PATIENCE = 10
"""Seconds a server may take until it answers for the first time: it takes milliseconds on an idle machine."""
_EXIT = 10
"""Seconds until a server that cannot have its port has exited: milliseconds, too."""
_LIMIT = 1
"""Seconds for a connection that is expected to fail; a neighbour's to the same address took milliseconds."""
_TRIES = 5
"""How often what should not be reached is tried: while somebody makes a network, the engine's isolation has a gap of
some milliseconds (see ``engine/matrix.py``). What is reached every time is no gap."""
_GONE = 10
"""Seconds until what was removed is gone from the docker host too."""


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


@check(
    "docker-4/host-lab",
    "a container on the host driver has the docker host's own network",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def host_lab(probes: Probes) -> None:
    """A canary first: the bridge of a new network appears in the container and goes with it. Then list against list."""
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
        timeout=_GONE,
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
    note("compared with", "own namespace" if witness is None else "process 1")
    expect(inside == outside, _("the container has the interfaces and addresses {own}", own=outside), found=inside)


@check(
    "docker-4/host-port-lab",
    "on the host driver only the first server gets a port",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def host_port_lab(probes: Probes) -> None:
    """The first server picks the port, by having it: a port that was free a moment ago proves nothing."""
    first, port = _first_server(probes)
    note("port", port)
    for number in (2, 3):
        token = secrets.token_hex(8)
        later = probes.start(network="host", command=server_command(port, token), token=token)
        try:
            code = later.wait_exit(timeout=_EXIT)
        except ProbeError:
            expect(
                False,
                _("server {number} on port {port} exits", number=number, port=port),
                found=_("it still runs"),
                hint=_("start all of them on one port of the host driver"),
            )
            continue
        said = later.logs().strip()
        if "Address already in use" not in said:
            raise ProbeError("a server exited for another reason than a port in use", returncode=code, stdout=said)
        expect(code != 0, _("server {number} exits with an error", number=number), found=code)
        note(f"server {number}", said)
    reach = first.reach("127.0.0.1", port)
    expect(
        reach.answered_by(first.token), _("the first server still answers on port {port}", port=port), found=str(reach)
    )


@check(
    "docker-4/namespaces-lab",
    "each driver gives the network namespaces it should",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def namespaces_lab(probes: Probes) -> None:
    """All compared while all are alive: the number of a namespace is given to the next one as soon as it is free."""
    network = probes.network()
    none, bridge, other, host, watcher = probes.start_all(
        {"network": "none"},
        {"network": network},
        {"network": network},
        {"network": "host"},
        {"network": "host", "pid_mode": "host"},
    )
    names = ("none", "bridge", "another bridge", "host", "another host")
    views = probes.views(none, bridge, other, host, watcher)
    found = {name: view.namespace for name, view in zip(names, views, strict=True)}
    note("namespaces", found)
    if None in found.values():
        raise ProbeError("a probe cannot read its own network namespace")
    isolated = [found[name] for name in names[:3]]
    expect(
        len(set(isolated)) == 3, _("three containers that are not on the host driver share no namespace"), found=found
    )
    expect(found["host"] not in isolated, _("none of them is in the docker host's namespace"), found=found)
    expect(found["host"] == found["another host"], _("two on the host driver share one namespace"), found=found)
    require(
        network.bridge in views[3].names,
        _("that one is the docker host's: it has the bridge {bridge}", bridge=network.bridge),
        found=sorted(views[3].names),
    )
    pid = bridge.pid
    if not _runs(watcher, pid):
        raise ProbeError(f"process {pid}, which the engine says is a container's, is not on the docker host")
    bridge.remove()
    wait_until(
        lambda: not _runs(watcher, pid),
        timeout=_GONE,
        error=lambda: Mismatch(Finding(_("the process of a removed container is gone"), pid)),
    )


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


def _first_server(probes: Probes) -> tuple[Probe, int]:
    for _attempt in range(10):
        port = random.randint(20000, 29999)  # noqa: S311 - no secret. Below the ports that outgoing connections get
        token = secrets.token_hex(8)
        server = probes.start(network="host", command=server_command(port, token), token=token)
        with contextlib.suppress(ProbeError):  # it could not have the port, and is gone: nothing to ask from
            if server.reach("127.0.0.1", port, patience=_PATIENCE).answered_by(token):
                return server, port
        server.remove()
    raise ProbeError("none of 10 ports between 20000 and 29999 is free on the docker host", host=probes.host.address)


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


def _runs(watcher: Probe, pid: int) -> bool:
    return watcher.exec(["test", "-e", f"/proc/{pid}"]).returncode == 0


def _texts(addresses: tuple[Address, ...]) -> list[str]:
    return [str(address) for address in addresses]
