"""The service that is Prometheus, and what its command says."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..compose.project import ComposeProject
from ..compose.services import Service
from ..scan.monitoring import how_likely_prometheus, is_prometheus_image

__all__ = ["option", "prometheus_service"]


def prometheus_service(
    project: ComposeProject, base_of: Callable[[Service], str | None] = lambda _service: None
) -> Service | None:
    """The service that is Prometheus: by its image, or the base of it (``base_of``), else by its name."""
    best, most = None, 0
    for service in project.services.values():
        likelihood = how_likely_prometheus(
            service.name, service.image, service.build.context if service.build else None, service.container_name
        )
        if likelihood < 5 and is_prometheus_image(base_of(service)):
            likelihood = 5
        if likelihood > most:
            best, most = service, likelihood
    return best


def option(command: Sequence[str], name: str) -> str | None:
    """The value of ``--name`` in a command of Prometheus', the last one; ``None`` where it has no such option.

    Prometheus takes ``--name=value`` and ``--name value``; of a shell's command line the words are looked at.
    """
    words = [word.strip("\"'") for each in command for word in (each.split() if " " in each else [each])]
    found = None
    for at, word in enumerate(words):
        key, equals, value = word.partition("=")
        if key in (f"--{name}", f"-{name}"):
            found = value.strip("\"'") if equals else next(iter(words[at + 1 :]), None)
    return found
