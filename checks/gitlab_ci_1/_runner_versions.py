"""Which runner reads a configuration, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.versions import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.readings import Readings
    from pytest_dockerlab.submission.gitlab_runner.versions import RunnerVersion

NESTED: RunnerVersion = (11, 3, 0)
FLAT_ENDS: RunnerVersion = (12, 0, 0)


def loses_cache(configuration: RunnerConfiguration) -> bool:
    """Whether a runner has its S3 cache in the form that runners before 12.0 read, and in no other."""
    caches = (each.cache for each in configuration.runners if each.cache is not None)
    return any(each.flat_s3 is not None and each.s3 is None for each in caches)


def shown_readings(configuration: RunnerConfiguration, read_by: Readings, *, is_valid: bool) -> Iterator[Message]:
    """By which version it was judged, and what became of it since."""
    version = shown(read_by.main)
    if read_by.named is not None:
        yield (
            (
                _("valid for the runner {version} that {place} names", version=version, place=str(read_by.named.at))
                if read_by.named.at is not None
                else _("valid for the runner {version} of the course", version=version)
            )
            if is_valid
            else _("judged for the runner {version}", version=version)
        )
    elif read_by.of_day is not None:
        yield (
            _("valid for its day ({version}, {day})", version=version, day=str(read_by.day))
            if is_valid
            else _("judged for its day ({version}, {day})", version=version, day=str(read_by.day))
        )
    else:
        yield (
            _("valid for today's runner ({version})", version=version)
            if is_valid
            else _("judged for today's runner ({version})", version=version)
        )
    if read_by.is_moving and loses_cache(configuration) and read_by.main < FLAT_ENDS <= read_by.today:
        yield _("the cache is lost from {version}", version=shown(FLAT_ENDS))
