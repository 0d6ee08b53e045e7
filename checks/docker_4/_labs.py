"""Homework 17, docker-4: the labs, what the network drivers do to a container."""

from __future__ import annotations

from pytest_dockerlab.engine.probe_answers import Address

_PORT = 8000


_PATIENCE = 10
"""Seconds a server may take until it answers for the first time: it takes milliseconds on an idle machine."""


_LIMIT = 1
"""Seconds for a connection that is expected to fail; a neighbour's to the same address took milliseconds."""


_GONE = 10
"""Seconds until what was removed is gone from the docker host too."""


def _texts(addresses: tuple[Address, ...]) -> list[str]:
    return [str(address) for address in addresses]
