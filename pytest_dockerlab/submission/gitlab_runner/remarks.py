"""What a configuration is likely not meant to say, though the runner takes it. Remarks: they decide nothing."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any

from ...messages import Message, _
from .configuration import RunnerConfiguration
from .keys import Names, child
from .sections import MachineSection, RunnerSection, TokenKind
from .tomldoc import Key
from .versions import RunnerVersion, shown

__all__ = ["remarks"]

_OFF_PEAK = ("OffPeakPeriods", "OffPeakTimezone", "OffPeakIdleCount", "OffPeakIdleTime")
_MOST = 20
_MACHINE_ENDS: tuple[RunnerVersion, RunnerVersion] = (17, 5, 0), (20, 0, 0)
"""The version that deprecates docker+machine, and the one that it ends with."""


def remarks(configuration: RunnerConfiguration, version: RunnerVersion) -> Iterator[Message]:
    """Remarks on a configuration that a runner of this version reads, each with its place."""
    yield from itertools.islice(_deprecated(configuration, configuration.doc.data, (), (), version), _MOST)
    for index, runner in enumerate(configuration.runners):
        path: tuple[Key, ...] = ("runners", index)
        for key, said in _of_runner(configuration, runner, path, version):
            yield _("{place}: {why}", place=str(configuration.location(*path, *key)), why=said)


def _deprecated(
    configuration: RunnerConfiguration, data: Mapping[str, Any], names: Names, path: tuple[Key, ...], now: RunnerVersion
) -> Iterator[Message]:
    """The keys that this version still reads, and says are to go."""
    for name, value in data.items():
        known, here = child(names, name), (*path, name)
        if known is None:
            continue
        is_read = all(each is None or each > now for each in (known.removed, known.ignored))
        if known.deprecated is not None and known.deprecated <= now and is_read:
            said = _("{key} is deprecated since {version}", key=known.name, version=shown(known.deprecated))
            yield _("{place}: {why}", place=str(configuration.location(*here)), why=said)
        elif isinstance(value, dict):
            yield from _deprecated(configuration, value, known.names, here, now)
        elif isinstance(value, list):
            for index, each in enumerate(value):
                if isinstance(each, dict):
                    yield from _deprecated(configuration, each, known.names, (*here, index), now)


def _of_runner(
    configuration: RunnerConfiguration, runner: RunnerSection, path: tuple[Key, ...], version: RunnerVersion
) -> Iterator[tuple[tuple[Key, ...], Message]]:
    if runner.token_kind is TokenKind.REGISTRATION and not runner.has_literal_token:
        said = _(
            "token is the runner's authentication token, which registering gives; the registration token is another"
        )
        yield ("token",), said
    if runner.executor is not None and "machine" in runner.executor and version >= _MACHINE_ENDS[0]:
        yield (
            ("executor",),
            _("docker+machine is deprecated since {since} and ends with {until}: docker-autoscaler follows it",
              since=shown(_MACHINE_ENDS[0]), until=shown(_MACHINE_ENDS[1])),
        )  # fmt: skip
    if runner.machine is not None:
        for key, said in _of_machine(configuration, runner.machine, (*path, "machine"), version):
            yield ("machine", *key), said


def _of_machine(
    configuration: RunnerConfiguration, machine: MachineSection, path: tuple[Key, ...], version: RunnerVersion
) -> Iterator[tuple[tuple[Key, ...], Message]]:
    if not configuration.has(*path, "IdleTime"):
        said = _("without IdleTime it is 0: a machine that is idle beyond IdleCount is removed at the next poll")
        yield (), said
    off_peak = [key for key in _OFF_PEAK if configuration.has(*path, key)]
    if off_peak:
        known = child(("runners", "machine"), "OffPeakPeriods")
        ignored = known.ignored if known is not None else None
        if ignored is not None and ignored <= version:
            yield (
                (off_peak[0],),
                _("OffPeak… has no effect since {version}: [[runners.machine.autoscaling]] follows it",
                  version=shown(ignored)),
            )  # fmt: skip
        elif not machine.off_peak_periods:
            yield (off_peak[0],), _("OffPeak… has no effect without OffPeakPeriods")
    if machine.idle_scale_factor > 0 and machine.idle_count == 0:
        yield ("IdleScaleFactor",), _("IdleScaleFactor has no effect where IdleCount is 0")
