"""The item gitlab-ci-1/cache-live."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._endpoints import answering, configuration_of
from pytest_dockerlab.findings import Finding, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, excerpt

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pytest_dockerlab.gitlab.cache_server import CacheKeys, CacheServer
    from pytest_dockerlab.options import Settings
    from pytest_dockerlab.submission.submission import Submission

_OPTION = "--hw-cache-url"
_ACCESS, _SECRET = "DOCKERLAB_CACHE_ACCESS_KEY", "DOCKERLAB_CACHE_SECRET_KEY"
_ANSWERS = _("the shared cache answers")
_BUCKET = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){1,61}[A-Za-z0-9]")
_OBJECT = re.compile(r"(?:runner/(?P<runner>[^/]{1,64})/)?project/(?P<project>\d{1,12})/.")
_MOST = 500
"""Objects that are listed: enough to see whether some are a runner's."""


@dataclass(frozen=True, slots=True)
class _Configured:
    """What config.toml says of the cache: never where it is, and no key."""

    bucket: str
    path: str
    region: str | None


@check(
    "gitlab-ci-1/cache-live",
    "the shared cache answers and holds the runner's objects",
    level="optional",
    tier="remote",
    needs=[Need.CACHE_URL],
)
def cache_live(submission: Submission, hw_settings: Settings) -> None:
    """Names of objects only. They hold a part of the runner's token, so none is shown."""
    from pytest_dockerlab.gitlab.cache_server import CacheServer
    from pytest_dockerlab.net.asking import parse_endpoint
    from pytest_dockerlab.net.http import Url

    given = parse_endpoint(hw_settings.endpoints[Need.CACHE_URL], _OPTION)
    bucket, _slash, path = given.target.partition("?")[0].strip("/").partition("/")
    configured = _configured(submission)
    if not bucket and configured is not None:
        bucket, path = configured.bucket, configured.path
    if not _BUCKET.fullmatch(bucket):
        raise Unverified(
            _("the bucket is not known"),
            _("name it behind the address: {option} http://HOST:PORT/BUCKET", option=_OPTION),
        )
    region = configured.region if configured is not None and configured.bucket == bucket else None
    keys = _keys(os.environ)
    note("bucket", bucket)
    note("asked as", _("the owner of an access key") if keys else _("everybody"))
    root = Url(given.scheme, given.host, given.port, "/")
    _judge(CacheServer(root, _OPTION, keys, region=region), bucket, f"{path}/" if path else "")


def _configured(submission: Submission) -> _Configured | None:
    configuration = configuration_of(submission)
    for runner in configuration.runners if configuration is not None else ():
        section = runner.cache
        s3 = (section.s3 or section.flat_s3) if section is not None else None
        if section is not None and s3 is not None and s3.bucket_name:
            return _Configured(s3.bucket_name, section.path.strip("/"), s3.bucket_location)
    return None


def _judge(server: CacheServer, bucket: str, path: str) -> None:
    found: list[re.Match[str]] = []
    others: list[str] = []
    for prefix in (f"{path}runner/", f"{path}project/", path):
        names = _names(server, bucket, prefix)
        found = [match for name in names if (match := _OBJECT.match(name.removeprefix(path)))]
        if found:
            break
        others += names
    note("objects", len(found) if len(found) < _MOST else f"{_MOST}+")
    note("projects", sorted({int(match["project"]) for match in found}))
    folders = sorted({excerpt(name.removeprefix(path).partition("/")[0])[:40] for name in others})[:5]
    expect(
        found,
        _("objects of a runner: {shape}", shape=f"{path}runner/…/project/…/…"),
        found=_("other ones: {names}", names=folders) if folders else _("the bucket {bucket} is empty", bucket=bucket),
        hint=_(
            "give a job cache: with key: and paths: and run it twice; its log says whether it uploads (Creating cache)"
            " and where to: [runners.cache] has to have Type, and the keys in the form of this runner's version"
        ),
    )


def _names(server: CacheServer, bucket: str, prefix: str) -> list[str]:
    from pytest_dockerlab.gitlab.cache_errors import CacheError

    try:
        with answering(_ANSWERS):
            return server.keys_of(bucket, prefix, _MOST)
    except CacheError as error:
        if error.is_server:
            raise Mismatch(Finding(_ANSWERS, error.reason, None, error.remedy)) from error
        raise error.unverified() from error


def _keys(environ: Mapping[str, str]) -> CacheKeys | None:
    """From the environment only: an option would stand in the list of processes, and a submission's are not ours."""
    from pytest_dockerlab.gitlab.cache_server import CacheKeys

    access, secret = environ.get(_ACCESS, ""), environ.get(_SECRET, "")
    if bool(access) != bool(secret):
        raise Unverified(
            _("only one of {names} is set", names=[_ACCESS, _SECRET]), _("set both of them in the environment, or none")
        )
    return CacheKeys(access, secret) if access else None
