"""What a runner's configuration says, section by section: settings with their defaults, and where each section is.

The names are those of ``config.toml``; tokens and keys of a cache are never kept, only that they are there, and where.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ...findings import Location

__all__ = [
    "AutoscalerSection",
    "CacheSection",
    "DockerSection",
    "MachineSection",
    "Period",
    "Policy",
    "RunnerSection",
    "S3Section",
    "TokenKind",
]


class TokenKind(StrEnum):
    """What stands where the runner's authentication token belongs, as far as its form tells."""

    AUTHENTICATION = "authentication"
    REGISTRATION = "registration"
    """A registration token, or a place for one: ``GR1348941…``, ``REGISTRATION_TOKEN``."""
    ACCESS = "access"
    """A token of a person's or project's: ``glpat-…``."""
    PLACEHOLDER = "placeholder"
    """A place for the reader's own: ``TOKEN``, ``xxxx``, ``***``, a template's or an environment variable."""
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Period:
    """One ``[[runners.machine.autoscaling]]``. It replaces all four of the machine's own settings while it holds."""

    periods: tuple[str, ...]
    timezone: str
    idle_count: int
    idle_time: int
    idle_scale_factor: float
    idle_count_min: int
    location: Location


@dataclass(frozen=True, slots=True)
class MachineSection:
    """``[runners.machine]``, of the executor docker+machine. Times are seconds; 0 builds or growth is unlimited."""

    location: Location
    idle_count: int = 0
    idle_time: int = 0
    max_builds: int = 0
    max_growth_rate: int = 0
    idle_scale_factor: float = 0.0
    idle_count_min: int = 0
    max_removal_attempts: int = 30
    machine_name: str | None = None
    driver: str | None = None
    options: tuple[str, ...] = ()
    """As they are written: ``google-zone=europe-west1-b``; the runner puts two dashes before each."""
    off_peak_periods: tuple[str, ...] = ()
    off_peak_timezone: str = ""
    off_peak_idle_count: int = 0
    off_peak_idle_time: int = 0
    autoscaling: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Policy:
    """One ``[[runners.autoscaler.policy]]``; ``idle_count`` counts jobs, not instances, ``idle_time`` is seconds."""

    location: Location
    periods: tuple[str, ...] = ("* * * * *",)
    timezone: str = ""
    idle_count: int = 0
    idle_time: float = 1200.0
    scale_factor: float = 0.0
    scale_factor_limit: int = 0
    preemptive_mode: bool | None = None
    """``None``: where there is an ``idle_count``."""


@dataclass(frozen=True, slots=True)
class AutoscalerSection:
    """``[runners.autoscaler]``, of the executors docker-autoscaler and instance. 0 instances or uses is unlimited."""

    location: Location
    plugin: str | None = None
    capacity_per_instance: int = 0
    """As it is written; the runner takes 1 for less."""
    max_use_count: int = 0
    max_instances: int = 0
    policies: tuple[Policy, ...] = ()
    plugin_config: Mapping[str, object] | None = None
    """What names the instance group, without what may be a secret."""


@dataclass(frozen=True, slots=True)
class S3Section:
    """Where the S3 cache is. Unset: ``None``."""

    location: Location
    server_address: str | None = None
    bucket_name: str | None = None
    bucket_location: str | None = None
    insecure: bool = False
    has_access_key: bool = False
    has_secret_key: bool = False
    authentication_type: str | None = None


@dataclass(frozen=True, slots=True)
class CacheSection:
    """``[runners.cache]``."""

    location: Location
    type: str | None = None
    path: str = ""
    shared: bool = False
    s3: S3Section | None = None
    """``[runners.cache.s3]``, which the runner reads since 11.3."""
    flat_s3: S3Section | None = None
    """The same keys in ``[runners.cache]`` itself, which it read before 12.0."""
    has_gcs: bool = False
    has_azure: bool = False


@dataclass(frozen=True, slots=True)
class DockerSection:
    """``[runners.docker]``."""

    location: Location
    image: str | None = None
    privileged: bool = False
    tls_verify: bool = False
    disable_cache: bool = False
    volumes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RunnerSection:
    """One ``[[runners]]``. A ``limit`` of 0 is none."""

    location: Location
    name: str | None
    url: str | None
    executor: str | None
    limit: int
    request_concurrency: int
    token_kind: TokenKind
    has_literal_token: bool
    """Whether it is a token itself, and not a place for one."""
    token_location: Location | None
    docker: DockerSection | None
    machine: MachineSection | None
    autoscaler: AutoscalerSection | None
    cache: CacheSection | None
