"""Homework 16, docker-3: the labs, names, volumes and the builder's cache on the docker host itself."""

from __future__ import annotations

import secrets

from pytest_dockerlab.engine.images.image_size import shared_layers
from pytest_dockerlab.engine.images.lab_builds import Built
from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

__all__ = ["alias_lab", "build_cache_lab", "volume_lab"]

_PORT = 8000
_PATIENCE = 10


@check(
    "docker-3/alias-lab",
    "a name or alias resolves only once it is given",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def alias_lab(probes: Probes) -> None:
    """On a user-defined network, where there is a name server; and on the default bridge, where there is none."""
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
    reaches = asker.reach_all([(each, _PORT) for each in (name, first, second)], patience=_PATIENCE)
    for each, reach in zip((name, first, second), reaches, strict=True):
        note(each, str(reach))
        expect(reach.answered_by(peer.token), _("{name} leads to its container", name=each), found=str(reach))
    peer.connect("bridge")
    address = stranger.control(peer, _PORT, "bridge")
    for found in stranger.lookup_all([name, first, second]):
        addresses = [str(each) for each in found.addresses]
        expect(
            address not in addresses and peer.address(network) not in addresses,
            _("{name} does not resolve on the default bridge", name=found.name),
            found=addresses,
        )


@check(
    "docker-3/volume-lab",
    "what is in a named volume outlives the container",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def volume_lab(probes: Probes) -> None:
    """One container writes into the volume and beside it and is removed; the next one looks for both."""
    volume, kept, lost = probes.volume(), secrets.token_hex(8), secrets.token_hex(8)
    write = f"echo {kept} > /data/kept && echo {lost} > /lost"
    writer = probes.start(network="none", volumes={volume: "/data"}, command=["sh", "-c", write])
    if writer.wait_exit() != 0:
        raise ProbeError("a probe could not write", stdout=writer.logs())
    writer.remove()
    reader = probes.start(
        network="none", volumes={volume: "/data"}, command=["sh", "-c", "cat /data/kept; cat /lost; echo end"]
    )
    reader.wait_exit()
    said = reader.logs()
    if "end" not in said.split():
        raise ProbeError("a probe broke off", stdout=said)
    note("found by the next container", said.split("\n"))
    expect(kept in said, _("a file in the named volume is there after its container was removed"), found=said.strip())
    expect(lost not in said, _("a file beside it is not"), found=_("it is there"))


@check(
    "docker-3/build-cache-lab",
    "a rebuild runs only the changed step and those after it",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def build_cache_lab(probes: Probes) -> None:
    """By the classic builder: what it says of each step, and the layers that came of it."""
    mark = secrets.token_hex(8)  # in the first step: nobody's cache has it
    early, late = f"RUN echo {mark} > /early", "RUN echo late > /late"

    def build(base: str, content: str) -> Built:
        return probes.build(f"FROM {base}\n{early}\nCOPY copied /copied\n{late}\n", {"copied": content.encode()})

    def ran(built: Built) -> list[str]:
        return [step.instruction.split()[0] for step in built.steps if not step.is_cached]

    first = build(probes.image, "one")
    other = probes.build(f"FROM {probes.image}\nCOPY copied /other-{mark}\n", {"copied": mark.encode()})
    base, images = probes.inspect_image(probes.image), [probes.inspect_image(each.id) for each in (first, other)]
    shared, below = shared_layers(*images), shared_layers(base, base)
    note("layers shared by two images of one FROM", len(shared))
    expect(shared == below, _("two images of one FROM share its layers"), found=list(shared))
    again = build(probes.image, "one")
    late_change = build(probes.image, "two")
    base_change = build(other.id, "one")
    note(
        "steps run",
        {
            "first": ran(first),
            "unchanged": ran(again),
            "changed COPY": ran(late_change),
            "changed FROM": ran(base_change),
        },
    )
    if ran(first) != ["RUN", "COPY", "RUN"]:
        raise ProbeError("a first build found a cache", stdout=str(first.steps))
    expect(not ran(again) and again.id == first.id, _("an unchanged rebuild runs nothing"), found=ran(again))
    expect(
        ran(late_change) == ["COPY", "RUN"],
        _("a changed COPY runs again, and what comes after it"),
        found=ran(late_change),
    )
    expect(
        ran(base_change) == ["RUN", "COPY", "RUN"], _("a changed FROM runs every step again"), found=ran(base_change)
    )
