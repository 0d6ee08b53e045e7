"""Docker hosts for real: the local engine, an sshd and a dockerd with TLS of our own on 127.0.0.1."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.engine.hosts import errors
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.findings import Unverified
from tests.certificates import Authority

from ..servers import Sshd, TlsEngine, sshd, tls_engine

pytestmark = pytest.mark.engine


def eventually(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Temporary files of ours go here, so that what stays behind is seen."""
    folder = Path(tempfile.mkdtemp(prefix="dl-"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    monkeypatch.undo()
    left = list(folder.iterdir())
    shutil.rmtree(folder)
    assert not left


@pytest.fixture(scope="module")
def local() -> Iterator[DockerHost]:
    with resolve_docker_host(None, {"HOME": "/nonexistent"}) as host:
        try:
            assert host.facts
        except errors.HostUnavailable as error:
            pytest.skip(str(error))
        yield host


def test_local_engine(local: DockerHost) -> None:
    assert local.facts.supports_probes
    assert local.facts.version_numbers >= (20, 10)
    assert local.facts.id
    assert local.client.ping()
    assert local.is_local
    assert local.is_local_engine()
    assert local.address == "localhost"


def test_local_machine(local: DockerHost) -> None:
    if local.facts.name != socket.gethostname():
        with pytest.raises(Unverified):
            _ = local.machine
    else:
        assert local.machine.check_output("hostname") == local.facts.name


def test_the_first_connection_is_quick(local: DockerHost) -> None:
    started = time.monotonic()
    with resolve_docker_host(str(local.endpoint), {}) as host:
        assert host.facts.identity == local.facts.identity
    assert time.monotonic() - started < 10  # whatever else the engine does: nothing is waited for


# ssh


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


def test_ssh(local: DockerHost, server: Sshd, here: Path) -> None:
    """One connection carries everything: the first words, the SDK's calls side by side, and testinfra."""
    before = server.accepted()
    with resolve_docker_host(server.url, server.environ()) as host:
        assert host.facts.identity == local.facts.identity
        assert not host.is_local
        assert host.is_local_engine()
        assert host.address == "127.0.0.1"
        found: list[Any] = []
        threads = [
            threading.Thread(target=lambda: found.append(host.client.version()["ApiVersion"])) for _number in range(5)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        assert found == [local.facts.api_version] * 5
        assert host.machine.check_output("echo over ssh") == "over ssh"
        assert host.machine.file("/proc/sys/kernel/random/boot_id").content_string.strip()
        assert server.accepted() - before == 1
    assert server.accepted() - before == 1


def test_ssh_streams(server: Sshd, here: Path) -> None:
    """A stream that never ends by itself is closed from this side, and its session ends."""
    with resolve_docker_host(server.url, server.environ()) as host:
        events = host.client.events(decode=True)
        events.close()
        assert host.client.ping()


def test_ssh_alias(server: Sshd, here: Path) -> None:
    """The address is what the ssh configuration says the alias stands for."""
    with resolve_docker_host("ssh://docker-alias", server.environ()) as host:
        assert host.address == "127.0.0.1"
        assert host.facts.version
    with resolve_docker_host("ssh://docker-alias", server.environ(DOCKERLAB_DOCKER_ADDRESS="10.1.1.1")) as host:
        assert host.address == "10.1.1.1"


def test_ssh_to_a_named_socket(server: Sshd, local: DockerHost, here: Path) -> None:
    with resolve_docker_host(f"{server.url}{local.endpoint.path}", server.environ()) as host:
        assert host.facts.identity == local.facts.identity
    nowhere = resolve_docker_host(f"{server.url}/nonexistent.sock", server.environ())
    with nowhere, pytest.raises(errors.SshNoEngine, match=r"nonexistent\.sock"):
        _ = nowhere.facts


def test_ssh_connection_that_is_lost(server: Sshd, here: Path) -> None:
    """The next call makes a new one."""
    before = server.accepted()
    with resolve_docker_host(server.url, server.environ()) as host:
        assert host.client.ping()
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
        assert children
        for child in children:
            os.kill(int(child), signal.SIGKILL)

        def answers() -> bool:
            try:
                return bool(host.client.ping())
            except Exception:  # noqa: BLE001 (whatever the SDK makes of a lost connection)
                return False

        assert eventually(answers)
        assert server.accepted() > before + 1


def test_ssh_with_few_sessions(tmp_path: Path, here: Path) -> None:
    """More calls at once than sshd allows sessions: ssh makes connections of their own for the rest."""
    with sshd(tmp_path, options=["MaxSessions 2"]) as server, resolve_docker_host(server.url, server.environ()) as host:
        streams = [host.client.api.events() for _number in range(4)]
        assert host.client.ping()
        for stream in streams:
            stream.close()


def test_sshd_that_is_full(tmp_path: Path, here: Path) -> None:
    """MaxStartups: refused at first, and let in once there is room."""
    with sshd(tmp_path, options=["MaxStartups 1", "LoginGraceTime 60"]) as server:
        occupied: list[socket.socket] = []

        def is_occupied() -> bool:  # the connection that saw the server start may still count
            occupied.append(socket.create_connection(("127.0.0.1", server.port)))
            return occupied[-1].recv(100).startswith(b"SSH-")

        assert eventually(is_occupied)
        refused = server.log.read_text().count("MaxStartups")

        def make_room() -> None:
            eventually(lambda: server.log.read_text().count("MaxStartups") > refused)
            for connection in occupied:
                connection.close()

        room = threading.Thread(target=make_room)
        room.start()
        with resolve_docker_host(server.url, server.environ()) as host:
            assert host.facts.version
        room.join(30)
        assert server.log.read_text().count("MaxStartups") > refused


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"knows_host_key": False}, errors.SshHostKeyRefused),
        ({"is_authorized": False}, errors.SshAuthFailed),
        ({"options": ["SetEnv PATH=/nonexistent"]}, errors.SshNoDocker),
        ({"options": ["SetEnv PATH=/usr/local/bin:/usr/bin DOCKER_HOST=unix:///nonexistent"]}, errors.SshNoEngine),
        ({"options": ["ForceCommand echo this account is not available"]}, errors.NotDocker),
        ({"ssh_options": ["Nonsense yes"]}, errors.HostSsh),
    ],
)
def test_ssh_that_leads_to_no_engine(
    words: dict[str, Any], expected: type[errors.HostUnavailable], tmp_path: Path, here: Path, server: Sshd
) -> None:
    with (
        sshd(tmp_path / "sshd", **words) as other,
        resolve_docker_host(other.url, other.environ()) as host,
        pytest.raises(errors.HostUnavailable) as caught,
    ):
        _ = host.facts
    assert type(caught.value) is expected, caught.value
    assert caught.value.remedy is not None


def test_ssh_to_nobody(server: Sshd, here: Path) -> None:
    with resolve_docker_host("ssh://127.0.0.1:1", server.environ()) as host, pytest.raises(errors.HostRefused):
        _ = host.facts


def test_ssh_after_we_are_killed(server: Sshd, tmp_path: Path) -> None:
    """The connection in the background ends by itself."""
    code = (
        "import sys, time\n"
        "from pytest_dockerlab.engine.hosts import ssh\n"
        "ssh._IDLE = 3\n"
        "from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host\n"
        "host = resolve_docker_host(sys.argv[1])\n"
        "assert host.facts and (host._tunnel.folder / 'ssh').exists()\n"
        "print(host._tunnel.folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", code, server.url],
        env={**server.environ(), "PYTHONPATH": str(Path(__file__).parents[3]), "TMPDIR": tempfile.mkdtemp(dir="/tmp")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    with child, child.stdout:
        folder = Path(child.stdout.readline().strip())
        child.kill()
    assert folder.is_absolute()
    assert eventually(lambda: not (folder / "ssh").exists())
    shutil.rmtree(folder.parent)


def test_ssh_children_do_not_get_our_interrupt(server: Sshd, here: Path) -> None:
    with resolve_docker_host(server.url, server.environ()) as host:
        assert host.client.ping()
        assert host._tunnel is not None
        groups = {os.getpgid(session.process.pid) for session in host._tunnel._sessions}
        assert groups
        assert os.getpgid(0) not in groups


# TLS


@pytest.fixture(scope="module")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsEngine]:
    with tls_engine(tmp_path_factory.mktemp("dockerd")) as engine:
        yield engine


def test_tls(tls_server: TlsEngine, local: DockerHost, tmp_path: Path) -> None:
    environ = tls_server.environ(tls_server.cert_folder(tmp_path / "certs"))
    with resolve_docker_host(None, environ) as host:
        assert host.facts.version_numbers >= (20, 10)
        assert host.client.containers.list() == []
        assert host.address == "127.0.0.1"
        assert not host.is_local
        assert not host.is_local_engine()
        assert host.facts.identity != local.facts.identity
        with pytest.raises(Unverified):
            _ = host.machine


def test_tls_refusals(tls_server: TlsEngine, tmp_path: Path) -> None:
    foreign = Authority(tmp_path / "authority")
    without = tls_server.cert_folder(tmp_path / "without")
    (without / "cert.pem").unlink()
    folders = {
        without: errors.TlsClientRefused,
        tls_server.cert_folder(tmp_path / "foreign", foreign.issue("client")): errors.TlsClientRefused,
        tls_server.cert_folder(
            tmp_path / "expired", tls_server.authority.issue("client", is_expired=True)
        ): errors.TlsClientRefused,
        tls_server.cert_folder(tmp_path / "other-ca", ca=foreign.pair.cert): errors.TlsUntrusted,
    }
    for folder, expected in folders.items():
        with resolve_docker_host(None, tls_server.environ(folder)) as host:
            with pytest.raises(errors.HostUnavailable) as caught:
                _ = host.facts
            assert type(caught.value) is expected, caught.value
    plain = {"DOCKER_HOST": tls_server.url, "HOME": "/nonexistent"}
    with resolve_docker_host(None, plain) as host, pytest.raises(errors.TlsRequired):
        _ = host.facts
    environ = tls_server.environ(tls_server.cert_folder(tmp_path / "right"))
    other_name = {**environ, "DOCKER_HOST": f"tcp://127.0.0.2:{tls_server.port}"}
    with resolve_docker_host(None, other_name) as host, pytest.raises(errors.HostRefused):
        _ = host.facts
