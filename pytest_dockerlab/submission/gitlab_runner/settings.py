"""Settings of the right type, with a value that ends the runner or keeps it from its work."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from ...findings import Finding
from ...messages import Message, _
from .configuration import RunnerConfiguration
from .executors import EXECUTORS, OF_DOCKER
from .schedules import problem_of_period, problem_of_timezone
from .sections import Policy, RunnerSection, TokenKind
from .template import is_open
from .tomldoc import Key
from .versions import RunnerVersion, shown

__all__ = ["Settings"]

_LONG_TABLES: RunnerVersion = (18, 9, 0)
"""With BurntSushi/toml 1.6, which reads TOML 1.1."""
_OFF_PEAK_ENDS: RunnerVersion = (14, 0, 0)


class Settings:
    """Judges the settings of a configuration for a version."""

    def __init__(self, configuration: RunnerConfiguration, version: RunnerVersion) -> None:
        self._configuration = configuration
        self._version = version

    def problems(self) -> Iterator[Finding]:
        """What is wrong with them."""
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
            yield from self._runner(runner, ("runners", index))

    def _runner(self, runner: RunnerSection, at: tuple[Key, ...]) -> Iterator[Finding]:
        configuration = self._configuration
        yield from self._executor(runner.executor, at)
        is_whole = not configuration.is_excerpt and not configuration.may_have(*at, "docker")
        if runner.executor in OF_DOCKER and runner.docker is None and is_whole:
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
            return
        place = (*at, "machine", "autoscaling")
        for number, each in enumerate(runner.machine.autoscaling):
            yield from self._schedule(each.periods, each.timezone, (*place, number), "Periods", "Timezone")
        if self._version < _OFF_PEAK_ENDS:
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
        if policy.idle_time < 1:
            yield Finding(
                _("idle_time is a second or more"),
                _("{seconds} s", seconds=f"{policy.idle_time:.9f}".rstrip("0")),
                self._configuration.location(*path, "idle_time"),
                _('write it like "20m0s": a number alone counts nanoseconds'),
            )
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


def _is_no_url(url: str) -> bool:
    """Whether it is meant as an address, and has no scheme: a place for one in a README is none."""
    has_name = re.fullmatch(r"[\w-]{1,63}(?:\.[\w-]{1,63}){1,10}(?::\d{1,5})?/?", url) is not None
    return has_name and not url.isupper() and not is_open(url) and "$" not in url
