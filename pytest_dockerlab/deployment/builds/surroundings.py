"""What a build of other people's code has around it: a network of its own, and somebody who sees the free space.

On the engine's default bridge the steps of two builds reach each other, and what one submission serves while it is
built is for no other one to read.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...engine.hosts.errors import HostDied
from ...engine.owned.sweep import Thing, remove
from ...engine.probes.starting import Probes
from .disk_space import DiskSpace

if TYPE_CHECKING:
    from ...engine.hosts.hosts import DockerHost
    from ...engine.owned.labels import Labels

__all__ = ["Surroundings", "build_surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The name of a network that no other build is on, and the disk's free space since the beginning."""

    network: str
    space: DiskSpace


@contextlib.contextmanager
def build_surroundings(
    host: DockerHost, labels: Labels, limit: int, image: str | None = None
) -> Iterator[Surroundings]:
    """The surroundings of one build; both are gone at the end of the block.

    :param labels: those of whoever builds. What cannot be removed now goes with its images: the engine may have gone
        away, or still be about to end a step.
    :param limit: bytes that the build may write.
    :param image: the user's own probe image.

    Raises :class:`~.errors.HostDied` where the engine goes away, and else as :class:`~.starting.Probes`.
    """
    from requests import RequestException

    try:
        with Probes(host, labels.run_id, image=image) as probes:
            assert probes.image  # its test makes things of the probes' own
            probes.labels = labels
            made = [Thing("network", (network := probes.network()).id, network.name, {})]
            try:
                probe = probes.start(network="none")
                made.append(Thing("container", probe.id, probe.name, {}))
                yield Surroundings(network.name, DiskSpace(probe, limit))
            finally:
                remove(host.client, made)
    except RequestException as error:  # the build's own trouble has become something else by then
        raise HostDied(str(host.endpoint), str(error)) from error
