"""Series in words, and whom they come from."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pytest_dockerlab.submission.scan.roles import role_of_name

__all__ = ["host_of", "is_from", "shown", "value_text"]


def is_from(job: str, labels: Mapping[str, str]) -> bool:
    """Whether a series or a target is of a job: of its name, or of the role that the name speaks of.

    A job whose own name says nothing, ``reddit``, is told by the target's.
    """
    name = labels.get("job", "")
    role = role_of_name(name) or role_of_name(host_of(labels.get("instance", "")))
    return name == job or role == job


def host_of(address: str) -> str:
    """The host in ``ui:9292`` or ``http://ui:9292/healthcheck``."""
    authority = address.partition("://")[2] or address
    return authority.partition("/")[0].partition(":")[0]


def shown(labels: Mapping[str, str]) -> str:
    """Labels as Prometheus writes them."""
    return "{" + ", ".join(f'{name}="{value}"' for name, value in labels.items() if name != "__name__") + "}"


def value_text(value: float) -> str:
    """A value as Prometheus shows it: without the ``.0`` of a whole number."""
    return "NaN" if math.isnan(value) else f"{value:.15g}"
