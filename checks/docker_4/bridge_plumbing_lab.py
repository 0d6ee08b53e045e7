"""The item docker-4/bridge-plumbing-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes

_PORT = 8000


@check(
    "docker-4/bridge-plumbing-lab",
    "one bridge per network, one veth per container, and NAT behind a published port",
    kind="lab",
    level="advisory",
    tier="engine",
    needs=[Need.ENGINE],
)
def bridge_plumbing_lab(probes: Probes) -> None:
    """Read on the docker host by a host-driver probe: its /sys knows the ports of a bridge."""
    network, empty = probes.network(), probes.network()
    server, neighbour, host = probes.start_all(
        {"network": network, "listen": [_PORT], "publish": [_PORT]},
        {"network": network},
        {"network": "host", "pid_mode": "host"},
    )
    neighbour.control(server, _PORT, network)
    for each, containers in ((network, 2), (empty, 0)):
        found = host.exec(["ls", f"/sys/class/net/{each.bridge}/brif"])
        veths = found.stdout.split()
        expect(found.returncode == 0, _("every network has its bridge"), found=_("no {bridge}", bridge=each.bridge))
        expect(len(veths) == containers, _("a bridge has one veth per container of its network"), found=veths)
        note(each.bridge, veths)
    published = server.published(_PORT)
    token = _ask(probes.host.address, published)
    expect(
        token == server.token,
        _("port {port} of {host} leads to the container", port=published, host=probes.host.address),
        found=_("no answer") if token is None else _("another server"),
    )
    note("published port", published)
    proxies = "for f in /proc/[0-9]*/cmdline; do tr '\\0' ' ' <$f; echo; done 2>/dev/null | grep '^[^ ]*docker-proxy '"
    note("docker-proxy", host.exec(["sh", "-c", proxies]).stdout.splitlines())
    note("NAT rules", _nat_rules(probes, published))


def _ask(address: str, port: int) -> str | None:
    import urllib.request  # here: it brings HTTP and TLS along

    host = f"[{address}]" if ":" in address else address
    # No proxy of the environment's: the docker host's own address is asked, from here.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(f"http://{host}:{port}/", timeout=5) as answer:
            content: bytes = answer.read(100)
    except OSError:
        return None
    return content.decode("ascii", "replace")


def _nat_rules(probes: Probes, port: int) -> object:
    try:
        rules = probes.host.machine.run("iptables -w 5 -t nat -S DOCKER")
    except Unverified as stop:
        return stop.reason
    if rules.rc != 0:
        return _("they cannot be read: {why}", why=str(rules.stderr).strip()[:200])
    return [line for line in str(rules.stdout).splitlines() if str(port) in line.split()]
