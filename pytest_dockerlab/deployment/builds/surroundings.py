"""What a build of other people's code has around it: a network of its own, and somebody who sees disk and memory.

On the engine's default bridge the steps of two builds reach each other, and what one submission serves while it is
built is for no other one to read. Its network leads to the public internet, where its packages are, and not to the
docker host (:mod:`~...engine.closed.router`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...engine.closed.networks import why_open
from ...engine.closed.router import behind_a_router
from ...engine.hosts.errors import HostDied
from ...engine.owned.sweep import Thing, remove
from ...engine.probes.starting import Probes
from ..open_networks import note_open
from .disk_space import DiskSpace
from .out_of_memory import Kills

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from ...engine.hosts.hosts import DockerHost
    from ...engine.owned.labels import Labels
    from ...engine.owned.networks import Network
    from ...engine.probes.probe import Probe

__all__ = ["Surroundings", "build_surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The network mode of a build's steps, which nothing else has, and what became of the docker host's disk and memory
    since the beginning."""

    network: str
    space: DiskSpace
    kills: Kills


@contextlib.contextmanager
def build_surroundings(
    host: DockerHost,
    labels: Labels,
    limit: int,
    image: str | None = None,
    allowed: Sequence[IPv4Network] = (),
) -> Iterator[Surroundings]:
    """The surroundings of one build; both are gone at the end of the block.

    :param labels: those of whoever builds. What cannot be removed now goes with its images: the engine may have gone
        away, or still be about to end a step.
    :param limit: bytes that the build may write.
    :param image: the user's own probe image.
    :param allowed: addresses that are not public, and may be reached.

    Raises :class:`~.errors.HostDied` where the engine goes away, and else as :class:`~.starting.Probes`.
    """
    from requests import RequestException

    try:
        with Probes(host, labels.run_id, image=image) as probes:
            assert probes.image  # its test makes things of the probes' own
            why = why_open(probes)
            probes.labels = labels
            made: list[Thing] = []
            try:
                if why is None:
                    way_out = behind_a_router(probes, allowed)
                    made += _things([way_out.holder, way_out.router], way_out.networks)
                    mode, probe = f"container:{way_out.holder.id}", way_out.router
                else:
                    note_open(why)
                    network, probe = probes.network(), probes.start(network="none")
                    made += _things([probe], [network])
                    mode = network.name
                yield Surroundings(mode, DiskSpace(probe, limit), Kills(probe))
            finally:
                remove(host.client, made)
    except RequestException as error:  # the build's own trouble has become something else by then
        raise HostDied(str(host.endpoint), str(error)) from error


def _things(probes: Sequence[Probe], networks: Sequence[Network]) -> Iterator[Thing]:
    for probe in probes:
        yield Thing("container", probe.id, probe.name, {})
    for network in networks:
        yield Thing("network", network.id, network.name, {})
