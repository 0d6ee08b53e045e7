"""What the command ``dockerlab autoscale`` shows: a runner's configuration, and what a burst of jobs makes of it."""

from __future__ import annotations

import argparse
import datetime
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from ..errors import ConfigurationError, DockerlabError, LimitExceeded
from ..findings import Mismatch
from ..gitlab.autoscaling.bounds import InstanceSettings
from ..gitlab.autoscaling.rules import CURRENT, RECORDED
from ..gitlab.autoscaling.settings import Times
from ..messages import Message, _, text
from ..plans.autoscaling.forecast import Forecast, forecast
from ..plans.autoscaling.reading import instance_settings, machine_settings
from ..submission.gitlab_runner.configuration import RunnerConfiguration, read_configuration
from ..submission.gitlab_runner.versions import version_of
from .curves import curves
from .machines_svg import clock, drawing

__all__ = ["bounds", "figures", "lines"]

_MOST_BYTES = 1_000_000
_MOST_JOBS = 10_000
_LONGEST = 7 * 86_400.0


def lines(given: argparse.Namespace) -> Iterator[str]:
    """The lines to print; draws the image too where one is asked for. Raises :class:`ConfigurationError`."""
    path = Path(given.configuration)
    configuration = _read(path)
    times = Times(_seconds("--creation", given.creation), _seconds("--removal", given.removal))
    jobs, seconds, moment = _jobs(given.jobs), _seconds("--seconds", given.seconds), _moment(given.at)
    settings, instances = machine_settings(configuration), list(instance_settings(configuration))
    if settings is None and not instances:
        raise ConfigurationError(
            _("{path}: no [[runners]] has an executor that creates machines or instances", path=str(path))
        )
    if configuration.holes:
        keys = sorted({str(each[-1]) for each in configuration.holes})
        yield _("left open by the template, so that the default counts: {keys}", keys=keys).render(given.lang)
    if settings is not None:
        try:
            found = [
                forecast(settings, jobs, version, seconds=seconds, times=times, clock=moment)
                for version in _versions(given.runner)
            ]
        except DockerlabError as error:
            refused = ConfigurationError(_("{path}: {why}", path=str(path), why=error.text))
            refused.remedy = error.remedy
            raise refused from None
        conditions = _(
            "{count} jobs of {length} come at once; a machine is created in {creation} and removed in {removal}",
            count=jobs,
            length=clock(seconds),
            creation=clock(times.creation),
            removal=clock(times.removal),
        )
        yield from [conditions.render(given.lang), "", *_table(found, given.lang), "", *_curves(found[-1], given.lang)]
        if given.svg:
            _write(Path(given.svg), drawing(found[-1], path.name, given.lang))
    for _index, each in instances:
        yield from (message.render(given.lang) for message in bounds(each))


def _table(found: Sequence[Forecast], language: str) -> Iterator[str]:
    head = [
        _("version of the runner").render(language),
        *(".".join(map(str, each.version)).removesuffix(".0") for each in found),
    ]
    columns = [{message.render(language): value for message, value in figures(each)} for each in found]
    longest = max(columns, key=len)
    rows = [head, *([name, *(column.get(name, "") for column in columns)] for name in longest)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for name, *values in rows:
        cells = (value.rjust(width) for value, width in zip(values, widths[1:], strict=True))
        yield "  ".join([name.ljust(widths[0]), *cells]).rstrip()


def _curves(found: Forecast, language: str) -> Iterator[str]:
    drawn = list(curves({"series": found.series}, is_ascii=not _can_print("▁█→…")))
    names = [Message(name).render(language) for name, _curve in drawn]
    for name, (_name, curve) in zip(names, drawn, strict=True):
        yield f"{name.ljust(max(map(len, names)))}  {curve}"


def figures(found: Forecast) -> Iterator[tuple[Message, str]]:
    """What came of a burst, line by line."""
    simulation = found.simulation
    yield _("machines before the burst"), str(found.idle_before)
    yield _("most machines at once"), str(found.peak)
    if found.peak_of_all > found.peak:
        yield _("with those being removed"), str(found.peak_of_all)
    yield _("most that the documentation allows"), str(found.bound)
    yield _("most jobs at once"), str(found.peak_used)
    yield _("machines created and removed"), f"{simulation.created} / {simulation.removed}"
    yield _("jobs run"), f"{simulation.jobs_run} / {len(simulation.jobs)}"
    yield _("longest wait of a job"), clock(found.longest_wait)
    yield _("at rest again after"), clock(found.rest)
    yield _("machines afterwards"), str(found.idle_after)
    yield _("time of all machines"), clock(found.machine_seconds)
    yield _("of it with a job"), f"{simulation.used_seconds / max(found.machine_seconds, 1e-9):.0%}"


def bounds(found: InstanceSettings) -> Iterator[Message]:
    """What bounds a group of instances."""
    yield _("instances: {count} at most, for {jobs} jobs at once", count=found.most_instances, jobs=found.most_jobs)
    yield _(
        "jobs at once: the smallest of concurrent ({concurrent}), limit ({limit}) and "
        "max_instances × capacity_per_instance ({capacity}), where 0 is none",
        concurrent=found.concurrent,
        limit=found.limit,
        capacity=found.max_instances * found.capacity,
    )


def _read(path: Path) -> RunnerConfiguration:
    try:
        with path.open("rb") as stream:
            content = stream.read(_MOST_BYTES + 1)
    except OSError as error:
        raise ConfigurationError(
            _("{path} cannot be read: {why}", path=str(path), why=error.strerror or str(error))
        ) from None
    if len(content) > _MOST_BYTES:
        raise ConfigurationError(_("{path} is larger than {limit} bytes", path=str(path), limit=_MOST_BYTES))
    try:
        return read_configuration(content.decode("utf-8", "replace"), str(path))
    except Mismatch as refused:
        finding = refused.finding
        raise ConfigurationError(_("{path}: {why}", path=str(finding.at or path), why=text(finding.found))) from None
    except LimitExceeded as error:
        raise ConfigurationError(_("{why}", why=error.text)) from None


def _jobs(given: str) -> int:
    if given.isascii() and given.isdecimal() and len(given) < 9 and 1 <= int(given) <= _MOST_JOBS:
        return int(given)
    raise ConfigurationError(
        _("--jobs takes a number from 1 to {most}, not {value}", most=_MOST_JOBS, value=repr(given))
    )


def _seconds(option: str, given: str) -> float:
    try:
        seconds = float(given)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds <= _LONGEST:
        raise ConfigurationError(
            _("{option} takes seconds, a week of them at most, not {value}", option=option, value=repr(given))
        )
    return seconds


def _moment(given: str) -> datetime.datetime:
    try:
        moment = datetime.datetime.fromisoformat(given)
    except ValueError:
        raise ConfigurationError(
            _("--at takes a time such as 2018-02-28T12:00, not {value}", value=repr(given))
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=datetime.UTC)


def _versions(given: str | None) -> list[tuple[int, ...]]:
    if given is None:
        return [RECORDED, CURRENT]
    version = version_of(given)
    if version is None:
        raise ConfigurationError(
            _("--runner takes a version of the runner such as 10.5, not {value}", value=repr(given))
        )
    return [version]


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content, "utf-8")
    except OSError as error:
        raise ConfigurationError(
            _("{path} cannot be written: {why}", path=str(path), why=error.strerror or str(error))
        ) from None


def _can_print(value: str) -> bool:
    try:
        value.encode(sys.stdout.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return False
    return True
