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
from .contract import ImageBuildFailed
from .disk_space import DiskSpace
from .out_of_memory import Kills

if TYPE_CHECKING:
    from ipaddress import IPv4Network

    from ...engine.hosts.hosts import DockerHost
    from ...engine.owned.labels import Labels
    from ...engine.owned.networks import Network
    from ...engine.probes.probe import Probe

__all__ = ["BuildPlace", "Surroundings"]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The network mode of a build's steps, which nothing else has, and what became of the docker host's disk and memory
    since the beginning."""

    network: str
    space: DiskSpace
    kills: Kills


class BuildPlace:
    """Where the builds of one submission take place, one after another: made with the first one, gone by :meth:`leave`.

    :param labels: those of whoever builds. What cannot be removed goes with its images: the engine may have gone away,
        or still be about to end a step.
    :param image: the user's own probe image.
    :param allowed: addresses that are not public, and may be reached.
    """

    def __init__(
        self, host: DockerHost, labels: Labels, image: str | None = None, allowed: Sequence[IPv4Network] = ()
    ) -> None:
        self._host = host
        self._labels = labels
        self._image = image
        self._allowed = allowed
        self._made: list[Thing] = []
        self._place: tuple[str, Probe] | None = None
        self._why_open: str | None = None

    @contextlib.contextmanager
    def surroundings(self, limit: int) -> Iterator[Surroundings]:
        """The surroundings of one build, which may write ``limit`` bytes.

        Raises :class:`~.errors.HostDied` where the engine goes away, and else as :class:`~.starting.Probes`.
        """
        from requests import RequestException

        try:
            if self._place is None:
                self._place = self._make()
            if self._why_open is not None:
                note_open(self._why_open)
            mode, probe = self._place
            yield Surroundings(mode, DiskSpace(probe, limit), Kills(probe))
        except ImageBuildFailed:
            raise
        except BaseException as error:  # whatever it is, the next build begins anew
            self.leave()
            if isinstance(error, RequestException):  # the build's own trouble has become something else by then
                raise HostDied(str(self._host.endpoint), str(error)) from error
            raise

    def leave(self) -> None:
        """Remove it, as far as the engine is there."""
        from docker.errors import DockerException
        from requests import RequestException

        made, self._made, self._place = self._made, [], None
        with contextlib.suppress(DockerException, RequestException):
            remove(self._host.client, made)

    def _make(self) -> tuple[str, Probe]:
        with Probes(self._host, self._labels.run_id, image=self._image) as probes:
            assert probes.image  # its test makes things of the probes' own
            self._why_open = why_open(probes)
            probes.labels = self._labels
            if self._why_open is None:
                way_out = behind_a_router(probes, self._allowed)
                self._made += _things([way_out.holder, way_out.router], way_out.networks)
                return f"container:{way_out.holder.id}", way_out.router
            network, probe = probes.network(), probes.start(network="none")
            self._made += _things([probe], [network])
            return network.name, probe


def _things(probes: Sequence[Probe], networks: Sequence[Network]) -> Iterator[Thing]:
    for probe in probes:
        yield Thing("container", probe.id, probe.name, {})
    for network in networks:
        yield Thing("network", network.id, network.name, {})
