"""gitlab-ci-1/mirror-live: real registries, of which one is the mirror of another, and what is none."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.homework import Need
from pytest_dockerlab.messages import text
from pytest_dockerlab.registry.mirror import HUB_IMAGES
from pytest_dockerlab.results import ItemResult
from tests.engine.servers import free_port
from tests.registry.servers import Registry, answer, front, hostile, htpasswd, pull, push, registry

from ._endpoints import ask_with, texts

ITEM = "gitlab-ci-1/mirror-live"
JSON = {"Content-Type": "application/json", "Docker-Distribution-Api-Version": "registry/2.0"}


def asked(folder: Path, url: str) -> ItemResult:
    return ask_with("mirror-live", Need.REGISTRY_MIRROR_URL, url, folder)


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """What Docker Hub has, on 127.0.0.1."""
    with registry(tmp_path_factory.mktemp("hub")) as server:
        for image in (*HUB_IMAGES, "library/ruby", "library/mongo"):
            push(server.port, image, "latest")
        yield server


@pytest.fixture(scope="module")
def mirror(hub: Registry, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A mirror that jobs have used."""
    with registry(tmp_path_factory.mktemp("mirror"), mirror_of=hub.url) as server:
        pull(server.url, "library/ruby", "latest")
        pull(server.url, "library/mongo", "latest")
        yield server


@pytest.mark.sample(ITEM, "passes")
def test_a_mirror_that_was_used(mirror: Registry, tmp_path: Path) -> None:
    for name, url in (("first", mirror.url), ("again", f"{mirror.url}/v2/")):
        result = asked(tmp_path / name, url)
        assert result.verdict == "passed", texts(result)
        # it has no more than before: nothing was pulled through it
        assert result.evidence["cached"] == ["library/mongo", "library/ruby"]
        assert result.evidence["upstream"] == "Docker Hub"


@pytest.mark.sample(ITEM, "unusual")
def test_a_mirror_that_has_the_first_image_too(hub: Registry, tmp_path: Path) -> None:
    with registry(tmp_path / "mirror", mirror_of=hub.url) as server:
        pull(server.url, HUB_IMAGES[0], "latest")
        with front(lambda: server.port) as before:
            result = asked(tmp_path / "homework", before.url)
    assert result.verdict == "passed", texts(result)
    assert [target for _method, target, _login in before.seen][-1] == f"/v2/{HUB_IMAGES[1]}/tags/list"
    assert {method for method, _target, _login in before.seen} == {"GET"}


@pytest.mark.sample(ITEM, "unusual")
def test_a_mirror_whose_upstream_is_down_now(tmp_path: Path) -> None:
    with contextlib.ExitStack() as servers:
        upstream = servers.enter_context(contextlib.ExitStack())
        hub = upstream.enter_context(registry(tmp_path / "hub"))
        push(hub.port, "library/ruby", "latest")
        server = servers.enter_context(registry(tmp_path / "mirror", mirror_of=hub.url))
        pull(server.url, "library/ruby", "latest")
        upstream.close()
        result = asked(tmp_path / "homework", server.url)
    assert result.verdict == "passed", texts(result)
    assert text(result.evidence["upstream"]) == "silent"


@pytest.mark.sample(ITEM, "fails")
def test_a_mirror_that_nobody_used(hub: Registry, tmp_path: Path) -> None:
    with registry(tmp_path / "mirror", mirror_of=hub.url) as server:
        result = asked(tmp_path / "homework", server.url)
    assert result.verdict == "failed"
    assert "it holds images that were pulled through it | its catalogue is empty | create the machines" in texts(result)
    assert len(result.findings) == 1


@pytest.mark.sample(ITEM, "fails")
def test_a_registry_of_its_own(tmp_path: Path) -> None:
    with registry(tmp_path / "plain") as server:
        empty = asked(tmp_path / "empty", server.url)
        push(server.port, "library/ruby", "latest")
        result = asked(tmp_path / "homework", server.url)
    for each in (empty, result):
        assert each.verdict == "failed"
        assert (
            "it asks Docker Hub for images that it does not have | library/eggdrop, library/znc, library/irssi: it h"
            in (texts(each))
        )
        assert len(each.findings) == 1


@pytest.mark.sample(ITEM, "fails")
def test_a_mirror_of_another_registry(tmp_path: Path) -> None:
    with registry(tmp_path / "other") as other:
        push(other.port, "mine/app", "latest")
        with registry(tmp_path / "mirror", mirror_of=other.url) as server:
            pull(server.url, "mine/app", "latest")
            result = asked(tmp_path / "homework", server.url)
    assert result.verdict == "failed"
    assert "it asks a registry that does not have library/eggdrop" in texts(result)


@pytest.mark.sample(ITEM, "fails")
def test_a_mirror_that_wants_a_login(hub: Registry, tmp_path: Path) -> None:
    with registry(tmp_path / "mirror", mirror_of=hub.url, auth=htpasswd(tmp_path)) as server:
        result = asked(tmp_path / "homework", server.url)
    assert result.verdict == "failed"
    assert "requires a login | let everybody pull: Docker sends no login to a mirror" in texts(result)


def scripted(pages: dict[str, bytes]) -> Callable[[bytes], Iterator[bytes]]:
    """A registry that says what stands here by the path, and else that it has nothing."""
    absent = json.dumps({"errors": [{"code": "NAME_UNKNOWN", "message": "not known"}]}).encode()

    def script(head: bytes) -> Iterator[bytes]:
        path = head.split()[1].decode().partition("?")[0]
        yield pages.get(path) or (answer("200 OK", JSON, b"{}") if path == "/v2/" else answer("404 No", JSON, absent))

    return script


def test_a_mirror_that_does_not_list(tmp_path: Path) -> None:
    tags = answer("200 OK", JSON, json.dumps({"name": HUB_IMAGES[0], "tags": ["latest"]}).encode())
    refused = answer("401 No", JSON, b'{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}')
    pages = {f"/v2/{HUB_IMAGES[0]}/tags/list": tags, "/v2/_catalog": refused}
    with hostile(scripted(pages)) as server:
        result = asked(tmp_path, server.url)
    assert result.verdict == "unverified"
    assert "does not list what it has cached: UNSUPPORTED: The operation is unsupported." in texts(result)


@pytest.mark.parametrize(
    ("said", "verdict", "says"),
    [
        # as newer registries hand on what their upstream says
        (answer("429 Too Many", JSON, b'{"errors":[{"code":"TOOMANYREQUESTS","message":"limit"}]}'), "passed", ""),
        (
            answer("500 No", JSON, b'{"errors":[{"code":"UNKNOWN","detail":{"Op":"Get","URL":"https://x/"}}]}'),
            "passed",
            "",
        ),
        (
            answer("500 No", JSON, b'{"errors":[{"code":"UNKNOWN","detail":{"DriverName":"s3"}}]}'),
            "failed",
            "error 500: UNK",
        ),
    ],
)
def test_what_stands_behind_it(tmp_path: Path, said: bytes, verdict: str, says: str) -> None:
    pages = {
        "/v2/_catalog": answer("200 OK", JSON, b'{"repositories":["library/ruby"]}'),
        f"/v2/{HUB_IMAGES[0]}/manifests/sha256:{64 * '0'}": said,
    }
    with hostile(scripted(pages)) as server:
        result = asked(tmp_path, server.url)
    assert result.verdict == verdict, texts(result)
    assert says in texts(result)


def test_a_mirror_of_a_provider(tmp_path: Path) -> None:
    header = {"WWW-Authenticate": 'Bearer realm="https://auth.example/token",service="mirror.example"'}
    with hostile(scripted({"/v2/": answer("401 Unauthorized", header)})) as server:
        result = asked(tmp_path, server.url)
    assert result.verdict == "unverified"
    assert "answers only those who have a token of https://auth.example/token" in texts(result)


@pytest.mark.parametrize(
    ("first", "says"),
    [
        (answer("200 OK", {"Content-Type": "text/html"}, b"<h1>It works</h1>"), "HTTP 200 (text/html): <h1>It works"),
        (answer("404 Not Found", {}, b"404 page not found"), "is not a registry: HTTP 404: 404 page not found"),
        (answer("200 OK", {}, b"[" * 100_000), "is not a registry: HTTP 200"),
        (answer("503 No", JSON, b'{"errors":[{"code":"UNAVAILABLE","message":"disk"}]}'), "error 503: UNAVAILABLE: d"),
        (answer("302 Found", {"Location": "http://localhost/users/sign_in"}), "redirects to where we do not follow"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not speak HTTP"),
        (b"", "closes the connection before its answer is complete"),
    ],
)  # fmt: skip
def test_what_is_no_registry(tmp_path: Path, first: bytes, says: str) -> None:
    with hostile(scripted({"/v2/": first}) if first else lambda head: iter([])) as server:
        result = asked(tmp_path, server.url)
    assert result.verdict == "failed"
    assert says in texts(result)


def test_who_does_not_answer(tmp_path: Path) -> None:
    result = asked(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert result.verdict == "failed"
    assert "the registry mirror answers | nothing listens at 127.0.0.1:" in texts(result)


def endless_catalogue(head: bytes) -> Iterator[bytes]:
    target = head.split()[1].decode()
    more = int(target.partition("last=n")[2] or 0)
    names = [f"n{more + each}" for each in range(1, 101)]
    if "_catalog" in target:
        yield answer(
            "200 OK", {**JSON, "Link": '</v2/_catalog>; rel="next"'}, json.dumps({"repositories": names}).encode()
        )
    elif "/tags/" in target:
        yield answer("200 OK", JSON, b'{"tags":["latest"]}')
    else:
        yield answer("200 OK", JSON, b"{}")


def odd_catalogue(names: Any) -> Callable[[bytes], Iterator[bytes]]:
    tags = answer("200 OK", JSON, b'{"tags":["latest"]}')
    pages = {f"/v2/{HUB_IMAGES[0]}/tags/list": tags, "/v2/_catalog": answer("200 OK", JSON, names)}
    return scripted(pages)


def test_a_hostile_catalogue(tmp_path: Path) -> None:
    with hostile(endless_catalogue) as server:
        result = asked(tmp_path / "endless", server.url)
    assert result.verdict == "passed", texts(result)
    assert len(server.requests) == 22
    for count, names in enumerate((b'{"repositories":[null,1,"\\u001b[2J",["a"]]}', b'{"repositories":[]}')):
        with hostile(odd_catalogue(names)) as server:
            assert "its catalogue is empty" in texts(asked(tmp_path / str(count), server.url))
    for count, names in enumerate((b'{"repositories":{"a":1}}', b"[" * 500_000, b"<html>")):
        with hostile(odd_catalogue(names)) as server:
            assert asked(tmp_path / f"none-{count}", server.url).verdict == "unverified"
