"""The self-test of the probe image: a probe that cannot do what it is for measures nothing."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from ..owned.networks import Network
from ..probe_answers import ProbeError
from .connections import Outcome, lookup_script, parse_lookups, parse_reaches, reach_script

if TYPE_CHECKING:
    from .probe import Probe

__all__ = ["PORT", "require_it_works"]

PORT = 8000


def require_it_works(probe: Probe, network: Network, alias: str) -> None:
    """Raise :class:`ProbeError` unless a probe can serve, be reached, be refused, and look names up.

    It is on ``network``, has the name ``alias`` there, and listens on :data:`PORT`.
    """
    stranger = f"nobody-{secrets.token_hex(6)}"
    address = probe.address(network)
    names, reaches, refused = probe.measure(
        lookup_script([alias, stranger]),
        reach_script([(address, PORT), (alias, PORT)], patience=10),
        reach_script([(address, PORT + 1)]),
    )
    known, unknown = parse_lookups(names)
    answers = [*parse_reaches(reaches), *parse_reaches(refused)]
    view = probe.view()
    works = {
        "a name is looked up": [str(found) for found in known.addresses] == [address],
        "a name that nobody has is not found": address not in [str(found) for found in unknown.addresses],
        "a server is reached": [answer.token for answer in answers[:2]] == [probe.token, probe.token],
        "a closed port refuses": answers[2].outcome is Outcome.REFUSED,
        "its interfaces are read": address in [str(found) for found in view.addresses],
        "its network namespace is read": view.namespace is not None,
    }
    if not all(works.values()):
        failed = "; ".join(name for name, holds in works.items() if not holds)
        raise ProbeError(f"the probe image fails its self-test: not so: {failed}", host=probe.host.address)
