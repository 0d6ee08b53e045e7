"""What is said of a docker host that is none, or none that can be used: every cause planted in a server of ours."""

from __future__ import annotations

import contextlib
import json
import os
import re
import socket
import ssl
import stat
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.engine.hosts import connection, errors, ssh
from pytest_dockerlab.engine.hosts.certificates import KeyPair
from pytest_dockerlab.engine.hosts.hosts import DockerHost, DockerHosts, resolve_docker_host
from pytest_dockerlab.errors import DockerlabError
from pytest_dockerlab.findings import Unverified
from tests.certificates import Authority

VERSION = {"Version": "20.10.24", "ApiVersion": "1.41", "MinAPIVersion": "1.12"}
INFO = {"ID": "A:B", "Name": "fake", "OSType": "linux", "MemTotal": 1, "KernelVersion": "0"}

Behaviour = Callable[[socket.socket, threading.Event], None]


def answer(
    body: bytes | dict[str, Any], status: str = "200 OK", kind: str = "application/json", more: str = ""
) -> bytes:
    data = json.dumps(body).encode() if isinstance(body, dict) else body
    head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(data)}\r\n{more}\r\n"
    return head.encode() + data


def requests_of(stream: socket.socket) -> Iterator[str]:
    """The paths that are asked for, one by one."""
    waiting = b""
    while True:
        while b"\r\n\r\n" in waiting:
            head, _, waiting = waiting.partition(b"\r\n\r\n")
            yield head.split()[1].decode()
        data = stream.recv(4096)
        if not data:
            return
        waiting += data


def says(*answers: bytes) -> Behaviour:
    """Each request gets the next answer; after the last one the connection is closed."""

    def behave(stream: socket.socket, _stop: threading.Event) -> None:
        for data, _path in zip(answers, requests_of(stream), strict=False):
            stream.sendall(data)

    return behave


def engine(version: dict[str, Any] = VERSION, info: dict[str, Any] = INFO, more: str = "") -> Behaviour:
    def behave(stream: socket.socket, _stop: threading.Event) -> None:
        for path in requests_of(stream):
            stream.sendall(answer(version if path.endswith("/version") else info, more=more))
            if more:
                return

    return behave


def hangs(stream: socket.socket, stop: threading.Event) -> None:
    stop.wait(30)


def drips(stream: socket.socket, stop: threading.Event) -> None:
    """One byte now and then: every single read succeeds, and it never ends."""
    next(requests_of(stream))
    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    while not stop.wait(0.05):
        stream.sendall(b" ")


def dies_at_once(stream: socket.socket, _stop: threading.Event) -> None:
    stream.recv(10)


def floods(stream: socket.socket, stop: threading.Event) -> None:
    next(requests_of(stream))
    stream.sendall(b"HTTP/1.1 200 OK\r\n\r\n{")
    while not stop.is_set():
        stream.sendall(b" " * 65536)


class Fake:
    """A server that does one thing to every connection, in threads that end with the block."""

    def __init__(self, listener: socket.socket, behave: Behaviour, context: ssl.SSLContext | None = None) -> None:
        self.listener = listener
        self.connections = 0
        self._behave = behave
        self._context = context
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self) -> None:
        self.listener.settimeout(0.05)
        while not self._stop.is_set():
            with contextlib.suppress(TimeoutError):
                stream, _address = self.listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(stream,), daemon=True).start()

    def _serve(self, stream: socket.socket) -> None:
        stream.settimeout(10)
        with contextlib.suppress(OSError, StopIteration):
            if self._context is not None:
                stream = self._context.wrap_socket(stream, server_side=True)
            with stream:
                self._behave(stream, self._stop)
        stream.close()

    def __enter__(self) -> Fake:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(5)
        self.listener.close()

    @property
    def url(self) -> str:
        if self.listener.family == socket.AF_UNIX:
            return f"unix://{self.listener.getsockname()}"
        return f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"


def on_socket(folder: Path, behave: Behaviour) -> Fake:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(folder / "d.sock"))
    listener.listen()
    return Fake(listener, behave)


def on_port(behave: Behaviour, context: ssl.SSLContext | None = None) -> Fake:
    return Fake(socket.create_server(("127.0.0.1", 0)), behave, context)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """For who does not answer: the limits are used up, and nothing else has to happen within them."""
    monkeypatch.setattr(connection, "CONNECT_TIMEOUT", 0.5)
    monkeypatch.setattr(connection, "ANSWER_TIMEOUT", 1.0)


def refusal(url: str, environ: dict[str, str] | None = None) -> errors.HostUnavailable:
    """Why this docker host cannot be used; it is said soon, and twice the same."""
    started = time.monotonic()
    with resolve_docker_host(url, environ or {"HOME": "/nonexistent"}) as host:
        with pytest.raises(errors.HostUnavailable) as caught:
            _ = host.facts
        with pytest.raises(errors.HostUnavailable) as again:
            _ = host.client
    assert time.monotonic() - started < 25  # sooner than a server that hangs ends
    assert again.value is caught.value
    error = caught.value
    assert isinstance(error, DockerlabError)
    assert isinstance(error.unverified(), Unverified)
    for text in (str(error.reason), str(error.remedy)):
        assert text.isprintable()
        assert not re.search(r"\{[a-z]+\}", text)
    return error


ANSWERS = [
    (says(answer(b"<html><body>It works!</body></html>", kind="text/html")), errors.NotDocker),
    (says(answer(b"<h1>Not Found</h1>", "404 Not Found", "text/html")), errors.NotDocker),
    (says(answer(b"", "302 Found", more="Location: http://127.0.0.1/\r\n")), errors.NotDocker),
    (says(answer(b"<h1>Unauthorized</h1>", "401 Unauthorized", "text/html")), errors.HostForbidden),
    (says(answer({"message": "authorization denied by plugin"}, "403 Forbidden")), errors.HostForbidden),
    (says(answer({"message": "broken"}, "500 Internal Server Error")), errors.HostError),
    (says(answer(VERSION), answer({"message": "no info"}, "500 Internal Server Error")), errors.HostError),
    (says(b"SSH-2.0-OpenSSH_9.2\r\n"), errors.NotDocker),
    (says(os.urandom(64).replace(b"\n", b"") + b"\r\n\r\n"), errors.NotDocker),
    (says(answer(b"[]")), errors.NotDocker),
    (says(answer(b"[" * 200_000)), errors.NotDocker),
    (says(answer({"Name": "no version"}), answer(INFO)), errors.NotDocker),
    (says(answer({**VERSION, "ApiVersion": "one"}), answer(INFO)), errors.NotDocker),
    (says(answer({**VERSION, "ApiVersion": "1.18"}), answer(INFO)), errors.HostTooOld),
    (says(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), errors.HostDied),
    (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"), errors.HostDied),
    (says(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{"), errors.HostDied),
    (says(b"HTTP/1.1 2"), errors.NotDocker),
    (says(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n"), errors.NotDocker),
    (says(answer(VERSION)), errors.HostDied),
    (floods, errors.NotDocker),
    (dies_at_once, errors.HostDied),
    (drips, errors.HostHangs),
    (hangs, errors.HostHangs),
]


@pytest.mark.parametrize("number", range(len(ANSWERS)))
@pytest.mark.parametrize("way", ["socket", "port"])
def test_answers(number: int, way: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    behave, expected = ANSWERS[number]
    if expected is errors.HostHangs:
        request.getfixturevalue("quick")
    with on_socket(tmp_path, behave) if way == "socket" else on_port(behave) as fake:
        error = refusal(fake.url)
    assert type(error) is expected, error
    assert error.host is not None
    assert error.host in str(error.reason)


@pytest.mark.parametrize("more", ["", "Connection: close\r\n"])
def test_an_engine(tmp_path: Path, more: str) -> None:
    """The control: the same server, answering well, over one connection or over one for each question."""
    with on_socket(tmp_path, engine(more=more)) as fake, resolve_docker_host(fake.url, {}) as host:
        assert host.facts.name == "fake"
        assert host.facts is host.facts
        assert not host.is_local
        assert host.client.api.api_version == "1.41"
        assert fake.connections == (2 if more else 1)
        with pytest.raises(Unverified):
            _ = host.machine


def test_the_newest_api_both_know(tmp_path: Path) -> None:
    with on_socket(tmp_path, engine({**VERSION, "ApiVersion": "1.99"})) as fake, resolve_docker_host(fake.url) as host:
        assert host.client.api.api_version == "1.45"


def test_no_socket(tmp_path: Path) -> None:
    assert type(refusal(f"unix://{tmp_path}/none.sock")) is errors.HostSocketMissing
    (tmp_path / "file").write_text("x")
    assert type(refusal(f"unix://{tmp_path}/file")) is errors.HostRefused
    assert type(refusal(f"unix://{tmp_path}/file/x.sock")) is errors.HostSocketMissing
    assert type(refusal(f"unix://{tmp_path}/{'x' * 200}")) is errors.HostUnreachable


def test_nobody_listens_at_the_socket_any_more(tmp_path: Path) -> None:
    with on_socket(tmp_path, hangs) as fake:
        url = fake.url
    assert type(refusal(url)) is errors.HostRefused


def test_permission(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if os.geteuid() != 0:
        with on_socket(tmp_path, engine()) as fake:
            (tmp_path / "d.sock").chmod(stat.S_IRUSR)
            assert type(refusal(fake.url)) is errors.HostPermissionDenied
        return

    # Root may do everything, so another user has to try: in a child, which takes that user for ever.
    with on_socket(tmp_path, engine()) as fake:
        (tmp_path / "d.sock").chmod(0o600)
        for parent in [tmp_path, *tmp_path.parents]:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & stat.S_IXOTH:
                parent.chmod(parent.stat().st_mode | stat.S_IXOTH)
        read, write = os.pipe()
        child = os.fork()
        if child == 0:
            os.setgroups([])
            os.setuid(65534)
            try:
                _ = resolve_docker_host(fake.url, {}).facts
            except errors.HostUnavailable as error:
                os.write(write, f"{type(error).__name__}: {error.remedy}".encode())
            os._exit(0)
        os.close(write)
        os.waitpid(child, 0)
        said = os.read(read, 1000).decode()
        os.close(read)
    assert said.startswith("HostPermissionDenied")
    assert "group docker" in said


def test_a_listener_that_accepts_nothing(tmp_path: Path, quick: None) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener, contextlib.ExitStack() as waiting:
        listener.bind(str(tmp_path / "d.sock"))
        listener.listen(0)
        for _ in range(2):
            client = waiting.enter_context(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM))
            client.setblocking(False)
            with contextlib.suppress(BlockingIOError):
                client.connect(str(tmp_path / "d.sock"))
        assert type(refusal(f"unix://{tmp_path}/d.sock")) is errors.HostHangs


def test_port(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    assert type(refusal(f"tcp://127.0.0.1:{port}")) is errors.HostRefused
    # Of a name with two addresses, the one that answers is found.
    with on_port(engine()) as fake, resolve_docker_host(fake.url.replace("127.0.0.1", "localhost"), {}) as host:
        assert host.facts.name == "fake"


def test_name() -> None:
    error = refusal("tcp://no-such-name.invalid:2375")
    assert type(error) is errors.HostUnknownName
    assert "no-such-name.invalid" in str(error)


def test_a_name_server_that_hangs(monkeypatch: pytest.MonkeyPatch, quick: None) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_words: release.wait(20) and [])
    try:
        assert type(refusal("tcp://docker-host:2375")) is errors.HostTimeout
    finally:
        release.set()


def test_no_packet_comes_back(quick: None) -> None:
    """A port whose queue is full answers nothing, as one behind a firewall."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):
            client = waiting.enter_context(socket.socket())
            client.setblocking(False)
            client.connect_ex(listener.getsockname())
        assert type(refusal(f"tcp://127.0.0.1:{listener.getsockname()[1]}")) is errors.HostTimeout


def test_what_it_says_is_cut_and_cleaned(tmp_path: Path) -> None:
    evil = b"\x1b[31mred\x1b[0m\r\n::error::x\x07" + "\u202eabc".encode() + b"y" * 5000
    with on_socket(tmp_path, says(answer(evil))) as fake:
        error = refusal(fake.url)
    assert len(str(error.reason)) < 500


# TLS


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def client(authority: Authority) -> KeyPair:
    return authority.issue("client")


def server_context(
    authority: Authority, *, names: tuple[str, ...] = ("127.0.0.1",), is_expired: bool = False
) -> ssl.SSLContext:
    pair = authority.issue(*names, is_expired=is_expired)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    context.load_verify_locations(authority.pair.cert)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def environment(folder: Path, authority: Authority, client: KeyPair | None) -> dict[str, str]:
    (folder / "ca.pem").write_bytes(authority.pair.cert.read_bytes())
    if client is not None:
        (folder / "cert.pem").write_bytes(client.cert.read_bytes())
        (folder / "key.pem").write_bytes(client.key.read_bytes())
    return {"HOME": "/nonexistent", "DOCKER_CERT_PATH": str(folder), "DOCKER_TLS_VERIFY": "1"}


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_client(tmp_path: Path, authority: Authority, client: KeyPair, version: ssl.TLSVersion) -> None:
    """The right certificate is accepted; none, a foreign and an expired one are refused, and it is said so."""
    context = server_context(authority)
    context.maximum_version = version
    foreign = Authority(tmp_path / "foreign").issue("client")
    with on_port(engine(), context) as fake:
        for number, (pair, expected) in enumerate(
            [
                (client, None),
                (None, errors.TlsClientRefused),
                (foreign, errors.TlsClientRefused),
                (authority.issue("client", is_expired=True), errors.TlsClientRefused),
            ]
        ):
            (tmp_path / str(number)).mkdir()
            environ = environment(tmp_path / str(number), authority, pair)
            if expected is None:
                with resolve_docker_host(fake.url, environ) as host:
                    assert host.facts.name == "fake"
                    assert host.client.version()["ApiVersion"] == "1.41"
            else:
                assert type(refusal(fake.url, environ)) is expected


def test_tls_server(tmp_path: Path, authority: Authority, client: KeyPair) -> None:
    environ = environment(tmp_path, authority, client)
    foreign = Authority(tmp_path / "foreign")
    for context, expected in [
        (server_context(authority, names=("other-name", "10.0.0.1")), errors.TlsWrongName),
        (server_context(authority, is_expired=True), errors.TlsExpired),
        (server_context(foreign), errors.TlsUntrusted),
    ]:
        with on_port(engine(), context) as fake:
            assert type(refusal(fake.url, environ)) is expected


def test_one_speaks_tls_and_the_other_does_not(tmp_path: Path, authority: Authority, client: KeyPair) -> None:
    environ = environment(tmp_path, authority, client)
    go_says = b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
    with on_port(says(go_says)) as fake:
        assert type(refusal(fake.url)) is errors.TlsRequired
    with on_port(lambda stream, _stop: stream.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as fake:
        assert type(refusal(fake.url, environ)) is errors.TlsNotSpoken
    with on_port(dies_at_once) as fake:
        assert type(refusal(fake.url, environ)) is errors.HostDied


def test_a_handshake_that_hangs(tmp_path: Path, authority: Authority, client: KeyPair, quick: None) -> None:
    with on_port(hangs) as fake:
        assert type(refusal(fake.url, environment(tmp_path, authority, client))) is errors.HostHangs


def test_tls_files(tmp_path: Path, authority: Authority, client: KeyPair) -> None:
    environ = environment(tmp_path, authority, client)
    with on_port(engine(), server_context(authority)) as fake:
        (tmp_path / "cert.pem").write_text("garbage")
        assert type(refusal(fake.url, environ)) is errors.TlsMaterialInvalid
        (tmp_path / "cert.pem").write_bytes(client.cert.read_bytes())
        (tmp_path / "key.pem").write_bytes(authority.pair.key.read_bytes())
        assert type(refusal(fake.url, environ)) is errors.TlsMaterialInvalid


def test_a_ca_bundle_of_requests_does_not_replace_the_docker_hosts(
    tmp_path: Path, authority: Authority, client: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = Authority(tmp_path / "bundle").pair.cert
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(bundle))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    environ = environment(tmp_path, authority, client)
    with on_port(engine(), server_context(authority)) as fake, resolve_docker_host(fake.url, environ) as host:
        assert host.client.version()["Version"] == "20.10.24"


# ssh: the program is replaced, what it says is OpenSSH's own

SSH_SAYS = [
    (255, "Host key verification failed.", errors.SshHostKeyRefused),
    (255, "@ WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! @", errors.SshHostKeyRefused),
    (255, "root@h: Permission denied (publickey).", errors.SshAuthFailed),
    (255, "Received disconnect from 10.0.0.1 port 22:2: Too many authentication failures", errors.SshAuthFailed),
    (255, "ssh: connect to host h port 22: Connection refused", errors.SshRefused),
    (255, "ssh: connect to host h port 22: No route to host", errors.HostUnreachable),
    (255, "ssh: connect to host h port 22: Connection timed out", errors.HostTimeout),
    (255, "Connection timed out during banner exchange", errors.SshHangs),
    (255, "ssh: Could not resolve hostname h: Name or service not known", errors.HostUnknownName),
    (255, "Bad configuration option: nonsense", errors.HostSsh),
]


def program(folder: Path, lines: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "ssh").write_text(f"#!{sys.executable}\nimport os, sys, time\n{lines}\n")
    (folder / "ssh").chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))


@pytest.mark.parametrize(("code", "said", "expected"), SSH_SAYS)
def test_ssh_program(
    code: int, said: str, expected: type[errors.HostUnavailable], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path, f"sys.stderr.write({said!r})\nsys.exit({code})", monkeypatch)
    error = refusal("ssh://me@h")
    assert type(error) is expected
    assert error.stderr == said


def test_ssh_is_not_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert type(refusal("ssh://me@h")) is errors.SshMissing


def test_ssh_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ssh, "_OPEN_TIMEOUT", 1.0)
    program(tmp_path, "time.sleep(30)", monkeypatch)
    assert type(refusal("ssh://me@h")) is errors.SshHangs


def test_sshd_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Dropped connections are tried again, for a time; the arguments never ask and never name an option of the URL."""
    lines = """
log = os.path.join(os.path.dirname(os.path.abspath(__file__)), "calls")
with open(log, "a") as stream:
    stream.write("\\t".join(sys.argv[1:]) + "\\n")
if "exit" not in sys.argv:
    sys.stderr.write("kex_exchange_identification: Connection closed by remote host")
sys.exit(255)
"""
    program(tmp_path, lines, monkeypatch)
    monkeypatch.setattr(ssh, "_OPEN_TIMEOUT", 5.0)
    error = refusal("ssh://me@h:2222")
    assert isinstance(error, errors.HostSsh)
    calls = [line.split("\t") for line in (tmp_path / "calls").read_text().splitlines()]
    attempts = [call for call in calls if "-N" in call]
    assert len(attempts) >= 2
    assert all("BatchMode=yes" in call and call[-6:] == ["-l", "me", "-p", "2222", "--", "h"] for call in attempts)


def test_hosts_are_opened_once_and_closed(tmp_path: Path) -> None:
    with on_socket(tmp_path, engine()) as fake:
        with DockerHosts({}) as hosts:
            first = hosts(fake.url)
            assert hosts(fake.url) is first
            assert first.facts.name == "fake"
            assert first.client is first.client
        assert fake.connections == 1
        assert isinstance(first, DockerHost)
        assert first.facts.name == "fake"  # it can be used again
        first.close()
        assert fake.connections == 2
