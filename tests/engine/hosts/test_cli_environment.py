"""What docker's own programs are told, so that they find the same engine."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_dockerlab.engine.hosts.cli_environment import cli_environment
from pytest_dockerlab.engine.hosts.endpoints import Endpoint, Tls
from pytest_dockerlab.messages import _


def environment(folder: Path, url: str, tls: Tls | None = None, **more: Any) -> dict[str, str]:
    host: Any = SimpleNamespace(endpoint=Endpoint(url, _("a test"), tls), **more)
    return cli_environment(host, folder)


def test_a_socket_and_nothing_of_the_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_CONTEXT", "elsewhere")
    assert environment(tmp_path, "unix:///var/run/docker.sock") == {
        "HOME": str(tmp_path),
        "DOCKER_CONFIG": str(tmp_path / "docker"),
        "DOCKER_HOST": "unix:///var/run/docker.sock",
    }


def test_over_ssh_by_our_own_tunnel(tmp_path: Path) -> None:
    tunnel = SimpleNamespace(socket_path="/run/x/tunnel.sock")
    found = environment(tmp_path, "ssh://a@192.0.2.1", _open_tunnel=lambda: tunnel)
    assert found["DOCKER_HOST"] == "unix:///run/x/tunnel.sock"
    assert "DOCKER_TLS_VERIFY" not in found


@pytest.mark.parametrize(("verify", "variable"), [(True, "DOCKER_TLS_VERIFY"), (False, "DOCKER_TLS")])
def test_certificates_get_the_names_that_docker_knows(tmp_path: Path, verify: bool, variable: str) -> None:
    mine, folder = tmp_path / "mine", tmp_path / "folder"
    mine.mkdir()
    folder.mkdir()
    (mine / "authority").write_text("ca")
    (mine / "me").write_text("cert")
    tls = Tls(mine / "authority", mine / "me", None, verify)
    for _again in range(2):  # each call of a program asks anew
        found = environment(folder, "tcp://192.0.2.1:2376", tls)
    assert found["DOCKER_HOST"] == "tcp://192.0.2.1:2376"
    assert found[variable] == "1"
    assert len({"DOCKER_TLS_VERIFY", "DOCKER_TLS"} & set(found)) == 1
    assert found["DOCKER_CERT_PATH"] == str(folder)
    assert {path.name: path.read_text() for path in folder.iterdir()} == {"ca.pem": "ca", "cert.pem": "cert"}
