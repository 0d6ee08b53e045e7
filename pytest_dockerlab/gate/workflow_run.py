"""The event ``workflow_run``: GitHub's own account of a workflow that has ended, and of whose it was."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import ConfigurationError
from ..messages import _, reason_of

__all__ = ["WorkflowRun", "read_event"]


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """A run that has ended. ``head`` is what was pushed, and where; a fork that is gone has no ``head_repository``.

    The event has ``pull_requests`` too. That is empty where a pull request comes from a fork, so it is not read.
    """

    id: int
    event: str
    conclusion: str
    repository: str
    """``owner/name`` of the one that pull requests are made to; ``repository_id`` is its number."""
    repository_id: int
    head_sha: str
    head_branch: str
    head_owner: str | None
    head_repository_id: int | None
    url: str


def read_event(environ: Mapping[str, str]) -> WorkflowRun:
    """The event that ``GITHUB_EVENT_PATH`` has. Raises :class:`ConfigurationError` for another one, and without any."""
    path = environ.get("GITHUB_EVENT_PATH")
    if not path:
        raise ConfigurationError(_("the environment has no {name}", name="GITHUB_EVENT_PATH"))
    try:
        event = json.loads(Path(path).read_bytes())
    except OSError as error:
        raise ConfigurationError(_("{path} cannot be read: {why}", path=path, why=reason_of(error))) from error
    except ValueError as error:
        raise ConfigurationError(_("{path} is no JSON: {why}", path=path, why=str(error))) from error
    try:
        run = _run(event)
    except (KeyError, TypeError) as error:
        raise ConfigurationError(
            _("this is not the event workflow_run, of a workflow that has ended (on: workflow_run, types: [completed])")
        ) from error
    if (here := environ.get("GITHUB_REPOSITORY")) not in (None, "", run.repository):
        raise ConfigurationError(_("the event is of {there}, and this is {here}", there=run.repository, here=here))
    return run


def _run(event: Any) -> WorkflowRun:
    run, repository = event["workflow_run"], event["repository"]
    head = run["head_repository"]
    if run["repository"]["id"] != repository["id"]:
        raise KeyError("repository")
    return WorkflowRun(
        id=int(run["id"]),
        event=run["event"],
        conclusion=run["conclusion"] or "",
        repository=repository["full_name"],
        repository_id=repository["id"],
        head_sha=run["head_sha"],
        head_branch=run["head_branch"] or "",
        head_owner=None if head is None else head["owner"]["login"],
        head_repository_id=None if head is None else head["id"],
        url=run["html_url"],
    )
