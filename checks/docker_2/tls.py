"""The item docker-2/tls."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _, excerpt

if TYPE_CHECKING:
    from pytest_dockerlab.engine.hosts.endpoints import Endpoint
    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.messages import Message

_HINT = _("start the engine with --tlsverify, --tlscacert, --tlscert and --tlskey, and close port 2375")


@check(
    "docker-2/tls",
    "the docker host accepts only the right client certificate",
    tier="remote",
    needs=["docker-2/docker-host", Need.DOCKER_HOST],
)
def tls(docker_host: DockerHost) -> None:
    """Tried, one connection each. The right certificate comes first: without it a refusal would prove nothing."""
    from pytest_dockerlab.engine.hosts.errors import HostUnavailable
    from pytest_dockerlab.engine.hosts.tls_trials import try_plain

    endpoint = docker_host.endpoint
    if endpoint.scheme != "tcp":
        raise Unverified(
            _("this docker host is reached over {scheme}, but the item is about tcp", scheme=f"{endpoint.scheme}://"),
            _("name it by tcp://host:2376 or by its docker-machine folder; by ssh alone there is no TLS to set up"),
        )
    try:
        require(endpoint.tls, _("the engine uses TLS"), found=try_plain(endpoint), hint=_HINT)
        unknown = [part for part in (attempt(endpoint) for attempt in (_right, _wrong, _expired, _server)) if part]
    except HostUnavailable as error:
        raise error.unverified() from error
    if unknown:
        raise Unverified(
            _("not everything could be tried: {what}", what=unknown),
            _("put ca.pem, cert.pem, key.pem and ca-key.pem into the folder of DOCKER_CERT_PATH"),
        )


def _right(endpoint: Endpoint) -> Message | None:
    from pytest_dockerlab.engine.hosts.certificates import KeyPair
    from pytest_dockerlab.engine.hosts.tls_trials import try_client

    assert endpoint.tls is not None
    if endpoint.tls.cert is None or endpoint.tls.key is None:
        return _("the right certificate: cert.pem and key.pem are missing")
    right = try_client(endpoint, KeyPair(endpoint.tls.cert, endpoint.tls.key))
    if right.is_accepted:
        return None
    raise Unverified(
        _("the docker host refuses the certificate given: {answer}", answer=str(right)),
        _("use the client certificate that its CA issued (DOCKER_CERT_PATH)"),
    )


def _wrong(endpoint: Endpoint) -> Message | None:
    from pytest_dockerlab.engine.hosts.tls_trials import foreign_certificate, try_client

    without = try_client(endpoint, None)
    expect(not without.is_accepted, _("refused without a client certificate"), found=without, hint=_HINT)
    with foreign_certificate() as pair:
        foreign = try_client(endpoint, pair)
    expect(not foreign.is_accepted, _("refused with a certificate from another CA"), found=foreign, hint=_HINT)
    note("without a certificate", str(without))
    note("with a certificate from another CA", str(foreign))
    return None


def _expired(endpoint: Endpoint) -> Message | None:
    from pytest_dockerlab.engine.hosts.certificates import CannotIssue, KeyPair
    from pytest_dockerlab.engine.hosts.tls_trials import expired_certificate, try_client

    assert endpoint.tls is not None
    if endpoint.tls.ca is None or endpoint.tls.ca_key is None:
        return _("an expired certificate: only the CA's key, ca-key.pem, can issue one")
    try:
        with expired_certificate(KeyPair(endpoint.tls.ca, endpoint.tls.ca_key)) as (pair, current):
            if not try_client(endpoint, current).is_accepted:
                return _("an expired certificate: the available CA is not the one this docker host trusts")
            expired = try_client(endpoint, pair)
    except CannotIssue as error:
        return _("an expired certificate: ca-key.pem issues none: {why}", why=excerpt(error.message))
    expect(not expired.is_accepted, _("refused with an expired certificate"), found=expired, hint=_HINT)
    note("with an expired certificate", str(expired))
    return None


def _server(endpoint: Endpoint) -> Message | None:
    from pytest_dockerlab.engine.hosts.errors import HostTls, TlsWrongName
    from pytest_dockerlab.engine.hosts.tls_trials import try_server_name

    assert endpoint.tls is not None
    if endpoint.tls.ca is None:
        return _("the server's name: ca.pem is missing")
    try:
        try_server_name(endpoint)
    except HostTls as error:
        expected = _(
            "the server's certificate is issued by its CA, valid now, and for the name {name}", name=endpoint.host
        )
        expect(False, expected, found=error.reason, hint=error.remedy)
        return None
    try:
        try_server_name(endpoint, "another-name.invalid")
    except TlsWrongName:
        return None
    # One for any name at all proves nothing about who answers.
    expect(False, _("the server's certificate is for its own name only"), found=_("it is valid for any name"))
    return None
