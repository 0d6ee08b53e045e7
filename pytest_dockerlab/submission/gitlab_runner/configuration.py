"""A runner's configuration as a model: what the runner would read in it, with lines."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...findings import Location
from .sections import (
    AutoscalerSection,
    CacheSection,
    DockerSection,
    MachineSection,
    Period,
    Policy,
    RunnerSection,
    S3Section,
)
from .template import is_hole
from .tokens import holds_secret, is_literal, kind_of
from .tomldoc import Key, TomlDoc

__all__ = ["RunnerConfiguration", "duration_seconds", "read_configuration"]

_DURATION = re.compile(r"(\d{1,18}(?:\.\d{0,18})?|\.\d{1,18})(ns|us|µs|μs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


class RunnerConfiguration:
    """A configuration. What has a type that the runner does not take is as if it were not there: another rule says so.

    ``path`` is the file, ``doc`` its TOML. Where a template fills a value in, :attr:`holes` has its place, and the
    sections have the default.
    """

    def __init__(self, doc: TomlDoc) -> None:
        self.doc = doc
        self.path = doc.path
        self.holes: set[tuple[Key, ...]] = set()
        table = _Table(self, doc.data, ())
        self.concurrent = table.integer("concurrent", 1)
        self.check_interval = table.positive("check_interval", 3)
        self.runners: tuple[RunnerSection, ...] = tuple(_runner(each) for each in table.tables("runners"))

    def location(self, *path: Key) -> Location:
        """The place of a key (``"runners", 0, "machine", "IdleCount"``), else of the nearest that is there."""
        return self.doc.location(*self._written(path))

    def _written(self, path: tuple[Key, ...]) -> tuple[Key, ...]:
        """The same in the text, which has no place in an array for a runner of which a README shows a part."""
        is_part = len(path) > 1 and path[0] == "runners" and isinstance(self.doc.data.get("runners"), dict)
        return (path[0], *path[2:]) if is_part else path

    def may_have(self, *path: Key) -> bool:
        """Whether something that is not there may be there all the same: a template or a reader fills it in."""
        filled = self.doc.filled
        return path in self.holes or filled.is_elided or filled.has_conditions

    def has(self, *path: Key) -> bool:
        """Whether a key stands there, whatever its value and its case."""
        return self.doc.has(*self._written(path))

    @property
    def is_excerpt(self) -> bool:
        """Whether it stands in a README, which may leave things out."""
        return self.doc.is_excerpt

    def written(self, *path: Key) -> Any:
        """What stands there, of whatever kind; ``None`` for nothing."""
        found: Any = self.doc.data
        for key in path:
            if isinstance(found, list) and isinstance(key, int):
                found = found[key] if key < len(found) else None
            elif isinstance(found, dict):
                found = {str(name).casefold(): value for name, value in found.items()}.get(str(key).casefold())
            else:
                return None
        return found

    def stray(self, *sections: str) -> Location | None:
        """Where one of the sections of ``[[runners]]`` stands that no runner looks at: ``[runner.machine]``."""
        for name, value in self.doc.data.items():
            is_near = difflib.SequenceMatcher(None, name[:40].lower(), "runners").ratio() > 0.8
            if is_near and isinstance(value, dict) and not self.is_excerpt and any(each in value for each in sections):
                return self.location(name)
        return None

    @property
    def first_line(self) -> Location:
        """Where it begins."""
        return Location(self.path, self.doc.first_line)


def read_configuration(text: str, path: str, first_line: int = 1, *, is_excerpt: bool = False) -> RunnerConfiguration:
    """The configuration in a text, which begins on a line of the file ``path``.

    Raises ``Mismatch`` where it is no TOML, and ``LimitExceeded`` where it is larger or deeper than allowed.
    """
    return RunnerConfiguration(TomlDoc(text, path, first_line, is_excerpt=is_excerpt))


def duration_seconds(value: object) -> float | None:
    """A duration as the runner reads it: text as ``20m0s``, or a number of nanoseconds. ``None`` for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value / 1e9
    if not isinstance(value, str) or not value or len(value) > 100:
        return None
    bare = value.removeprefix("-").removeprefix("+")
    if bare == "0":
        return 0.0
    parts = list(_DURATION.finditer(bare))
    if not parts or "".join(part[0] for part in parts) != bare:
        return None
    total = sum(float(part[1]) * _SECONDS[part[2]] for part in parts)
    return -total if value.startswith("-") else total


class _Table:
    """A table, and the ways to ask it for settings; keys are found whatever their case, the exact one first."""

    def __init__(self, configuration: RunnerConfiguration, data: Mapping[str, Any], path: tuple[Key, ...]) -> None:
        self._configuration = configuration
        self.data = data
        self.path = path
        self.location = configuration.location(*path)
        self._folded = {key.casefold(): key for key in data}

    def value(self, name: str) -> Any:
        """What stands there; ``None`` for nothing, and for what something else fills in."""
        key = name if name in self.data else self._folded.get(name.casefold())
        if key is None:
            return None
        found = self.data[key]
        if is_hole(found):
            self._configuration.holes.add((*self.path, name))
            return None
        return found

    def has(self, name: str) -> bool:
        """Whether the key is there, and not empty."""
        key = name if name in self.data else self._folded.get(name.casefold())
        return key is not None and self.data[key] not in ("", None)

    def place_of(self, name: str) -> Location:
        return self._configuration.location(*self.path, name)

    def integer(self, name: str, default: int = 0) -> int:
        found = self.value(name)
        return found if isinstance(found, int) and not isinstance(found, bool) else default

    def positive(self, name: str, default: int) -> int:
        found = self.integer(name, default)
        return found if found > 0 else default

    def number(self, name: str) -> float:
        found = self.value(name)
        return float(found) if isinstance(found, (int, float)) and not isinstance(found, bool) else 0.0

    def boolean(self, name: str) -> bool:
        return self.value(name) is True

    def text(self, name: str) -> str | None:
        found = self.value(name)
        return found if isinstance(found, str) and found else None

    def texts(self, name: str) -> tuple[str, ...]:
        found = self.value(name)
        return tuple(each for each in found if isinstance(each, str)) if isinstance(found, list) else ()

    def table(self, name: str) -> _Table | None:
        found = self.value(name)
        if isinstance(found, list) and len(found) == 1:  # [[runners.machine]] is one, by mistake
            return None
        return _Table(self._configuration, found, (*self.path, name)) if isinstance(found, dict) else None

    def tables(self, name: str) -> Iterator[_Table]:
        found = self.value(name)
        if isinstance(found, dict) and self._configuration.is_excerpt:
            found = [found]
        for index, each in enumerate(found if isinstance(found, list) else ()):
            if isinstance(each, dict):
                yield _Table(self._configuration, each, (*self.path, name, index))


def _runner(table: _Table) -> RunnerSection:
    docker, machine = table.table("docker"), table.table("machine")
    autoscaler, cache = table.table("autoscaler"), table.table("cache")
    return RunnerSection(
        location=table.location,
        name=table.text("name"),
        url=table.text("url"),
        executor=table.text("executor"),
        limit=max(0, table.integer("limit")),
        request_concurrency=table.positive("request_concurrency", 1),
        token_kind=kind_of(table.data.get("token", table.value("token"))),
        has_literal_token=is_literal(table.value("token")),
        token_location=table.place_of("token") if table.has("token") else None,
        docker=_docker(docker) if docker is not None else None,
        machine=_machine(machine) if machine is not None else None,
        autoscaler=_autoscaler(autoscaler) if autoscaler is not None else None,
        cache=_cache(cache) if cache is not None else None,
    )


def _docker(table: _Table) -> DockerSection:
    return DockerSection(
        table.location,
        image=table.text("image"),
        privileged=table.boolean("privileged"),
        tls_verify=table.boolean("tls_verify"),
        disable_cache=table.boolean("disable_cache"),
        volumes=table.texts("volumes"),
    )


def _machine(table: _Table) -> MachineSection:
    return MachineSection(
        table.location,
        idle_count=table.integer("IdleCount"),
        idle_time=table.integer("IdleTime"),
        max_builds=table.integer("MaxBuilds"),
        max_growth_rate=table.integer("MaxGrowthRate"),
        idle_scale_factor=table.number("IdleScaleFactor"),
        idle_count_min=table.integer("IdleCountMin"),
        max_removal_attempts=table.positive("MaxRemovalAttempts", 30),
        machine_name=table.text("MachineName"),
        driver=table.text("MachineDriver"),
        options=table.texts("MachineOptions"),
        off_peak_periods=table.texts("OffPeakPeriods"),
        off_peak_timezone=table.text("OffPeakTimezone") or "",
        off_peak_idle_count=table.integer("OffPeakIdleCount"),
        off_peak_idle_time=table.integer("OffPeakIdleTime"),
        autoscaling=tuple(
            Period(
                periods=each.texts("Periods"),
                timezone=each.text("Timezone") or "",
                idle_count=each.integer("IdleCount"),
                idle_time=each.integer("IdleTime"),
                idle_scale_factor=each.number("IdleScaleFactor"),
                idle_count_min=each.integer("IdleCountMin"),
                location=each.location,
            )
            for each in table.tables("autoscaling")
        ),
    )


def _autoscaler(table: _Table) -> AutoscalerSection:
    plugin = table.table("plugin_config")
    return AutoscalerSection(
        table.location,
        plugin=table.text("plugin"),
        capacity_per_instance=table.integer("capacity_per_instance"),
        max_use_count=table.integer("max_use_count"),
        max_instances=table.integer("max_instances"),
        policies=tuple(_policy(each) for each in table.tables("policy")),
        plugin_config=(
            {key: value for key, value in plugin.data.items() if not holds_secret(key)} if plugin is not None else None
        ),
    )


def _policy(table: _Table) -> Policy:
    preemptive = table.value("preemptive_mode")
    idle_time = duration_seconds(table.value("idle_time"))
    return Policy(
        table.location,
        periods=table.texts("periods") or ("* * * * *",),
        timezone=table.text("timezone") or "",
        idle_count=table.integer("idle_count"),
        idle_time=idle_time if idle_time is not None and idle_time > 0 else 1200.0,
        scale_factor=table.number("scale_factor"),
        scale_factor_limit=table.integer("scale_factor_limit"),
        preemptive_mode=preemptive if isinstance(preemptive, bool) else None,
    )


_S3 = ("ServerAddress", "AccessKey", "SecretKey", "BucketName", "BucketLocation", "Insecure")


def _cache(table: _Table) -> CacheSection:
    nested = table.table("s3")
    return CacheSection(
        table.location,
        type=table.text("Type"),
        path=table.text("Path") or "",
        shared=table.boolean("Shared"),
        s3=_s3(nested) if nested is not None else None,
        flat_s3=_s3(table) if any(table.has(name) for name in _S3) else None,
        has_gcs=table.table("gcs") is not None,
        has_azure=table.table("azure") is not None,
    )


def _s3(table: _Table) -> S3Section:
    return S3Section(
        table.location,
        server_address=table.text("ServerAddress"),
        bucket_name=table.text("BucketName"),
        bucket_location=table.text("BucketLocation"),
        insecure=table.boolean("Insecure"),
        has_access_key=table.has("AccessKey"),
        has_secret_key=table.has("SecretKey"),
        authentication_type=table.text("AuthenticationType"),
    )
