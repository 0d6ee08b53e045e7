"""The item gitlab-ci-1/cache."""

from __future__ import annotations

import difflib
import ipaddress
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._runner_versions import FLAT_ENDS, NESTED
from pytest_dockerlab.findings import Finding, Mismatch, NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.template import is_open
from pytest_dockerlab.submission.gitlab_runner.versions import shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.course import Course
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.readings import Readings
    from pytest_dockerlab.submission.gitlab_runner.sections import CacheSection, S3Section
    from pytest_dockerlab.submission.gitlab_runner.tomldoc import Key
    from pytest_dockerlab.submission.submission import Submission

_TOLD_BY = "gitlab-ci-1/runner-config"
_TYPES = {"s3": (1, 1, 0), "gcs": (11, 3, 0), "azure": (13, 4, 0)}
"""The kinds of caches, and since when there are any of them."""
_OWN_MACHINES = ("docker+machine", "docker-ssh+machine", "docker-autoscaler", "instance")
_PLAIN_PORTS = ("9000", "9005")
"""Those of MinIO, and of the one that the course starts: both without TLS unless somebody gives it certificates."""


@check(
    "gitlab-ci-1/cache", "the shared cache is set in the form this runner reads", level="advisory", told_by=[_TOLD_BY]
)
def cache(submission: Submission, hw_course: Course) -> None:
    found: list[str] = []
    for configuration in _configurations(submission):
        read_by = submission.runner_readings(configuration, hw_course.runner_version)
        for index, runner in enumerate(configuration.runners):
            if runner.cache is None or not _is_meant(configuration, runner.cache, index):
                continue
            found.append(f"{runner.cache.type or '?'} ({runner.cache.location})")
            report(_problems(configuration, index, runner.cache, read_by))
    if not found:
        raise NotAttempted(_("no runner has a shared cache: no Type and no server in [runners.cache]"))
    note("cache", found)


def _configurations(submission: Submission) -> Iterator[RunnerConfiguration]:
    """Those that can be read; if one with a cache cannot, another item says why."""
    for written in submission.written_configurations:
        try:
            yield submission.read_configuration(written)
        except Mismatch as refused:
            if "runners.cache" in written.text:
                raise Unverified(
                    _("the configuration cannot be read"),
                    _("correct it first: see {item}", item=_TOLD_BY),
                    told_by=_TOLD_BY,
                    findings=[refused.finding],
                ) from None


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
            yield from _server(configuration, nested, read, configuration.runners[index].executor)
    elif not (cache.has_gcs if cache.type == "gcs" else cache.has_azure):
        yield _missing(configuration, path, cache.type)


def _missing(configuration: RunnerConfiguration, path: tuple[Key, ...], kind: str) -> Finding:
    section = f"[runners.cache.{kind}]"
    return Finding(
        _("{section} says where the cache is", section=section),
        _("no {section}", section=section),
        configuration.location(*path),
        _("add {section} with the name of the bucket", section=section),
    )


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
        yield Finding(
            _("where the cache is, stands where GitLab Runner {version} reads it", version=shown(read_by.main)),
            _("it stands in [runners.cache.s3], which is new in {since}", since=shown(NESTED)),
            configuration.location(*path, "s3"),
            _("use a runner of that version or newer, or move it to [runners.cache]"),
        )


def _server(
    configuration: RunnerConfiguration, path: tuple[Key, ...], s3: S3Section, executor: str | None
) -> Iterator[Finding]:
    if s3.bucket_name is None and not configuration.may_have(*path, "BucketName"):
        yield Finding(
            _("the cache has a bucket"),
            _("no BucketName"),
            configuration.location(*path),
            _('add BucketName = "runner"'),
        )
    if s3.has_access_key != s3.has_secret_key:
        yield Finding(
            _("AccessKey and SecretKey belong together"),
            _("no SecretKey") if s3.has_access_key else _("no AccessKey"),
            configuration.location(*path, "AccessKey" if s3.has_access_key else "SecretKey"),
            _("give both, each by a variable"),
        )
    address = s3.server_address
    if address is None or is_open(address):
        return
    at = configuration.location(*path, "ServerAddress")
    scheme, has_scheme, rest = address.partition("://")
    if "@" in address:
        yield Finding(
            _("ServerAddress is a host and a port, without a scheme"), _("a login in it, which is not shown"), at,
            _("write host and port alone, and the login as AccessKey and SecretKey, each by a variable"),
        )  # fmt: skip
        return
    if has_scheme:
        also = ", Insecure = true" if scheme == "http" and not s3.insecure else ""
        yield Finding(
            _("ServerAddress is a host and a port, without a scheme"), scheme, at,
            _("write {address}{also}", address=rest[:200].rstrip("/"), also=also),
        )  # fmt: skip
        return
    host, _colon, port = address.partition(":")
    if _is_own(host) and executor in _OWN_MACHINES:
        yield Finding(
            _("the machines reach the cache, which is not on them"), address[:200], at,
            _("write the address at which other machines reach it"),
        )  # fmt: skip
    elif not s3.insecure and not configuration.may_have(*path, "Insecure") and _is_plain(host, port):
        yield Finding(
            _("a server without TLS is asked without TLS"),
            _("{address} without Insecure = true", address=address[:200]),
            at,
            _("add Insecure = true"),
        )


def _is_own(host: str) -> bool:
    """Whether it is the machine's own address."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_unspecified


def _is_plain(host: str, port: str) -> bool:
    """Whether it is one of one's own that has hardly a certificate: by a private address, or by the port of MinIO."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return port in _PLAIN_PORTS
