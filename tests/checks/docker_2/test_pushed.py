"""docker-2/pushed: the verdict, the place and the remedy, by the check and by the installed command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.messages import text
from pytest_dockerlab.options import Settings
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, write_homework
from tests.engine.servers import free_port

from ...registry import internet
from ...registry.servers import PASSWORD, USER, answer, hostile, htpasswd, push, registry

Start = Callable[[Any], Any]
IMAGE = "somebody/otus-reddit"
README = f"# docker-2\n\n    docker tag reddit:latest {IMAGE}:1.0\n    docker push {IMAGE}:1.0\n"


def check(folder: Path, endpoint: str, readme: str = README) -> ItemResult:
    """What the check says of a homework with this README."""
    write_homework(folder / "homework", {"README.md": readme})
    submission = Submission("sample", WorkTree(folder / "homework"))
    return ask(load().items["docker-2/pushed"], submission, hw_settings=Settings(endpoints={"registry": endpoint}))


def said(result: ItemResult) -> str:
    parts = [result.reason, result.remedy, *(part for each in result.findings for part in (each.found, each.hint))]
    return " | ".join(text(part) for part in parts if part is not None)


@pytest.fixture
def plain(start: Start, tmp_path: Path) -> Any:
    return start(registry(tmp_path / "registry"))


@pytest.mark.sample("docker-2/pushed", "passes")
def test_it_is_there(plain: Any, tmp_path: Path) -> None:
    digest = push(plain.port, IMAGE, "1.0", platforms=["linux/amd64", "linux/arm64"])
    result = check(tmp_path, plain.url)
    assert result.verdict == "passed", said(result)
    assert result.evidence["digest"] == digest
    assert result.evidence["platforms"] == ["linux/amd64", "linux/arm64"]
    assert result.evidence["found"] == f"{IMAGE}:1.0"
    assert result.evidence["named images"] == [f"{IMAGE}:1.0 (README.md:4)"]


@pytest.mark.sample("docker-2/pushed", "unusual")
def test_one_of_several_names_is_enough(plain: Any, tmp_path: Path) -> None:
    push(plain.port, IMAGE, "1.1")
    result = check(tmp_path, plain.url, f"{README}\ndocker run {IMAGE}:1.1\n")
    assert result.verdict == "passed", said(result)
    assert result.evidence["found"] == f"{IMAGE}:1.1"


@pytest.mark.sample("docker-2/pushed", "fails")
def test_it_is_not_there(plain: Any, tmp_path: Path) -> None:
    push(plain.port, IMAGE, "0.9")
    result = check(tmp_path, plain.url)
    assert result.verdict == "advised"
    [finding] = result.findings
    assert str(finding.at) == "README.md:4"
    assert f"{IMAGE}:1.0: there is no such tag" in said(result)
    assert f"docker push {IMAGE}:1.0" in said(result)


def test_no_name_at_all(plain: Any, tmp_path: Path) -> None:
    result = check(tmp_path, plain.url, "# docker-2\n\ndocker push <your-login>/otus-reddit:1.0\n")
    assert result.verdict == "unverified"
    assert "docker push line" in said(result)


@pytest.mark.sample("docker-2/pushed", "fails")
def test_a_name_that_nobody_can_push_to_docker_hub(tmp_path: Path) -> None:
    result = check(tmp_path, "public", "docker push reddit:latest\n")
    assert result.verdict == "advised"
    assert str(result.findings[0].at) == "README.md:1"
    assert "put your login before the name" in said(result)


@pytest.mark.sample("docker-2/pushed", "fails")
def test_a_name_that_docker_takes_for_none(plain: Any, tmp_path: Path) -> None:
    result = check(tmp_path, plain.url, "docker push somebody/Otus-Reddit:1.0\n")
    assert result.verdict == "advised"
    assert "lower-case letters" in said(result)


def test_another_registry_than_the_named_one(plain: Any, tmp_path: Path) -> None:
    result = check(tmp_path, plain.url, "docker push ghcr.io/somebody/reddit:1.0\n")
    assert result.verdict == "unverified"
    assert "ghcr.io" in said(result)
    assert "--hw-registry public" in said(result)


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:5000", "169.254.169.254", "10.0.0.1", "[::1]:5000"])
def test_a_registry_that_is_not_public(tmp_path: Path, host: str) -> None:
    result = check(tmp_path, "public", f"docker push {host}/somebody/reddit:1.0\n")
    assert result.verdict == "unverified"
    assert "not a public one" in said(result)
    assert "--hw-registry https://HOST:PORT" in said(result)


def test_a_registry_that_only_the_submission_speaks_of_is_no_error(tmp_path: Path) -> None:
    result = check(tmp_path, "public", "docker push no-such-registry.invalid/somebody/reddit:1.0\n")
    assert result.verdict == "unverified"


def test_too_many_requests(tmp_path: Path) -> None:
    with hostile(lambda head: iter([answer("429 Too Many Requests", {"Retry-After": "600"})])) as server:
        result = check(tmp_path, server.url)
    assert result.verdict == "error"
    assert "not the student's fault: try again in 10 min" in said(result)
    assert result.findings == []


@pytest.mark.parametrize(
    "pieces",
    [
        [answer("500 Internal Server Error")],
        [answer("200 OK", {"Content-Type": "text/html"}, b"<html>")],
        [answer("302 Found", {"Location": "/v2/"})],
        [],
    ],
)
def test_trouble_of_the_registry_is_an_error(tmp_path: Path, pieces: list[bytes]) -> None:
    with hostile(lambda head: iter(pieces)) as server:
        result = check(tmp_path, server.url)
    assert result.verdict == "error"
    assert result.findings == []


def test_trouble_with_one_name_leaves_open_whether_any_is_there(tmp_path: Path) -> None:
    def script(head: bytes) -> Any:
        missing = answer("404 Not Found", {}, b'{"errors": [{"code": "MANIFEST_UNKNOWN"}]}')
        return iter([missing if b"/1.0 " in head else answer("503 Service Unavailable")])

    with hostile(script) as server:
        result = check(tmp_path, server.url, f"{README}\ndocker run {IMAGE}:1.1\n")
    assert result.verdict == "error"


def test_an_option_that_names_no_registry(tmp_path: Path) -> None:
    result = check(tmp_path, f"ftp://{USER}:s3cret@somewhere")
    assert result.verdict == "error"
    assert "is not a registry" in said(result)
    assert "s3cret" not in said(result)


# The installed command, as a student and a teacher run it.


def run(folder: Path, *arguments: str, readme: str = README, env: dict[str, str] | None = None) -> tuple[int, str, Any]:
    """Its exit code, everything it printed, and the item's entry in results.json."""
    return command([], folder, *arguments, readme=readme, env=env)


def command(
    wrapper: list[str], folder: Path, *arguments: str, readme: str = README, env: dict[str, str] | None = None
) -> tuple[int, str, Any]:
    homework, results = folder / "homework", folder / "results.json"
    write_homework(homework, {"README.md": readme})
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "DOCKERLAB_", "LC_"))}
    done = subprocess.run(
        [
            *(*wrapper, sys.executable, "-m", "pytest", "--hw", "docker-2/pushed", "--hw-submission", str(homework)),
            *(f"--hw-results={results}", "-p", "no:cacheprovider", "-p", "no:hypothesispytest"),
            *("-v", "--showlocals", *arguments),
        ],
        env={**kept, "LANG": "C.UTF-8", "PYTHONUTF8": "1", **(env or {})},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    shown = done.stdout + done.stderr
    assert results.exists(), shown
    content = results.read_text("utf-8")
    [item] = json.loads(content)["submissions"][0]["items"]
    return done.returncode, shown + content, item


def test_without_the_option_it_is_unverified(tmp_path: Path) -> None:
    code, shown, item = run(tmp_path)
    assert (code, item["verdict"]) == (5, "unverified"), shown
    assert "no address was given" in shown
    assert "--hw-registry" in shown


def test_passed(plain: Any, tmp_path: Path) -> None:
    digest = push(plain.port, IMAGE, "1.0")
    code, shown, item = run(tmp_path, "--hw-registry", plain.url)
    assert (code, item["verdict"]) == (0, "passed"), shown
    assert digest in shown


def test_advised(plain: Any, tmp_path: Path) -> None:
    code, shown, item = run(tmp_path, "--hw-registry", plain.url)
    assert (code, item["verdict"]) == (0, "advised"), shown
    assert (item["findings"][0]["file"], item["findings"][0]["line"]) == ("README.md", 4)


def test_error(tmp_path: Path) -> None:
    code, shown, item = run(tmp_path, "--hw-registry", f"http://127.0.0.1:{free_port()}")
    assert (code, item["verdict"]) == (3, "error"), shown
    assert "does not answer" in shown


@pytest.mark.parametrize("password", [PASSWORD, "wr0ng-pass"])
def test_the_password_is_nowhere(start: Start, tmp_path: Path, password: str) -> None:
    locked = start(registry(tmp_path / "registry", auth=htpasswd(tmp_path / "registry")))
    url = locked.url.replace("://", f"://{USER}:{password}@")
    _code, shown, item = run(tmp_path, "--junitxml", str(tmp_path / "junit.xml"), env={"DOCKERLAB_REGISTRY": url})
    assert item["verdict"] == ("advised" if password == PASSWORD else "error"), shown
    for everything in (shown, (tmp_path / "junit.xml").read_text()):
        assert password not in everything
        assert "Basic " not in everything


@pytest.fixture
def small_internet(tmp_path: Path) -> tuple[list[str], Path]:
    """What to put before a command so that it runs in :mod:`.internet`."""
    wrapper = ["unshare", "--net", "--mount"]
    if shutil.which("unshare") is None or shutil.which("ip") is None or shutil.which("docker-registry") is None:
        pytest.skip("needs unshare, ip and docker-registry (Debian: util-linux, iproute2, docker-registry)")
    if subprocess.run(
        [*wrapper, "ip", "link", "set", "lo", "up"], check=False, capture_output=True, timeout=30
    ).returncode:
        pytest.skip("this user may make no network namespaces")
    folder = tmp_path / "internet"
    folder.mkdir()
    return [*wrapper, sys.executable, "-m", internet.__name__, str(folder)], folder


def in_internet(small: tuple[list[str], Path], folder: Path, readme: str, *more: str) -> tuple[int, str, Any, Any]:
    wrapper, place = small
    env = {"SSL_CERT_FILE": str(place / "tls" / "ca.pem"), "PYTHONPATH": str(Path(__file__).parents[3])}
    code, shown, item = command(wrapper, folder, "--hw-registry", *(more or ("public",)), readme=readme, env=env)
    return code, shown, item, json.loads((place / "seen.json").read_text())


def test_docker_hub(small_internet: tuple[list[str], Path], tmp_path: Path) -> None:
    code, shown, item, seen = in_internet(small_internet, tmp_path, README)
    assert (code, item["verdict"]) == (0, "passed"), shown
    assert item["evidence"]["registry"] == "docker.io"
    assert item["evidence"]["platforms"] == ["linux/amd64"]
    # The blob lies elsewhere, and no login goes there.
    assert [authorization for _method, _target, authorization in seen[internet.BLOBS]] == [""]


def test_docker_hub_says_the_same_of_private_and_missing_ones(
    small_internet: tuple[list[str], Path], tmp_path: Path
) -> None:
    code, shown, item, seen = in_internet(small_internet, tmp_path, README.replace(IMAGE, "nobody/otus-reddit"))
    assert (code, item["verdict"]) == (0, "advised"), shown
    assert "it does not exist or is private" in shown
    assert item["findings"][0]["line"] == 4
    assert seen[internet.TOKENS]


def test_the_users_login_goes_to_docker_hubs_own_token_server(
    small_internet: tuple[list[str], Path], tmp_path: Path
) -> None:
    login = f"{USER}:{PASSWORD}@docker.io"
    code, shown, item, seen = in_internet(small_internet, tmp_path, README, login)
    assert (code, item["verdict"]) == (0, "passed"), shown
    assert PASSWORD not in shown
    assert [authorization[:6] for _method, _target, authorization in seen[internet.TOKENS]] == ["Basic "]
    assert not any(
        authorization.startswith("Basic") for _m, _t, authorization in seen[internet.HUB] + seen[internet.BLOBS]
    )


def test_the_users_login_goes_to_no_token_server_on_another_host(
    small_internet: tuple[list[str], Path], tmp_path: Path
) -> None:
    login = f"{USER}:{PASSWORD}@{internet.OTHER}"
    code, shown, item, seen = in_internet(small_internet, tmp_path, README, login)
    assert (code, item["verdict"]) == (0, "passed"), shown
    assert [authorization for _method, _target, authorization in seen[internet.TOKENS]] == [""]
    assert not any(authorization.startswith("Basic") for _m, _t, authorization in seen[internet.OTHER])


@pytest.mark.parametrize("host", ["intranet.example", "metadata.example"])
def test_names_that_lead_into_a_network(small_internet: tuple[list[str], Path], tmp_path: Path, host: str) -> None:
    _code, shown, item, seen = in_internet(small_internet, tmp_path, f"docker push {host}/somebody/reddit:1.0\n")
    assert item["verdict"] == "unverified", shown
    assert "not a public one" in shown
    assert seen[host] == []
