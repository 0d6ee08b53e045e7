"""Registries for the tests, on 127.0.0.1: Debian's docker-registry, a front for it, and one that keeps no rules."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import shutil
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from urllib.request import Request, urlopen

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from pytest_dockerlab.engine.hosts.certificates import KeyPair
from pytest_dockerlab.net.deadline import Deadline
from tests.certificates import Authority
from tests.engine.servers import free_port, listens, running, wait_until

MANIFEST = "application/vnd.docker.distribution.manifest.v2+json"
INDEX = "application/vnd.oci.image.index.v1+json"
# A password with everything that is hard in a URL, and what htpasswd -B makes of it.
USER, PASSWORD = "student", "s3cret:/@pass"
STORED = "$2y$05$abcdefghijklmnopqrstuu6XmrbwlMDRVHFqlV0v9FBXgJlR0dnP."


@dataclass(frozen=True)
class Registry:
    """A docker-registry that is up."""

    port: int
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextlib.contextmanager
def registry(
    folder: Path, *, tls: KeyPair | None = None, auth: dict[str, object] | None = None, mirror_of: str | None = None
) -> Iterator[Registry]:
    """Debian's docker-registry over the storage in ``folder``, which outlives it. Without it the test is skipped.

    With ``mirror_of``, the URL of another registry, it is a pull-through cache of that.
    """
    program = shutil.which("docker-registry")
    if program is None:
        pytest.skip("there is no docker-registry (Debian: docker-registry)")
    folder.mkdir(parents=True, exist_ok=True)
    for _attempt in range(5):
        port = free_port()
        settings: dict[str, object] = {
            "version": 0.1,
            "log": {"level": "info", "accesslog": {"disabled": True}},
            "storage": {"filesystem": {"rootdirectory": str(folder / "storage")}},
            "http": {
                "addr": f"127.0.0.1:{port}",
                "secret": "of the tests",
                **({"tls": {"certificate": str(tls.cert), "key": str(tls.key)}} if tls else {}),
            },
            **({"auth": auth} if auth else {}),
            **({"proxy": {"remoteurl": mirror_of}} if mirror_of else {}),
        }
        configuration = folder / "config.yml"
        configuration.write_text(json.dumps(settings))  # JSON is YAML
        log = folder / "registry.log"
        with running([program, "serve", str(configuration)], log) as process:
            try:
                wait_until(lambda port=port: listens(port), process, log)  # type: ignore[misc]
            except AssertionError as error:
                if "address already in use" in str(error):
                    continue
                raise
            yield Registry(port, "https" if tls else "http")
            return
    pytest.skip("no free port")


def htpasswd(folder: Path) -> dict[str, object]:
    """The settings of a registry that only :data:`USER` may use."""
    file = folder / "htpasswd"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"{USER}:{STORED}\n")
    return {"htpasswd": {"realm": "tests", "path": str(file)}}


def push(port: int, repository: str, tag: str, *, platforms: Collection[str] = ()) -> str:
    """Put a small image into a registry without TLS and login, and return the digest of its manifest.

    With ``platforms`` it is an index of images for them, and of an attestation.
    """
    if not platforms:
        return _push_manifest(port, repository, tag, _image(port, repository, "linux/amd64"), MANIFEST)
    entries = []
    for platform in platforms:
        manifest = _image(port, repository, platform)
        digest = _push_manifest(port, repository, None, manifest, MANIFEST)
        os, architecture, *variant = platform.split("/")
        shown = {"os": os, "architecture": architecture, **({"variant": variant[0]} if variant else {})}
        entries.append({"mediaType": MANIFEST, "size": len(manifest), "digest": digest, "platform": shown})
    entries.append({**entries[0], "platform": {"os": "unknown", "architecture": "unknown"}})
    index = json.dumps({"schemaVersion": 2, "mediaType": INDEX, "manifests": entries}).encode()
    return _push_manifest(port, repository, tag, index, INDEX)


def pull(url: str, repository: str, tag: str) -> None:
    """Get an image as docker does, its manifest, its configuration, its layer, until the registry lists it."""

    def get(target: str) -> bytes:
        with urlopen(Request(f"{url}/v2/{target}", headers={"Accept": MANIFEST}), timeout=30) as response:
            return bytes(response.read())

    manifest = json.loads(get(f"{repository}/manifests/{tag}"))
    for each in (manifest["config"], *manifest["layers"]):
        get(f"{repository}/blobs/{each['digest']}")
    deadline = Deadline(30)
    while repository not in json.loads(get("_catalog"))["repositories"]:
        time.sleep(min(0.02, deadline.left()))


def _image(port: int, repository: str, platform: str) -> bytes:
    os, architecture = platform.split("/")[:2]
    layer = b"not looked at: " + platform.encode()
    root = {"type": "layers", "diff_ids": [_digest(layer)]}
    config = json.dumps({"os": os, "architecture": architecture, "config": {}, "rootfs": root}).encode()
    for blob in (layer, config):
        start = _send(port, "POST", f"/v2/{repository}/blobs/uploads/", b"", 202)
        target = urlsplit(start.headers["Location"])
        _send(port, "PUT", f"{target.path}?{target.query}&digest={_digest(blob)}", blob, 201)
    described = {"mediaType": "application/vnd.docker.container.image.v1+json"}
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": {**described, "size": len(config), "digest": _digest(config)},
        "layers": [
            {
                "mediaType": "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "size": len(layer),
                "digest": _digest(layer),
            }
        ],
    }
    return json.dumps(manifest).encode()


def _push_manifest(port: int, repository: str, tag: str | None, manifest: bytes, media_type: str) -> str:
    digest = _digest(manifest)
    _send(port, "PUT", f"/v2/{repository}/manifests/{tag or digest}", manifest, 201, media_type)
    return digest


def _send(
    port: int, method: str, target: str, body: bytes, expected: int, media_type: str = "application/octet-stream"
) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request(method, target, body, {"Content-Type": media_type})
    response = connection.getresponse()
    text = response.read()
    connection.close()
    assert response.status == expected, (target, response.status, text)
    return response


def _digest(data: bytes) -> str:
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


class Tokens:
    """Gives out tokens as Docker Hub does: to everybody, and with rights for what he may read."""

    def __init__(self, folder: Path, realm: str, public: Collection[str], private: Collection[str] = ()) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA(key_type=trustme.KeyType.RSA)  # its own certificate is the one that is believed
        self._cert = folder / "token.pem"
        authority.cert_pem.write_to_path(self._cert)
        self._key = load_pem_private_key(authority.private_key_pem.bytes(), password=None)
        self._public, self._private = frozenset(public), frozenset(private)
        self._realm = realm
        self.asked: list[dict[str, str]] = []
        """Of each question, its query and its login."""

    @property
    def auth(self) -> dict[str, object]:
        """The settings of a registry that believes these tokens."""
        return {
            "token": {
                "realm": self._realm,
                "service": "registry.tests",
                "issuer": "tests",
                "rootcertbundle": str(self._cert),
            }
        }

    def answer(self, target: str, authorization: str) -> tuple[int, dict[str, object]]:
        """What a question for a token is answered: the status, and the JSON."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(target).query).items()}
        self.asked.append({**query, "authorization": authorization})
        login = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if authorization not in ("", f"Basic {login}"):
            return 401, {"details": "incorrect username or password"}
        kind, name, actions = query["scope"].split(":")
        readable = self._public | (self._private if authorization else frozenset())
        access = [{"type": kind, "name": name, "actions": actions.split(",")}] if name in readable else []
        return 200, {"token": self._token(query["service"], access), "expires_in": 300}

    def _token(self, service: str, access: list[dict[str, object]]) -> str:
        der = base64.b64encode(ssl.PEM_cert_to_DER_cert(self._cert.read_text())).decode()
        now = int(time.time())
        claims = {"iss": "tests", "aud": service, "sub": "", "jti": "1", "iat": now, "nbf": now - 10, "exp": now + 300}
        head = {"typ": "JWT", "alg": "RS256", "x5c": [der]}
        text = ".".join(_base64url(json.dumps(part).encode()) for part in (head, {**claims, "access": access}))
        assert isinstance(self._key, RSAPrivateKey)
        return f"{text}.{_base64url(self._key.sign(text.encode(), PKCS1v15(), SHA256()))}"


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Front:
    """A server before a registry: it gives out tokens at ``/token`` and passes everything else on."""

    port: int
    scheme: str
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    """Of each request the method, the target and the header ``Authorization``."""

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"


@contextlib.contextmanager
def front(
    upstream: Callable[[], int] | None = None,
    tokens: Callable[[], Tokens] | None = None,
    *,
    address: tuple[str, int] = ("127.0.0.1", 0),
    tls: KeyPair | None = None,
    redirect: Callable[[str], str | None] = lambda target: None,
) -> Iterator[Front]:
    """A :class:`Front`. ``redirect`` says for a target where it redirects to."""
    state = Front(0, "https" if tls else "http")

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            authorization = self.headers.get("Authorization", "")
            state.seen.append((self.command, self.path, authorization))
            place = redirect(self.path)
            if place is not None:
                self._say(307, b"", {"Location": place})
            elif tokens is not None and self.path.startswith("/token"):
                status, data = tokens().answer(self.path, authorization)
                self._say(status, json.dumps(data).encode(), {"Content-Type": "application/json"})
            elif upstream is not None:
                connection = http.client.HTTPConnection("127.0.0.1", upstream(), timeout=30)
                connection.request(self.command, self.path, headers=dict(self.headers))
                response = connection.getresponse()
                self._say(response.status, response.read(), dict(response.getheaders()))
                connection.close()
            else:
                self._say(404, b"", {})

        def do_HEAD(self) -> None:
            self.do_GET()

        def _say(self, status: int, body: bytes, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                if name.lower() not in ("connection", "transfer-encoding", "date", "server"):
                    self.send_header(name, value)
            if "content-length" not in {name.lower() for name in headers}:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(address, Handler)
    server.daemon_threads = True
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.cert, tls.key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    state.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@dataclass
class Hostile:
    """A server that answers each request with the bytes that a script yields, and then closes the connection."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    """The heads of the requests, in order."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextlib.contextmanager
def hostile(script: Callable[[bytes], Iterator[bytes]]) -> Iterator[Hostile]:
    """A :class:`Hostile`; ``script`` gets the head of the request."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.02)
    state = Hostile(listener.getsockname()[1])
    stop = threading.Event()

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            head = b""
            while b"\r\n\r\n" not in head and (chunk := connection.recv(65536)):
                head += chunk
            state.requests.append(head)
            for piece in script(head):
                connection.sendall(piece)
                if stop.is_set():
                    return

    def accept() -> None:
        while not stop.is_set():
            try:
                connection, _address = listener.accept()
            except TimeoutError:
                continue
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        stop.set()
        thread.join(10)
        listener.close()


def answer(status: str, headers: dict[str, str] | None = None, body: bytes = b"") -> bytes:
    """The bytes of an HTTP answer."""
    given = {"Content-Length": str(len(body)), **(headers or {})}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in given.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def server_certificate(folder: Path, *names: str) -> tuple[Path, KeyPair]:
    """An authority's certificate, and a server's that it issued for ``names``."""
    authority = Authority(folder)
    return authority.pair.cert, authority.issue(*names)
