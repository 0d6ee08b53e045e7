"""What a GitLab says of its runners, pipelines and jobs, as far as its version says it.

Fields came and went from GitLab 10 to 19: what is absent is ``None``, and what is said in two ways is read in both.
Texts are those of somebody else, cut and without control characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ..messages import excerpt

__all__ = ["Integration", "Job", "Lint", "Pipeline", "Runner", "Trace", "Version", "time_of"]

Data = Mapping[str, Any]

_FOREVER = 1e9
"""Seconds. Numbers of an answer may be of any size, and none."""


@dataclass(frozen=True, slots=True)
class Version:
    """A GitLab's version: as it says, and to compare by."""

    text: str
    release: tuple[int, ...] = ()

    @classmethod
    def parse(cls, data: Data) -> Version:
        """The answer of ``/version`` or ``/metadata``. Raises ``ValueError``."""
        text = _text(data, "version")
        if text is None:
            raise ValueError("no version")
        digits: list[int] = []
        for part in text.split("-")[0].split(".")[:3]:
            if not part.isdecimal():
                break
            digits.append(int(part[:9]))
        return cls(text, tuple(digits))

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class Runner:
    """A runner. ``tags`` and ``run_untagged`` are ``None`` where the details could not be asked for."""

    id: int
    description: str
    is_online: bool
    status: str
    is_paused: bool
    type: str
    """``project_type``, ``group_type`` or ``instance_type``."""
    contacted_at: datetime | None = None
    """GitLab writes it down once in 40 to 55 minutes: it may be that much earlier than the last contact."""
    tags: tuple[str, ...] | None = None
    run_untagged: bool | None = None
    is_protected_only: bool | None = None
    """Whether it takes the jobs of protected branches and tags alone."""
    version: str | None = None

    @classmethod
    def parse(cls, data: Data) -> Runner:
        """A runner of a list, or its details. Raises ``ValueError``."""
        status = _text(data, "status") or ""
        is_active = data.get("active") if isinstance(data.get("active"), bool) else status != "paused"
        paused = data.get("paused") if isinstance(data.get("paused"), bool) else not is_active
        online = data.get("online") if isinstance(data.get("online"), bool) else status == "online"
        tags = data.get("tag_list")
        access = _text(data, "access_level")
        kind = _text(data, "runner_type") or ("instance_type" if data.get("is_shared") is True else "project_type")
        return cls(
            id=_id(data),
            description=_text(data, "description") or "",
            is_online=bool(online),
            status=status,
            is_paused=bool(paused),
            type=kind,
            contacted_at=time_of(data.get("contacted_at")),
            tags=tuple(excerpt(str(tag)) for tag in tags) if isinstance(tags, list) else None,
            run_untagged=_flag(data, "run_untagged"),
            is_protected_only=None if access is None else access == "ref_protected",
            version=_text(data, "version"),
        )

    @property
    def shown(self) -> str:
        """How people tell it from others."""
        return f"#{self.id} {self.description}".strip()


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A pipeline; the times of its run only where it was asked for by itself."""

    id: int
    status: str
    ref: str
    sha: str
    source: str | None = None
    url: str | None = None
    yaml_errors: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @classmethod
    def parse(cls, data: Data) -> Pipeline:
        """A pipeline of a list, or its details. Raises ``ValueError``."""
        return cls(
            id=_id(data),
            status=_required(data, "status"),
            ref=_text(data, "ref") or "",
            sha=_text(data, "sha") or "",
            source=_text(data, "source"),
            url=_text(data, "web_url"),
            yaml_errors=_text(data, "yaml_errors"),
            created_at=time_of(data.get("created_at")),
            updated_at=time_of(data.get("updated_at")),
            started_at=time_of(data.get("started_at")),
            finished_at=time_of(data.get("finished_at")),
        )


@dataclass(frozen=True, slots=True)
class Job:
    """A job. ``runner`` is ``None`` until a runner has taken it."""

    id: int
    name: str
    stage: str
    status: str
    ref: str
    pipeline: int | None = None
    sha: str | None = None
    created_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None
    queued_duration: float | None = None
    runner: int | None = None
    runner_description: str | None = None
    manager: int | None = None
    """Which of several processes with this runner's token took it, as GitLab says from 16 on."""
    failure_reason: str | None = None
    allow_failure: bool | None = None
    tags: tuple[str, ...] | None = None
    url: str | None = None

    @classmethod
    def parse(cls, data: Data) -> Job:
        """A job of a list, or its details. Raises ``ValueError``."""
        runner, manager, pipeline, commit = (
            _object(data, key) for key in ("runner", "runner_manager", "pipeline", "commit")
        )
        queued, tags = data.get("queued_duration"), data.get("tag_list")
        return cls(
            id=_id(data),
            name=_text(data, "name") or "",
            stage=_text(data, "stage") or "",
            status=_required(data, "status"),
            ref=_text(data, "ref") or "",
            pipeline=_id(pipeline) if pipeline else None,
            sha=_text(pipeline, "sha") or _text(commit, "id"),
            created_at=time_of(data.get("created_at")),
            started_at=time_of(data.get("started_at")),
            finished_at=time_of(data.get("finished_at")),
            queued_duration=float(queued) if isinstance(queued, (int, float)) and 0 <= queued < _FOREVER else None,
            runner=_id(runner) if runner else None,
            runner_description=_text(runner, "description"),
            manager=_id(manager) if manager else None,
            failure_reason=_text(data, "failure_reason"),
            allow_failure=_flag(data, "allow_failure"),
            tags=tuple(excerpt(str(tag)) for tag in tags) if isinstance(tags, list) else None,
            url=_text(data, "web_url"),
        )


@dataclass(frozen=True, slots=True)
class Trace:
    """The log of a job, as it is: hostile text. ``is_whole`` is false where it is only the beginning."""

    text: str = field(repr=False)
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Lint:
    """What GitLab says of a ``.gitlab-ci.yml``."""

    is_valid: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @classmethod
    def parse(cls, data: Data) -> Lint:
        """The answer of a project's lint, or of the one before 13.5. Raises ``ValueError``."""
        valid = data.get("valid") if "valid" in data else data.get("status") == "valid"
        if not isinstance(valid, bool) or not ("valid" in data or "status" in data):
            raise ValueError("no word of whether it is valid")
        return cls(valid, _texts(data, "errors"), _texts(data, "warnings"))


@dataclass(frozen=True, slots=True)
class Integration:
    """What a project tells of an integration; ``events`` are those that it is told of."""

    is_active: bool
    events: frozenset[str]
    is_set: bool = True
    """Whether it was ever set up: an old GitLab shows an empty form."""

    @classmethod
    def parse(cls, data: Data) -> Integration:
        """The answer about one. Raises ``ValueError``."""
        if not isinstance(data.get("active"), bool):
            raise ValueError("no word of whether it is active")
        events = {
            key.removesuffix("_events") for key, value in data.items() if key.endswith("_events") and value is True
        }
        is_set = bool(data["active"] or data.get("created_at") or any((data.get("properties") or {}).values()))
        return cls(data["active"], frozenset(excerpt(each) for each in events), is_set)


def time_of(value: object) -> datetime | None:
    """A time of an answer; ``None`` for what is none."""
    if not isinstance(value, str):
        return None
    try:
        time = datetime.fromisoformat(value[:40])
    except ValueError:
        return None
    return time if time.tzinfo is not None else time.replace(tzinfo=UTC)


def _id(data: Data) -> int:
    value = data.get("id")
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("no id")
    return value


def _object(data: Data, key: str) -> Data:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _text(data: Data, key: str) -> str | None:
    value = data.get(key)
    return excerpt(value) if isinstance(value, str) else None


def _required(data: Data, key: str) -> str:
    value = _text(data, key)
    if value is None:
        raise ValueError(f"no {key}")
    return value


def _flag(data: Data, key: str) -> bool | None:
    value = data.get(key)
    return value if isinstance(value, bool) else None


def _texts(data: Data, key: str) -> tuple[str, ...]:
    value = data.get(key)
    return tuple(excerpt(str(each)) for each in value[:100]) if isinstance(value, list) else ()
