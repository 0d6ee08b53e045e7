"""The item gitlab-ci-1/cache."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._cache_server import server_problems
from pytest_dockerlab.checks.gitlab_ci_1._readable import TOLD_BY, readable
from pytest_dockerlab.checks.gitlab_ci_1._runner_versions import FLAT_ENDS, NESTED
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.template import is_open
from pytest_dockerlab.submission.gitlab_runner.versions import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.readings import Readings
    from pytest_dockerlab.submission.gitlab_runner.sections import CacheSection
    from pytest_dockerlab.submission.gitlab_runner.tomldoc import Key
    from pytest_dockerlab.submission.submission import Submission

_TYPES = {"s3": (1, 1, 0), "gcs": (11, 3, 0), "azure": (13, 4, 0)}
"""The kinds of caches, and since when there are any of them."""


@check(
    "gitlab-ci-1/cache", "the shared cache is set in the form this runner reads", level="advisory", told_by=[TOLD_BY]
)
def cache(submission: Submission, hw_course: Course) -> None:
    found: list[str] = []
    for configuration in readable(submission, lambda written: "runners.cache" in written.text, "cache"):
        read_by = submission.runner_readings(configuration, hw_course.runner_version)
        for index, runner in enumerate(configuration.runners):
            if runner.cache is None or not _is_meant(configuration, runner.cache, index):
                continue
            found.append(f"{runner.cache.type or '?'} ({runner.cache.location})")
            report(_problems(configuration, index, runner.cache, read_by))
    if not found:
        raise NotAttempted(_("no runner has a shared cache: no Type and no server in [runners.cache]"))
    note("cache", found)


def _is_meant(configuration: RunnerConfiguration, cache: CacheSection, index: int) -> bool:
    """Whether there is more than the empty section that registering writes."""
    set_in = [each for each in (cache.s3, cache.flat_s3) if each is not None]
    return (
        cache.type is not None
        or ("runners", index, "cache", "Type") in configuration.holes
        or any(each.server_address or each.bucket_name or each.has_access_key for each in set_in)
    )


def _problems(
    configuration: RunnerConfiguration, index: int, cache: CacheSection, read_by: Readings
) -> Iterator[Finding]:
    path: tuple[Key, ...] = ("runners", index, "cache")
    at = configuration.location(*path, "Type")
    if cache.type is None:
        if not configuration.may_have(*path, "Type"):
            yield Finding(
                _("the cache has a Type, without which the runner uses none"), _("no Type"), at, _('add Type = "s3"')
            )
        return
    if is_open(cache.type):
        return
    if cache.type not in _TYPES:
        near = difflib.get_close_matches(cache.type.lower()[:20], _TYPES, n=1, cutoff=0.5)
        yield Finding(
            _("Type is one of {choices}", choices=list(_TYPES)), cache.type, at,
            _("write {near}", near=near[0]) if near else _("write one of these"),
        )  # fmt: skip
        return
    if _TYPES[cache.type] > read_by.main:
        yield Finding(
            _("GitLab Runner {version} knows this Type", version=shown(read_by.main)),
            _("{key}, which is new in {version}", key=cache.type, version=shown(_TYPES[cache.type])),
            at,
            _("use a runner of that version or newer, or another Type"),
        )
    if cache.type == "s3":
        yield from _form(configuration, path, cache, read_by)
        read = cache.flat_s3 if cache.s3 is None or (read_by.main < NESTED and cache.flat_s3 is not None) else cache.s3
        if read is not None:
            nested = (*path, "s3") if read is cache.s3 else path
            yield from server_problems(configuration, nested, read, configuration.runners[index].executor)
    elif not (cache.has_gcs if cache.type == "gcs" else cache.has_azure):
        yield _missing(configuration, path, cache.type)


def _missing(configuration: RunnerConfiguration, path: tuple[Key, ...], kind: str) -> Finding:
    """That the section of this kind is not there; what stands for it under another name, another item tells."""
    section = f"[runners.cache.{kind}]"
    finding = Finding(
        _("{section} says where the cache is", section=section),
        _("no {section}", section=section),
        configuration.location(*path),
        _("add {section} with the name of the bucket", section=section),
    )
    others = [configuration.written(*path[:2], kind), *(configuration.written(*path) or {}).values()]
    if any(isinstance(each, dict) for each in others):
        raise Unverified(_("no runner looks at a section of it"), told_by=TOLD_BY, findings=[finding])
    return finding


def _form(
    configuration: RunnerConfiguration, path: tuple[Key, ...], cache: CacheSection, read_by: Readings
) -> Iterator[Finding]:
    """Whether this version reads the form in which it stands: flat before 12.0, nested since 11.3."""
    if cache.s3 is None and cache.flat_s3 is None:
        yield _missing(configuration, path, "s3")
    elif cache.s3 is None and read_by.today >= FLAT_ENDS and (read_by.is_moving or read_by.main >= FLAT_ENDS):
        ends = shown(FLAT_ENDS)
        was_read = read_by.main < FLAT_ENDS
        flat = next(
            key for key in ("ServerAddress", "AccessKey", "BucketName", "SecretKey", "BucketLocation", "Insecure")
            if configuration.has(*path, key)
        )  # fmt: skip
        yield Finding(
            _("where the cache is, stands in [runners.cache.s3]: read since {since}", since=shown(NESTED)),
            _("it stands in [runners.cache]: read on its day ({version}), the cache is lost from {ends}",
              version=shown(read_by.main), ends=ends)
            if was_read
            else _("it stands in [runners.cache], and the cache is lost from {ends}", ends=ends),
            configuration.location(*path, flat),
            _("move it to [runners.cache.s3], or name a runner older than {ends} as the image's tag", ends=ends),
        )  # fmt: skip
    elif cache.flat_s3 is None and read_by.main < NESTED and not read_by.is_moving:
        finding = Finding(
            _("where the cache is, stands where GitLab Runner {version} reads it", version=shown(read_by.main)),
            _("it stands in [runners.cache.s3], which is new in {since}", since=shown(NESTED)),
            configuration.location(*path, "s3"),
            _("use a runner of that version or newer, or move it to [runners.cache]"),
        )
        raise Unverified(_("no runner looks at a section of it"), told_by=TOLD_BY, findings=[finding])
