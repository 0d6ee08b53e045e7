"""The client against Debian's docker-registry: plain, with a login, with TLS, with tokens as Docker Hub has them."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.registry.client import Absent, Found, RegistryClient
from pytest_dockerlab.registry.endpoint import parse_endpoint
from pytest_dockerlab.registry.errors import (
    AddressRefused,
    CredentialsRefused,
    LoginRequired,
    RegistryDenied,
    RegistryTimeout,
    RegistryTls,
    RegistryUnknownName,
    RegistryUnreachable,
)
from pytest_dockerlab.registry.references import parse_reference
from tests.engine.servers import free_port

from .servers import PASSWORD, USER, Registry, Tokens, front, htpasswd, push, registry, server_certificate

Start = Callable[[Any], Any]
IMAGE = "somebody/otus-reddit"


def look_up(url: str, name: str = f"{IMAGE}:1.0") -> Found | Absent:
    return RegistryClient(parse_endpoint(url)).look_up(parse_reference(name))


def fill(folder: Path, *names: str) -> str:
    """Push images into the storage in ``folder``, each as 1.0, and return the last one's digest."""
    with registry(folder) as plain:
        return [push(plain.port, name, "1.0") for name in names][-1]


def with_login(url: str, user: str = USER, password: str = PASSWORD) -> str:
    return url.replace("://", f"://{user}:{password}@")


@pytest.fixture
def plain(start: Start, tmp_path: Path) -> Registry:
    started = start(registry(tmp_path / "registry"))
    assert isinstance(started, Registry)
    return started


def test_an_image_that_is_there(plain: Registry) -> None:
    digest = push(plain.port, IMAGE, "1.0")
    found = look_up(plain.url)
    assert found == Found(parse_reference(f"{IMAGE}:1.0"), f"127.0.0.1:{plain.port}", digest, ("linux/amd64",))
    assert look_up(plain.url, f"127.0.0.1:{plain.port}/{IMAGE}:1.0").digest == digest  # type: ignore[union-attr]
    assert look_up(plain.url, f"{IMAGE}@{digest}").digest == digest  # type: ignore[union-attr]


def test_an_index_of_several_platforms(plain: Registry) -> None:
    digest = push(plain.port, IMAGE, "1.0", platforms=["linux/amd64", "linux/arm/v7"])
    found = look_up(plain.url)
    assert isinstance(found, Found)
    assert (found.digest, found.platforms) == (digest, ("linux/amd64", "linux/arm/v7"))


def test_an_image_without_a_user(plain: Registry) -> None:
    push(plain.port, "reddit", "latest")
    assert isinstance(look_up(plain.url, "reddit"), Found)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        (f"{IMAGE}:2.0", "there is no such tag"),
        ("nobody/otus-reddit:1.0", "there is no such"),
        ("nobody/otus-reddit", "there is no such"),
        (f"{IMAGE}@sha256:{'0' * 64}", "there is no such tag"),
    ],
)
def test_an_image_that_is_not_there(plain: Registry, name: str, reason: str) -> None:
    push(plain.port, IMAGE, "1.0")
    absent = look_up(plain.url, name)
    assert isinstance(absent, Absent)
    assert reason in str(absent.reason)


def test_a_name_without_a_tag_means_any_where_latest_is_missing(plain: Registry) -> None:
    digest = push(plain.port, IMAGE, "1.0")
    found = look_up(plain.url, IMAGE)
    assert isinstance(found, Found)
    assert found.digest == digest
    latest = push(plain.port, IMAGE, "latest", platforms=["linux/arm64"])
    assert look_up(plain.url, IMAGE).digest == latest  # type: ignore[union-attr]
    assert isinstance(look_up(plain.url, f"{IMAGE}:latest"), Found)


def test_a_tag_that_was_written_is_meant(plain: Registry) -> None:
    push(plain.port, IMAGE, "1.0")
    assert isinstance(look_up(plain.url, f"{IMAGE}:latest"), Absent)


def test_an_image_of_another_registry_is_not_looked_for(plain: Registry) -> None:
    client = RegistryClient(parse_endpoint(plain.url))
    assert client.endpoint_of(parse_reference("ghcr.io/somebody/reddit")) is None
    with pytest.raises(ValueError, match="another registry"):
        client.look_up(parse_reference("ghcr.io/somebody/reddit"))


def test_a_name_with_a_private_address() -> None:
    client = RegistryClient(resolver=lambda host, port: ["10.0.0.1"])
    with pytest.raises(AddressRefused) as caught:
        client.look_up(parse_reference("registry.example/reddit:1.0"))
    assert "its address is not a public one (10.0.0.1)" in str(caught.value)
    assert "--hw-registry" in str(caught.value.remedy)


def test_names_that_are_not_known_or_not_in_time() -> None:
    def fail(host: str, port: int) -> list[str]:
        raise OSError("no such host")

    release = threading.Event()

    def wait(host: str, port: int) -> list[str]:
        release.wait(60)
        return []

    name = parse_reference("registry.example/reddit:1.0")
    with pytest.raises(RegistryUnknownName, match=r"registry\.example does not resolve here: no such host"):
        RegistryClient(resolver=fail).look_up(name)
    try:
        with pytest.raises(RegistryTimeout, match=r"registry\.example did not complete its answer within 0\.1 s"):
            RegistryClient(resolver=wait, seconds=0.1).look_up(name)
    finally:
        release.set()


def test_nobody_listens() -> None:
    with pytest.raises(RegistryUnreachable) as caught:
        look_up(f"http://127.0.0.1:{free_port()}")
    assert caught.value.is_error


@pytest.fixture
def locked(start: Start, tmp_path: Path) -> Registry:
    """A registry with an image that only :data:`USER` may see."""
    folder = tmp_path / "registry"
    fill(folder, IMAGE)
    started = start(registry(folder, auth=htpasswd(folder)))
    assert isinstance(started, Registry)
    return started


def test_a_login(locked: Registry) -> None:
    assert isinstance(look_up(with_login(locked.url)), Found)
    assert isinstance(look_up(with_login(locked.url), f"{IMAGE}:2.0"), Absent)


def test_no_login_where_one_is_demanded(locked: Registry) -> None:
    with pytest.raises(LoginRequired) as caught:
        look_up(locked.url)
    assert not caught.value.is_error
    assert "USER:PASSWORD" in str(caught.value.remedy)


def test_a_wrong_login(locked: Registry) -> None:
    with pytest.raises(CredentialsRefused) as caught:
        look_up(with_login(locked.url, password="wr0ng"))
    assert "wr0ng" not in f"{caught.value} {caught.value.remedy} {vars(caught.value)}"


def test_tls(start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ca, pair = server_certificate(tmp_path / "tls", "127.0.0.1")
    folder = tmp_path / "registry"
    digest = fill(folder, IMAGE)
    secure = start(registry(folder, tls=pair))
    with pytest.raises(RegistryTls) as caught:
        look_up(secure.url)
    assert "SSL_CERT_FILE" in str(caught.value.remedy)
    monkeypatch.setenv("SSL_CERT_FILE", str(ca))
    assert look_up(secure.url).digest == digest  # type: ignore[union-attr]
    with pytest.raises(RegistryTls):  # the certificate is for the address, not for this name
        look_up(secure.url.replace("127.0.0.1", "localhost"))
    with pytest.raises(RegistryTls):  # TLS spoken to a server without
        look_up(f"https://127.0.0.1:{start(registry(tmp_path / 'other')).port}")


class Hub:
    """A registry with tokens, and a front at one port that gives them out, too."""

    def __init__(self, start: Start, folder: Path, **more: Any) -> None:
        fill(folder, IMAGE, "somebody/private-reddit")
        self.front = start(front(lambda: self.registry.port, lambda: self.tokens, **more))
        realm = f"{self.front.url}/token"
        self.tokens = Tokens(folder / "tokens", realm, {IMAGE}, {"somebody/private-reddit"})
        self.registry = start(registry(folder, auth=self.tokens.auth))
        self.url = self.front.url


def test_a_token_for_everybody(start: Start, tmp_path: Path) -> None:
    hub = Hub(start, tmp_path / "hub")
    found = look_up(hub.url)
    assert isinstance(found, Found)
    assert found.platforms == ("linux/amd64",)
    scope = {"scope": f"repository:{IMAGE}:pull", "service": "registry.tests", "authorization": ""}
    assert hub.tokens.asked == [scope]  # one token does for all requests about one repository
    with_token = [authorization for _method, target, authorization in hub.front.seen if target.startswith("/v2/")][1:]
    assert with_token
    assert all(authorization.startswith("Bearer ") for authorization in with_token)


def test_without_rights_it_is_not_known_whether_the_image_exists(start: Start, tmp_path: Path) -> None:
    hub = Hub(start, tmp_path / "hub")
    for name in ("somebody/private-reddit:1.0", "nobody/reddit:1.0"):
        with pytest.raises(RegistryDenied) as caught:
            look_up(hub.url, name)
        assert not caught.value.is_error


def test_the_users_own_token(start: Start, tmp_path: Path) -> None:
    hub = Hub(start, tmp_path / "hub")
    assert isinstance(look_up(with_login(hub.url), "somebody/private-reddit:1.0"), Found)
    sent = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    assert [asked["authorization"] for asked in hub.tokens.asked] == [f"Basic {sent}"]
    assert not any("Basic" in authorization for _method, target, authorization in hub.front.seen if "/v2/" in target)
    with pytest.raises(CredentialsRefused):
        look_up(with_login(hub.url, password="wr0ng"), f"{IMAGE}:1.0")


def test_the_token_does_not_follow_a_redirect_to_another_place(start: Start, tmp_path: Path) -> None:
    places: list[str] = []
    hub = Hub(start, tmp_path / "hub", redirect=lambda target: places[0] + target if "/blobs/" in target else None)
    other = start(front(lambda: hub.registry.port))
    # Another port of this machine is another place; the address rule refuses it, and the platform stays unknown.
    places.append(other.url)
    found = look_up(hub.url)
    assert isinstance(found, Found)
    assert found.platforms == ()
    assert other.seen == []


def test_a_redirect_in_the_registry_itself_is_followed(start: Start, tmp_path: Path) -> None:
    hub = Hub(
        start,
        tmp_path / "hub",
        redirect=lambda target: target.replace("1.0", "1.0?again=1") if target.endswith("/manifests/1.0") else None,
    )
    assert isinstance(look_up(hub.url), Found)


@pytest.mark.engine
def test_a_pushed_image_of_a_real_engine(plain: Registry) -> None:
    import docker
    from docker.errors import DockerException

    try:
        client = docker.from_env(timeout=60)
        client.images.get("debian:bookworm-slim")
    except DockerException as error:
        pytest.skip(f"no engine with debian:bookworm-slim: {type(error).__name__}")
    name = f"127.0.0.1:{plain.port}/somebody/engine-reddit"
    try:
        client.images.get("debian:bookworm-slim").tag(name, "1.0")
        said = [json.loads(line) for line in client.images.push(name, "1.0").splitlines()]
        pushed = [line["aux"]["Digest"] for line in said if "aux" in line]
        found = look_up(plain.url, f"{name}:1.0")
        assert isinstance(found, Found)
        assert [found.digest] == pushed
        assert found.platforms[0].startswith("linux/")
    finally:
        client.images.remove(f"{name}:1.0")
        client.close()
