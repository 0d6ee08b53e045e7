"""Real servers for the tests: an sshd and a dockerd with TLS, on 127.0.0.1, gone at the end of the block."""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from pytest_dockerlab.engine.hosts.certificates import KeyPair
from tests.certificates import Authority

STARTUP = 90.0


def free_port() -> int:
    """A port nobody listens on now; who starts a server on it tries again with another one when it is taken."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Poll ``condition`` until it holds; an assertion with the log when the server ends or is late."""
    deadline = time.monotonic() + STARTUP
    while not condition():
        ended = process.poll() is not None
        assert not ended and time.monotonic() < deadline, log.read_text("utf-8", "replace")[-3000:]
        time.sleep(0.02)


def listens(port: int) -> bool:
    """Whether somebody accepts connections on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextlib.contextmanager
def running(argv: Sequence[str], log: Path, env: Mapping[str, str] | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A server for the block: ended with SIGTERM, and by force with all its children after 10 s."""
    with log.open("wb") as stream:
        process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=stream, stderr=stream, env=env, start_new_session=True
        )
    try:
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)


@dataclass(frozen=True)
class Sshd:
    """An sshd of ours, and the ssh configuration with which its host key is known and its user's key is offered."""

    port: int
    config: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}"

    def environ(self, **more: str) -> dict[str, str]:
        """The environment by which a docker host is found through it."""
        return {**os.environ, "DOCKERLAB_SSH_CONFIG": str(self.config), **more}

    def accepted(self) -> int:
        """How many connections were authenticated so far."""
        return self.log.read_text("utf-8", "replace").count("Accepted publickey")


@contextlib.contextmanager
def sshd(
    folder: Path,
    *,
    options: Sequence[str] = (),
    knows_host_key: bool = True,
    is_authorized: bool = True,
    ssh_options: Sequence[str] = (),
) -> Iterator[Sshd]:
    """An sshd on a free port; ``options`` are lines for its configuration, before ours.

    Without the program the test is skipped.
    """
    program = shutil.which("sshd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")
    if program is None or shutil.which("ssh-keygen") is None:
        pytest.skip("there is no sshd (Debian: openssh-server)")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # where a root sshd locks its unprivileged half in
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("host_key", "user_key", "other_key"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True, timeout=30)
    public = (folder / "user_key.pub" if is_authorized else folder / "other_key.pub").read_text()
    (folder / "authorized_keys").write_text(public)
    for _attempt in range(5):
        port = free_port()
        known = (folder / ("host_key.pub" if knows_host_key else "other_key.pub")).read_text()
        (folder / "known_hosts").write_text(f"[127.0.0.1]:{port} {known}")
        server_lines = [
            *options,
            f"ListenAddress 127.0.0.1:{port}",
            f"HostKey {folder / 'host_key'}",
            f"AuthorizedKeysFile {folder / 'authorized_keys'}",
            "PidFile none",
            "StrictModes no",
            "UsePAM no",
            "PasswordAuthentication no",
            "KbdInteractiveAuthentication no",
            "PermitRootLogin prohibit-password",
            f"SetEnv PATH={os.environ['PATH']}",
            "LogLevel VERBOSE",
        ]
        (folder / "sshd_config").write_text("\n".join([*server_lines, ""]))
        client_lines = [
            *ssh_options,
            "Host docker-alias",
            "  HostName 127.0.0.1",
            f"  Port {port}",
            f"  User {getpass.getuser()}",
            "Host *",
            f"  IdentityFile {folder / 'user_key'}",
            "  IdentitiesOnly yes",
            "  IdentityAgent none",
            f"  UserKnownHostsFile {folder / 'known_hosts'}",
            "  GlobalKnownHostsFile /dev/null",
        ]
        (folder / "ssh_config").write_text("\n".join([*client_lines, ""]))
        log = folder / "sshd.log"
        with running([program, "-D", "-e", "-f", str(folder / "sshd_config")], log) as process:
            try:
                wait_until(lambda port=port: listens(port), process, log)  # type: ignore[misc]
            except AssertionError as error:
                if "Address already in use" in str(error):
                    continue
                raise
            yield Sshd(port, folder / "ssh_config", log, process)
            return
    pytest.skip("no free port")


@dataclass(frozen=True)
class TlsEngine:
    """A dockerd of ours that demands client certificates, and the authority of both sides."""

    port: int
    authority: Authority
    client: KeyPair
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"tcp://127.0.0.1:{self.port}"

    def cert_folder(self, folder: Path, client: KeyPair | None = None, ca: Path | None = None) -> Path:
        """A folder as DOCKER_CERT_PATH wants it, with these files instead of the right ones."""
        folder.mkdir()
        client = client or self.client
        shutil.copy(ca or self.authority.pair.cert, folder / "ca.pem")
        shutil.copy(client.cert, folder / "cert.pem")
        shutil.copy(client.key, folder / "key.pem")
        return folder

    def environ(self, certs: Path) -> dict[str, str]:
        """The environment that docker itself would be given."""
        return {
            "DOCKER_HOST": self.url,
            "DOCKER_TLS_VERIFY": "1",
            "DOCKER_CERT_PATH": str(certs),
            "HOME": "/nonexistent",
        }


@contextlib.contextmanager
def tls_engine(
    folder: Path,
    *,
    names: Sequence[str] = ("127.0.0.1", "localhost"),
    is_expired: bool = False,
    tls_options: Sequence[str] = ("--tlsverify",),
) -> Iterator[TlsEngine]:
    """A real dockerd, with a bridge of its own and no firewall rules. Without the program the test is skipped.

    ``names`` and ``is_expired`` are about its certificate. ``tls_options`` are said instead of ``--tlsverify``.
    """
    program = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or os.geteuid() != 0:
        pytest.skip("a dockerd can be started by root only")
    authority = Authority(folder / "certificates")
    server = authority.issue(*names, is_expired=is_expired)
    client = authority.issue("client")
    files = ["--tlscacert", authority.pair.cert, "--tlscert", server.cert, "--tlskey", server.key]
    log = folder / "dockerd.log"
    for _attempt in range(5):
        port = free_port()
        with _short_folder() as short, _bridge() as bridge:
            argv = [
                program,
                *("--data-root", folder / "data", "--exec-root", short, "--pidfile", folder / "pid"),
                *("--host", f"tcp://127.0.0.1:{port}", *tls_options, *files),
                *("--bridge", bridge, "--iptables=false", "--ip-forward=false", "--storage-driver", "vfs"),
            ]
            try:
                with running([str(word) for word in argv], log) as process:
                    try:
                        wait_until(lambda port=port: _is_ready(port, log), process, log)  # type: ignore[misc]
                    except AssertionError as error:
                        if "address already in use" in str(error):
                            continue
                        raise
                    yield TlsEngine(port, authority, client, process)
                    return
            finally:
                _unmount_below(folder, short)
    pytest.skip("no free port")


@contextlib.contextmanager
def _bridge() -> Iterator[str]:
    # Not "--bridge none": that dockerd would remove docker0, the bridge of the engine that everybody else uses.
    name = f"dl{os.getpid() % 10**6}-{os.urandom(2).hex()}"
    subprocess.run(["ip", "link", "add", name, "type", "bridge"], check=True, timeout=30)
    try:
        address = f"10.{os.urandom(1)[0] % 50 + 100}.{os.urandom(1)[0]}.1/28"
        subprocess.run(["ip", "address", "add", address, "dev", name], check=True, timeout=30)
        yield name
    finally:
        subprocess.run(["ip", "link", "delete", name], check=False, timeout=30)


@contextlib.contextmanager
def _short_folder() -> Iterator[Path]:
    # For containerd's sockets: the path of a socket has at most 107 characters, and pytest's folders are long.
    folder = Path(tempfile.mkdtemp(prefix="dl-", dir="/tmp"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _unmount_below(*folders: Path) -> None:
    # dockerd mounts its folder onto itself, and leaves that behind when it does not end in order.
    for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
        point = Path(line.split()[1])
        if any(point.is_relative_to(folder) for folder in folders):
            subprocess.run(["umount", point], check=False, timeout=30)


def _is_ready(port: int, log: Path) -> bool:
    return "API listen on" in log.read_text("utf-8", "replace") and listens(port)
