"""The run-wide end of clean-up: what no fixture removed, because its worker died or was interrupted.

A fixture removes what is its own; the controller then removes whatever of the run is left; a controller that was killed
leaves it to the start of the next run, and to ``dockerlab clean``.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable

from ..errors import DockerlabError
from ..homework import Item, Need
from ..options import Settings

__all__ = ["sweep_after"]


def sweep_after(run_id: str, items: Iterable[Item], settings: Settings) -> None:
    """Remove everything of the run ``run_id``. Does nothing when none of ``items`` can have used an engine."""
    if not any(Need.ENGINE in item.needs and item.tier.within(settings.tier) for item in items):
        return
    from requests import RequestException

    from ..engine.hosts.errors import HostUnavailable
    from ..engine.hosts.hosts import resolve_docker_host
    from ..engine.owned.sweep import sweep_run

    try:
        with resolve_docker_host(settings.endpoints.get(Need.DOCKER_HOST)) as host:
            sweep_run(host.client, run_id)
    except HostUnavailable:
        return  # whatever is there, the next run that reaches this docker host sweeps it
    except (DockerlabError, RequestException) as error:
        warnings.warn(f"clean-up on the docker host failed: {error}", stacklevel=2)
