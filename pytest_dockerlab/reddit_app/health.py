"""The healthcheck of the course's services: JSON with a status, the services behind it, and a version."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ..messages import excerpt
from ..net.http import Answer

__all__ = ["Health", "read_health"]

_MAX_DEPENDENTS = 50


@dataclass(frozen=True, slots=True)
class Health:
    """What a service says of itself: 1 is well, 0 is not. ``dependents`` has the same of each service behind it."""

    status: int
    dependents: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    version: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether the service and everything behind it are well."""
        return self.status == 1 and all(status == 1 for status in self.dependents.values())


def read_health(answer: Answer) -> Health | None:
    """The health in an answer, whatever its HTTP status; ``None`` where there is none in it."""
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    status = _number(data.get("status"))
    services = data.get("dependent_services", {})
    if status is None or not isinstance(services, dict) or len(services) > _MAX_DEPENDENTS:
        return None
    dependents = {excerpt(name): _number(value) for name, value in services.items()}
    if None in dependents.values():
        return None
    version = data.get("version")
    return Health(
        status,
        MappingProxyType({name: value for name, value in dependents.items() if value is not None}),
        None if version is None else excerpt(str(version)),
    )


def _number(value: object) -> int | None:
    # bool is an int; some versions write the number as a text
    if isinstance(value, str) and value.strip() in ("0", "1"):
        return int(value)
    return int(value) if isinstance(value, int) else None
