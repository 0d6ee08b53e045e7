"""Where the shared cache of a runner is: whether the machines that run jobs can reach it, and how."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._readable import TOLD_BY
from pytest_dockerlab.findings import Finding, Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.executors import OF_INSTANCES, OF_MACHINES
from pytest_dockerlab.submission.gitlab_runner.template import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.sections import S3Section
    from pytest_dockerlab.submission.gitlab_runner.tomldoc import Key

__all__ = ["server_problems"]

_PLAIN_PORTS = ("9000", "9005")
"""Those of MinIO, and of the one that the course starts: both without TLS unless somebody gives it certificates."""


def server_problems(
    configuration: RunnerConfiguration, path: tuple[Key, ...], s3: S3Section, executor: str | None
) -> Iterator[Finding]:
    """Why this runner would not find its S3 cache, though it reads where it is."""
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
    if _is_own(host) and executor in (*OF_MACHINES, *OF_INSTANCES):
        yield Finding(
            _("the machines reach the cache, which is not on them"), address[:200], at,
            _("write the address at which other machines reach it"),
        )  # fmt: skip
    elif isinstance(configuration.written(*path, "Insecure"), str):
        at = configuration.location(*path, "Insecure")
        raise Unverified(_("the runner does not read it in this form"), told_by=TOLD_BY, at=at)
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
