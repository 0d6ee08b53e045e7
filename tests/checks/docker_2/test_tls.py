"""docker-2/tls on engines that demand a client certificate, and on some that do not."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.checks.docker_2.tls import tls
from pytest_dockerlab.engine.hosts import errors
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.findings import Collected, Unverified
from tests.certificates import Authority
from tests.engine.servers import Sshd, TlsEngine, tls_engine

from ._docker_hosts import asked, machine_folder

pytestmark = pytest.mark.engine

TRIED = {"without a certificate", "with a certificate from another CA", "with an expired certificate"}


@pytest.fixture
def engine(tmp_path: Path, words: dict[str, Any]) -> Any:
    """An engine that is set up in other words."""
    with tls_engine(tmp_path / "dockerd", **words) as engine:
        yield engine


def expectations(collected: Collected) -> list[str]:
    return [str(finding.expected) for finding in collected.findings]


@pytest.mark.sample("docker-2/tls", "passes")
def test_a_right_docker_host(tls_server: TlsEngine, tmp_path: Path) -> None:
    judged = asked(tls, str(machine_folder(tmp_path / "docker-host", tls_server)))
    assert judged.findings == []
    assert set(judged.evidence) == TRIED


@pytest.mark.sample("docker-2/tls", "unusual")
def test_the_cas_key_is_where_docker_machine_keeps_it(tls_server: TlsEngine, tmp_path: Path) -> None:
    (tmp_path / "machines").mkdir()
    (tmp_path / "certs").mkdir()
    shutil.copy(tls_server.authority.pair.key, tmp_path / "certs" / "ca-key.pem")
    folder = machine_folder(tmp_path / "machines" / "docker-host", tls_server, with_ca_key=False)
    judged = asked(tls, str(folder))
    assert judged.findings == []
    assert set(judged.evidence) == TRIED


@pytest.mark.sample("docker-2/tls", "fails")
@pytest.mark.parametrize("words", [{"tls_options": ("--tls", "--tlsverify=false")}], ids=["--tlsverify=false"])
def test_an_engine_that_lets_everybody_in(engine: TlsEngine, tmp_path: Path) -> None:
    """TLS without ``--tlsverify`` (20.10 and newer must be told so): encrypted, and open to all."""
    judged = asked(tls, str(machine_folder(tmp_path / "docker-host", engine)))
    assert expectations(judged) == [
        "refused without a client certificate",
        "refused with a certificate from another CA",
        "refused with an expired certificate",
    ]
    assert {str(each.hint) for each in judged.findings} == {
        "start the engine with --tlsverify, --tlscacert, --tlscert and --tlskey, and close port 2375"
    }


@pytest.mark.sample("docker-2/tls", "fails")
@pytest.mark.parametrize("words", [{"tls_options": ("--tls=false",)}], ids=["--tls=false"])
def test_an_engine_without_tls(engine: TlsEngine) -> None:
    judged = asked(tls, engine.url)
    assert expectations(judged) == ["the engine uses TLS"]
    assert "API 1." in str(judged.findings[0].found)


@pytest.mark.sample("docker-2/tls", "fails")
@pytest.mark.parametrize(
    ("words", "found"),
    [
        ({"names": ["other-host", "10.0.0.1"]}, "is for another name"),
        ({"is_expired": True}, "is not valid at this time"),
    ],
)
def test_an_engine_with_a_wrong_certificate(engine: TlsEngine, found: str, tmp_path: Path) -> None:
    folder = machine_folder(tmp_path / "docker-host", engine)
    judged = asked(tls, str(folder))
    assert expectations(judged) == [
        "the server's certificate is issued by its CA, valid now, and for the name 127.0.0.1",
    ]
    assert found in str(judged.findings[0].found)
    with resolve_docker_host(str(folder), {}) as host, pytest.raises(errors.HostTls):
        _ = host.facts


def test_what_cannot_be_tried_is_said(tls_server: TlsEngine, tmp_path: Path) -> None:
    """Never passed unverified: without the CA's key nobody can issue an expired certificate."""
    folder = machine_folder(tmp_path / "docker-host", tls_server, with_ca_key=False)
    with pytest.raises(Unverified, match="an expired certificate: only the CA's key"):
        asked(tls, str(folder))
    shutil.copy(Authority(tmp_path / "other").pair.key, folder / "ca-key.pem")
    with pytest.raises(Unverified, match=r"an expired certificate: ca-key\.pem issues none"):
        asked(tls, str(folder))
    (folder / "key.pem").unlink()
    with pytest.raises(Unverified, match="the right certificate: "):
        asked(tls, str(folder))


def test_the_right_certificate_is_needed(tls_server: TlsEngine, tmp_path: Path) -> None:
    """Without it, refusals would prove nothing."""
    foreign = Authority(tmp_path / "authority").issue("client")
    folder = machine_folder(tmp_path / "docker-host", tls_server, client=foreign)
    with pytest.raises(Unverified, match="refuses the certificate given"):
        asked(tls, str(folder))


def test_it_is_about_tcp(ssh_server: Sshd) -> None:
    with pytest.raises(Unverified, match="the item is about tcp"):
        asked(tls, ssh_server.url, ssh_server.environ())
