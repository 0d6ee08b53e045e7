"""What ``compose ps`` says of a project's containers, in either of its forms, and the error of a project."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from ...errors import DockerlabError

__all__ = ["ComposeProjectError", "ServiceState", "parse_ps"]


class ComposeProjectError(DockerlabError):
    """Compose did not do what it was asked to, or a service did not stay up.

    :ivar service: the service, where it is one's fault.
    :ivar logs: what the services wrote last.
    """

    def __init__(self, message: str, *, service: str | None = None, logs: str = "", **fields: Any) -> None:
        super().__init__(f"{message}\n{logs}".rstrip(), **fields)
        self.service = service
        self.logs = logs


@dataclass(frozen=True, slots=True)
class ServiceState:
    """One container of a service, as ``compose ps`` has it."""

    service: str
    name: str
    id: str
    state: str
    """``created``, ``running``, ``restarting``, ``exited``, …"""
    health: str
    """``starting``, ``healthy``, ``unhealthy``; empty without a health check."""
    exit_code: int

    @property
    def is_ready(self) -> bool:
        """Whether it runs and is healthy, if it says so at all, or has done what it was there for."""
        if self.state == "exited":
            return self.exit_code == 0
        return self.state == "running" and self.health in ("", "healthy")

    @property
    def has_failed(self) -> bool:
        """Whether waiting for it is in vain."""
        return (self.state in ("exited", "dead") and self.exit_code != 0) or self.health == "unhealthy"


def parse_ps(output: str) -> list[ServiceState]:
    """Read ``compose ps --format json``: one object per line, or, before compose 2.21, one list.

    Raises :class:`ComposeProjectError` for anything else.
    """
    try:
        text = output.strip()
        loaded = json.loads(text) if text.startswith("[") else [json.loads(line) for line in text.splitlines()]
        return [
            ServiceState(
                service=str(each["Service"]),
                name=str(each["Name"]),
                id=str(each.get("ID", "")),
                state=str(each["State"]).lower(),
                health=str(each.get("Health") or "").lower(),
                exit_code=int(each.get("ExitCode") or 0),
            )
            for each in loaded
        ]
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ComposeProjectError(f"compose ps printed what cannot be read: {error}", stdout=output) from error
