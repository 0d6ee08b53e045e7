"""What in a configuration a runner of some version would refuse, or not know."""

from __future__ import annotations

import datetime
import difflib
import itertools
import re
from collections.abc import Iterator
from typing import Any

from ...findings import Finding
from ...messages import Message, _
from .configuration import RunnerConfiguration, duration_seconds
from .keys import KnownKey, Names, child, header, near, same, sections_with
from .schedules import problem_of_period, problem_of_timezone
from .sections import Policy, TokenKind
from .template import is_hole, is_open
from .tomldoc import Key
from .versions import RunnerVersion, newest_known, shown

__all__ = ["problems", "unknown"]

_INTEGERS_AS_FLOATS: RunnerVersion = (15, 9, 0)
"""With BurntSushi/toml 1.2; before, ``IdleScaleFactor = 1`` ended the runner."""
_LONG_TABLES: RunnerVersion = (18, 9, 0)
"""With BurntSushi/toml 1.6, which reads TOML 1.1."""
_OF_DOCKER = ("docker", "docker+machine", "docker-ssh", "docker-ssh+machine", "docker-windows", "docker-autoscaler")
_MOST = 300
"""Mistakes that are looked for: nobody makes, or reads, more of them."""
_SECRET = re.compile(r"token|key|secret|password|dsn|^environment$", re.IGNORECASE)
PASSED_OVER = _("take it away: the runner passes over it")
_FLAT = ("runners", "cache")
"""What of it is gone is told as a whole: the cache that it loses."""

EXECUTORS: dict[str, tuple[RunnerVersion, RunnerVersion | None]] = {
    "shell": ((1, 0, 0), None), "docker": ((1, 0, 0), None), "docker-windows": ((11, 11, 0), None),
    "docker-ssh": ((1, 0, 0), (16, 0, 0)), "ssh": ((1, 0, 0), None), "parallels": ((1, 0, 0), None),
    "virtualbox": ((1, 4, 0), None), "docker+machine": ((1, 1, 0), (20, 0, 0)),
    "docker-ssh+machine": ((1, 1, 0), (16, 0, 0)), "kubernetes": ((1, 6, 0), None), "custom": ((12, 1, 0), None),
    "docker-autoscaler": ((15, 11, 0), None), "instance": ((15, 8, 0), None),
}  # fmt: skip
"""Since and until when the runner's source registers them; that of docker+machine is announced."""


def problems(configuration: RunnerConfiguration, version: RunnerVersion) -> Iterator[Finding]:
    """What a runner of this version would refuse, or pass over as it does not know it."""
    judge = _Judge(configuration, version)
    yield from itertools.islice(judge.table(configuration.doc.data, (), ()), _MOST)
    yield from itertools.islice(judge.settings(), _MOST)


def unknown(configuration: RunnerConfiguration) -> Iterator[Finding]:
    """The keys that no version has, nor anything like them: only a newer one could know them."""
    judge = _Judge(configuration, newest_known())
    for finding in itertools.islice(judge.table(configuration.doc.data, (), ()), _MOST):
        if finding.hint == PASSED_OVER and isinstance(finding.found, str):
            yield finding


class _Judge:
    def __init__(self, configuration: RunnerConfiguration, version: RunnerVersion) -> None:
        self._configuration = configuration
        self._version = version

    def _knows(self) -> Message:
        return _("GitLab Runner {version} knows each key", version=shown(self._version))

    def table(self, data: dict[str, Any], names: Names, path: tuple[Key, ...]) -> Iterator[Finding]:
        """What is wrong with a table and all below it."""
        for name, value in data.items():
            if is_hole(name):
                continue
            known, here = child(names, name), (*path, name)
            at = self._configuration.location(*here)
            if known is None:
                yield Finding(self._knows(), name, at, _where(names, name))
                continue
            if known.removed is not None and known.removed <= self._version:
                if names != _FLAT:
                    yield Finding(
                        self._knows(),
                        _("{key}, which is gone since {version}", key=name, version=shown(known.removed)),
                        at,
                        _instead(known),
                    )
                continue
            if known.since is not None and known.since > self._version:
                yield Finding(
                    self._knows(),
                    _("{key}, which is new in {version}", key=name, version=shown(known.since)),
                    at,
                    _("use a runner of that version or newer, or take it away"),
                )
                continue
            yield from self._value(value, known, here)

    def _value(self, value: Any, known: KnownKey, path: tuple[Key, ...]) -> Iterator[Finding]:
        if is_hole(value):
            return
        at, is_excerpt = self._configuration.location(*path), self._configuration.is_excerpt
        if known.type == "tables" and isinstance(value, list) and all(isinstance(each, dict) for each in value):
            for index, each in enumerate(value):
                yield from self.table(each, known.names, (*path, index))
        elif isinstance(value, dict) and (known.type == "table" or (known.type == "tables" and is_excerpt)):
            yield from self.table(value, known.names, path)
        elif not _is_of(known.type, value, self._version):
            yield Finding(
                _("{key} is {type}", key=known.name, type=_TYPES[known.type]),
                _shown(known.name, value),
                at,
                _correction(known, value),
            )
        elif known.choices and (wrong := _unlisted(value, known.choices)):
            yield Finding(
                _("{key} is one of {choices}", key=known.name, choices=list(known.choices)),
                wrong,
                at,
                _("write one of these"),
            )

    def settings(self) -> Iterator[Finding]:
        """What has the right type, and a value that ends the runner or keeps it from its work."""
        configuration = self._configuration
        if configuration.doc.long_table is not None and self._version < _LONG_TABLES:
            yield Finding(
                _("GitLab Runner {version} reads the configuration as TOML 1.0", version=shown(self._version)),
                _("an inline table over several lines"),
                configuration.doc.long_table,
                _("put it on one line, or make a section of it"),
            )
        if ("concurrent",) not in configuration.holes and configuration.concurrent < 1:
            yield Finding(
                _("at least one job may run: concurrent is 1 or more"),
                configuration.concurrent,
                configuration.location("concurrent"),
                _("write how many jobs may run at once: concurrent = 5"),
            )
        for index, runner in enumerate(configuration.runners):
            at = ("runners", index)
            yield from self._executor(runner.executor, at)
            is_whole = not configuration.is_excerpt and not configuration.may_have(*at, "docker")
            if runner.executor in _OF_DOCKER and runner.docker is None and is_whole:
                yield Finding(
                    _("the executor {executor} has its section", executor=runner.executor),
                    _("no [runners.docker]: every job fails with 'missing docker configuration'"),
                    runner.location,
                    _("add [runners.docker] with the image that jobs take"),
                )
            if runner.url is not None and _is_no_url(runner.url):
                yield Finding(
                    _("url begins with http:// or https://"),
                    runner.url,
                    configuration.location(*at, "url"),
                    _("write the address as a browser shows it: http://{url}", url=runner.url[:200]),
                )
            if runner.token_kind is TokenKind.ACCESS:
                yield self._token(_("an access token of a person or a project"), at)
            if runner.token_kind is TokenKind.REGISTRATION and runner.has_literal_token:
                yield self._token(_("a registration token"), at)
            if runner.autoscaler is not None:
                for number, policy in enumerate(runner.autoscaler.policies):
                    yield from self._policy(policy, (*at, "autoscaler", "policy", number))
            if runner.machine is None:
                continue
            place = (*at, "machine", "autoscaling")
            for number, each in enumerate(runner.machine.autoscaling):
                yield from self._schedule(each.periods, each.timezone, (*place, number), "Periods", "Timezone")
            if self._version < (14, 0, 0):
                yield from self._schedule(
                    runner.machine.off_peak_periods, runner.machine.off_peak_timezone,
                    (*at, "machine"), "OffPeakPeriods", "OffPeakTimezone",
                )  # fmt: skip

    def _executor(self, executor: str | None, at: tuple[Key, ...]) -> Iterator[Finding]:
        if executor is None or is_open(executor):
            return
        expected = _("GitLab Runner {version} knows the executor", version=shown(self._version))
        place = self._configuration.location(*at, "executor")
        if executor not in EXECUTORS:
            meant = difflib.get_close_matches(executor[:40], EXECUTORS, n=1, cutoff=0.75)
            hint = _("write {near}", near=meant[0]) if meant else _("write one of {names}", names=sorted(EXECUTORS))
            yield Finding(expected, executor, place, hint)
            return
        since, until = EXECUTORS[executor]
        if since > self._version:
            found = _("{key}, which is new in {version}", key=executor, version=shown(since))
            yield Finding(expected, found, place, _("use a runner of that version or newer, or another executor"))
        elif until is not None and until <= self._version:
            found = _("{key}, which is gone since {version}", key=executor, version=shown(until))
            instead = "docker-autoscaler" if "machine" in executor else "docker"
            yield Finding(expected, found, place, _("use {instead} instead", instead=instead))

    def _token(self, what: Message, at: tuple[Key, ...]) -> Finding:
        return Finding(
            _("token is the runner's authentication token"),
            what,
            self._configuration.location(*at, "token"),
            _("take the one that gitlab-runner register writes there, or that GitLab shows for a new runner (glrt-…)"),
        )

    def _policy(self, policy: Policy, path: tuple[Key, ...]) -> Iterator[Finding]:
        for number, period in enumerate(policy.periods):
            if not is_open(period) and (why := problem_of_period(period, fields=5)):
                yield Finding(
                    _("a period is a cron expression: minutes hours day month weekday"),
                    why,
                    self._configuration.location(*path, "periods", number),
                    _('write it like "* 9-17 * * mon-fri"'),
                )
        if not is_open(policy.timezone) and (why := problem_of_timezone(policy.timezone)):
            yield self._timezone(why, (*path, "timezone"))

    def _timezone(self, why: Message, path: tuple[Key, ...]) -> Finding:
        return Finding(
            _("the time zone is one of the tz database, or empty"),
            why,
            self._configuration.location(*path),
            _('write it like "Europe/Moscow"'),
        )

    def _schedule(
        self, periods: tuple[str, ...], timezone: str, path: tuple[Key, ...], of_periods: str, of_timezone: str
    ) -> Iterator[Finding]:
        for number, period in enumerate(periods):
            if not is_open(period) and (why := problem_of_period(period)):
                yield Finding(
                    _("a period is a cron expression: seconds minutes hours day month weekday year"),
                    why,
                    self._configuration.location(*path, of_periods, number),
                    _('write it like "* * 9-17 * * mon-fri *"'),
                )
        if not is_open(timezone) and (why := problem_of_timezone(timezone)):
            yield self._timezone(why, (*path, of_timezone))


_TYPES = {
    "integer": _("a whole number"), "float": _("a number"), "boolean": _("true or false"),
    "string": _("text in quotes"), "strings": _("a list of texts"), "string or strings": _("text, or a list of texts"),
    "floats": _("a list of numbers"), "duration": _("a duration such as 20m0s"), "datetime": _("a date with its time"),
    "table": _("a section of its own"), "tables": _("a section in double brackets"), "map": _("a section of its own"),
    "services": _("a section in double brackets"),
}  # fmt: skip


def _is_of(kind: str, value: Any, version: RunnerVersion) -> bool:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    match kind:
        case "integer":
            return is_number and -(2**63) <= value < 2**63
        case "float":
            return isinstance(value, float) or (is_number and version >= _INTEGERS_AS_FLOATS)
        case "boolean":
            return isinstance(value, bool)
        case "string":
            return isinstance(value, str)
        case "strings":
            return isinstance(value, list) and all(isinstance(each, str) for each in value)
        case "string or strings":
            return isinstance(value, str) or _is_of("strings", value, version)
        case "floats":
            return isinstance(value, list) and all(_is_of("float", each, version) for each in value)
        case "duration":
            return is_number or (isinstance(value, str) and (is_open(value) or duration_seconds(value) is not None))
        case "datetime":
            return isinstance(value, (datetime.datetime, str))  # the text of one is read too
        case "services":
            return isinstance(value, list) and (
                all(isinstance(each, str) for each in value) or all(isinstance(each, dict) for each in value)
            )
        case _:
            return kind != "tables" and isinstance(value, dict)


def _shown(name: str, value: Any) -> object:
    """The value, unless it may be a secret."""
    if isinstance(value, dict):
        return _("a section")
    if isinstance(value, list):
        return _("a list")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _("text") if _SECRET.search(name) else f'"{value[:200]}"'
    return str(value)[:200]


def _correction(known: KnownKey, value: Any) -> Message:
    match known.type:
        case "float" if isinstance(value, int) and not isinstance(value, bool):
            return _("write it with a point: {key} = {value}", key=known.name, value=f"{value}.0"[:40])
        case "tables" | "table" | "map":
            return _("write {section}", section=header(known.names))
        case "integer" | "float" | "boolean" if isinstance(value, str):
            return _("write it without quotes")
        case "strings" if isinstance(value, str):
            return _("put it in brackets")
        case "string" if not isinstance(value, (dict, list)):
            return _("put it in quotes")
    return _("write {key} as {type}", key=known.name, type=_TYPES[known.type])


def _unlisted(value: Any, choices: tuple[str, ...]) -> list[str]:
    given = value if isinstance(value, list) else [value]
    return [
        each for each in given if each and isinstance(each, str) and not is_open(each) and each.lower() not in choices
    ]


def _where(names: Names, name: str) -> Message:
    """What to do with a key that its section does not have."""
    meant, sections = same(names, name), sections_with(name)
    if meant is None and sections:
        if not sections[0]:
            return _("move it to the top, before the first section")
        return _("move it to {section}", section=sections[0])
    meant = meant or near(names, name)
    if meant is not None:
        return _("write {near}", near=meant)
    return PASSED_OVER


_REPLACEMENTS = {
    "metrics_server": "listen_address", "pre_clone_script": "pre_get_sources_script",
    "post_clone_script": "post_get_sources_script",
}  # fmt: skip


def _instead(known: KnownKey) -> Message:
    if known.name in _REPLACEMENTS:
        return _("write {near}", near=_REPLACEMENTS[known.name])
    return PASSED_OVER


def _is_no_url(url: str) -> bool:
    """Whether it is meant as an address, and has no scheme: a place for one in a README is none."""
    has_name = re.fullmatch(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?/?", url) is not None
    return has_name and not url.isupper() and not is_open(url) and "$" not in url
