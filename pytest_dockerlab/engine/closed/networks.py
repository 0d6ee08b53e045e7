"""Networks for other people's code, which the docker host is not on.

A bridge is an interface of the docker host, with an address there. ``internal`` takes no more away than the routes,
and who binds a socket to an interface (SO_BINDTODEVICE, anybody's since Linux 5.7) needs none: every address of the
docker host answers. The same goes for routes of the kind ``blackhole``. So there are two networks: a bridge, and above
it one of macvlan interfaces. The kernel hands nothing from a macvlan interface to the one below it, so that they see
each other and what is on the bridge, which is one container of ours (it gives the bridge its carrier, too), and not the
docker host.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..owned.networks import Network

if TYPE_CHECKING:
    from ..probes.starting import Probes

__all__ = ["ClosedNetwork", "closed_network", "why_open"]

_ICC = "com.docker.network.bridge.enable_icc"
_why_open: dict[str, str | None] = {}


@dataclass(frozen=True, slots=True)
class ClosedNetwork:
    """``network`` is what others are put on, ``under`` the bridge below it, for one container of ours; both are one
    where the engine has no macvlan."""

    network: Network
    under: Network

    @property
    def is_closed(self) -> bool:
        """Whether the docker host is not on it."""
        return self.network != self.under


def closed_network(
    probes: Probes, *, options: Mapping[str, str] | None = None, has_a_way_out: bool = False, rank: int = 0
) -> ClosedNetwork:
    """A new one, which belongs to ``probes``.

    :param options: a bridge's driver options, of which ``enable_icc`` is known here.
    :param has_a_way_out: the container of ours on the bridge leads outside. On an ``internal`` network newer engines
        ask no name server of elsewhere.
    """
    if why_open(probes) is not None:
        under = probes.network(internal=True, options=options, rank=rank)
        return ClosedNetwork(under, under)
    under = probes.network(internal=True)
    mode = "private" if (options or {}).get(_ICC) == "false" else "bridge"
    network = probes.network(internal=not has_a_way_out, options={"macvlan_mode": mode}, above=under, rank=rank)
    return ClosedNetwork(network, under)


def why_open(probes: Probes) -> str | None:
    """Why the docker host cannot be kept off a network here, in the engine's words; ``None`` where it can.

    It is tried once in this process for each engine.
    """
    from docker.errors import APIError

    key = probes.host.facts.id
    if key not in _why_open:
        assert probes.image  # its own trouble is another one
        made = [under := probes.network(internal=True)]
        try:
            made.append(probes.network(internal=True, above=under))
            probes.start(network=made[-1]).remove()
            _why_open[key] = None
        except APIError as error:
            _why_open[key] = str(error.explanation or error)
        for network in reversed(made):
            network.remove()
    return _why_open[key]
