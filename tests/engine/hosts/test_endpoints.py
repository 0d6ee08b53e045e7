"""Which endpoint a value, the environment or docker's own files lead to. Nothing is connected."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.engine.hosts import endpoints
from pytest_dockerlab.engine.hosts.endpoints import Endpoint, resolve_endpoint
from pytest_dockerlab.engine.hosts.errors import EndpointInvalid
from pytest_dockerlab.engine.hosts.facts import HostFacts, numbers
from pytest_dockerlab.engine.hosts.hosts import resolve_docker_host
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.messages import _


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home" / ".docker").mkdir(parents=True)
    return tmp_path / "home"


def context(home: Path, name: str, host: str | None, *, skip_verify: bool = False, files: tuple[str, ...] = ()) -> None:
    key = hashlib.sha256(name.encode()).hexdigest()
    folder = home / ".docker" / "contexts" / "meta" / key
    folder.mkdir(parents=True)
    docker = {"Host": host, "SkipTLSVerify": skip_verify} if host is not None else {}
    (folder / "meta.json").write_text(json.dumps({"Name": name, "Metadata": {}, "Endpoints": {"docker": docker}}))
    certificates = home / ".docker" / "contexts" / "tls" / key / "docker"
    certificates.mkdir(parents=True)
    for file in files:
        (certificates / file).write_text("x")


def machine(folder: Path, driver: dict[str, Any], name: str = "google", files: tuple[str, ...] = ()) -> Path:
    folder.mkdir(parents=True)
    config = {"ConfigVersion": 3, "Driver": driver, "DriverName": name, "HostOptions": {}, "Name": folder.name}
    (folder / "config.json").write_text(json.dumps(config))
    for file in files:
        (folder / file).write_text("x")
    return folder


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("unix:///run/user/1000/docker.sock", ("unix", "", None, None, "/run/user/1000/docker.sock", "localhost")),
        ("unix://var/run/docker.sock", ("unix", "", None, None, "/var/run/docker.sock", "localhost")),
        ("npipe:////./pipe/docker_engine", ("npipe", "", None, None, "//./pipe/docker_engine", "localhost")),
        ("ssh://me@docker-host", ("ssh", "docker-host", None, "me", "", "docker-host")),
        ("ssh://me@docker-host:2222", ("ssh", "docker-host", 2222, "me", "", "docker-host")),
        (
            "ssh://docker-host/run/user/1/d.sock",
            ("ssh", "docker-host", None, None, "/run/user/1/d.sock", "docker-host"),
        ),
        ("ssh://me@[2001:db8::1]:22", ("ssh", "2001:db8::1", 22, "me", "", "2001:db8::1")),
        ("tcp://10.0.0.1", ("tcp", "10.0.0.1", 2375, None, "", "10.0.0.1")),
        ("tcp://10.0.0.1:4243/", ("tcp", "10.0.0.1", 4243, None, "", "10.0.0.1")),
        ("tcp://:4243", ("tcp", "127.0.0.1", 4243, None, "", "127.0.0.1")),
    ],
)
def test_url(url: str, expected: tuple[object, ...], home: Path) -> None:
    found = resolve_endpoint(url, {"HOME": str(home)})
    assert (found.scheme, found.host, found.port, found.user, found.path, found.address) == expected
    assert found.is_given


@pytest.mark.parametrize(
    "value",
    [
        "ssh://-oProxyCommand=touch%20x",
        "ssh://-l@host",
        "ssh://me@ho st",
        "ssh://me:secret@host",
        "ssh://",
        "tcp://host:99999",
        "tcp://host:port",
        "tcp://host:2375/path",
        "tcp://host?x=1",
        "tcp://[::1",
        "unix://",
        "http://host:2375",
        "ftp://host",
        "no-such-context",
        "context:no-such-context",
        "./no/such/folder",
    ],
)
def test_what_names_no_docker_host(value: str, home: Path) -> None:
    with pytest.raises(EndpointInvalid) as caught:
        resolve_endpoint(value, {"HOME": str(home)})
    assert isinstance(caught.value, ConfigurationError)
    assert caught.value.remedy is not None
    assert "secret" not in str(caught.value)


def test_order(home: Path) -> None:
    context(home, "lab", "tcp://10.0.0.3:2375")
    context(home, "other", "tcp://10.0.0.4:2375")
    (home / ".docker" / "config.json").write_text('{"currentContext": "lab"}')
    everything = {"HOME": str(home), "DOCKER_HOST": "tcp://10.0.0.2:2375", "DOCKER_CONTEXT": "other"}
    assert resolve_endpoint("tcp://10.0.0.1:2375", everything).host == "10.0.0.1"
    assert resolve_endpoint(None, everything).host == "10.0.0.2"
    del everything["DOCKER_HOST"]
    assert resolve_endpoint(None, everything).host == "10.0.0.4"
    del everything["DOCKER_CONTEXT"]
    found = resolve_endpoint(None, everything)
    assert (found.host, str(found.source), found.is_given) == ("10.0.0.3", "docker context lab", False)
    assert resolve_endpoint(None, {**everything, "DOCKER_CONTEXT": "default"}).scheme == "unix"
    assert resolve_endpoint("context:other", everything).host == "10.0.0.4"
    assert resolve_endpoint("other", everything).host == "10.0.0.4"
    (home / ".docker" / "config.json").write_text("{")
    assert resolve_endpoint(None, everything).scheme == "unix"


def test_default_socket(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rootless = tmp_path / "docker.sock"
    environ = {"HOME": str(home), "XDG_RUNTIME_DIR": str(tmp_path)}
    monkeypatch.setattr(endpoints, "DEFAULT_SOCKET", str(tmp_path / "none.sock"))
    assert resolve_endpoint(None, environ).path == str(tmp_path / "none.sock")
    rootless.touch()
    assert resolve_endpoint(None, environ).path == str(rootless)
    # There, but not for this user: the rootless one is his.
    (tmp_path / "root.sock").touch()
    monkeypatch.setattr(endpoints, "DEFAULT_SOCKET", str(tmp_path / "root.sock"))
    usable = str(rootless)
    monkeypatch.setattr("os.access", lambda path, mode: Path(path).exists() and (mode == os.F_OK or path == usable))
    assert resolve_endpoint(None, environ).path == str(rootless)
    rootless.unlink()
    assert resolve_endpoint(None, environ).path == str(tmp_path / "root.sock")


# What is needed is imported before: an ordinary user may not see where this Python lies.
_AS_NOBODY = """
import os, sys
import docker, requests, rich._emoji_codes, rich.box, rich.console, rich.table
from pytest_dockerlab.cli import main
from pytest_dockerlab.engine.hosts import endpoints, errors, hosts
from pytest_dockerlab.report import doctor
endpoints.DEFAULT_SOCKET = sys.argv[1]
os.setgroups([]); os.setgid(65534); os.setuid(65534)
try:
    with hosts.resolve_docker_host(None) as host:
        host.facts
except errors.HostPermissionDenied as error:
    print(error.message)
doctor.examine = lambda explicit: [doctor._engine(explicit)]
main(["doctor", "--lang", "en"])
"""


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("forbids", ["the socket", "its folder"])
def test_a_socket_that_this_user_may_not_use_is_there(tmp_path: Path, forbids: str) -> None:
    """And so are a runtime folder and a home of somebody else, as sudo -u leaves them in the environment."""
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o700)
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        Path(folder).chmod(0o755 if forbids == "the socket" else 0o700)
        path = Path(folder, "docker.sock")
        listener.bind(str(path))
        listener.listen()
        path.chmod(0o600)
        environ = {"PATH": os.environ["PATH"], "HOME": str(locked), "XDG_RUNTIME_DIR": str(locked)}
        words = [sys.executable, "-c", _AS_NOBODY, str(path)]
        done = subprocess.run(words, env=environ, cwd="/", capture_output=True, text=True, timeout=120, check=False)
    said = f"this user may not use the socket {path}"
    assert done.stdout.startswith(f"{said}\n"), done.stderr
    assert f"Docker Engine: {said}\n  to do: join the group docker" in done.stdout, (
        "in doctor too, and not that it is missing"
    )


@pytest.mark.parametrize(
    ("variables", "is_tls", "verify", "port"),
    [
        ({}, False, None, 2375),
        ({"DOCKER_TLS_VERIFY": "", "DOCKER_CERT_PATH": ""}, False, None, 2375),
        ({"DOCKER_TLS_VERIFY": "1"}, True, True, 2376),
        ({"DOCKER_CERT_PATH": "CERTS"}, True, False, 2376),
        ({"DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": "CERTS"}, True, True, 2376),
    ],
)
def test_tls_of_the_environment(
    variables: dict[str, str], is_tls: bool, verify: bool | None, port: int, home: Path, tmp_path: Path
) -> None:
    certs = tmp_path / "certs"
    certs.mkdir()
    for folder in (certs, home / ".docker"):
        for file in ("ca.pem", "cert.pem", "key.pem"):
            (folder / file).write_text("x")
    environ = {name: value.replace("CERTS", str(certs)) for name, value in variables.items()}
    found = resolve_endpoint(None, {"HOME": str(home), "DOCKER_HOST": "tcp://10.0.0.1", **environ})
    assert (found.tls is not None, found.tls and found.tls.verify, found.port) == (is_tls, verify, port)
    if found.tls:
        assert found.tls.has_client_certificate
        assert found.tls.ca == (certs if environ.get("DOCKER_CERT_PATH") else home / ".docker") / "ca.pem"


def test_given_url_is_verified(home: Path) -> None:
    environ = {"HOME": str(home), "DOCKER_CERT_PATH": str(home)}
    found = resolve_endpoint("tcp://10.0.0.1:2376", environ)
    assert found.tls is not None
    assert found.tls.verify
    assert not found.tls.has_client_certificate
    assert resolve_endpoint("tcp://10.0.0.1:2376", {"HOME": str(home)}).tls is not None
    assert resolve_endpoint("tcp://10.0.0.1:2375", {"HOME": str(home)}).tls is None
    assert resolve_endpoint("ssh://10.0.0.1", environ).tls is None


def test_context_with_tls(home: Path) -> None:
    context(home, "secure", "tcp://10.0.0.1:2376", files=("ca.pem", "cert.pem", "key.pem"))
    context(home, "careless", "tcp://10.0.0.1:2376", skip_verify=True)
    context(home, "plain", "tcp://10.0.0.1:2375")
    context(home, "kubernetes", None)
    environ = {"HOME": str(home)}
    secure, careless, plain = (resolve_endpoint(name, environ) for name in ("secure", "careless", "plain"))
    assert secure.tls is not None
    assert secure.tls.verify
    assert secure.tls.has_client_certificate
    assert careless.tls is not None
    assert not careless.tls.verify
    assert plain.tls is None
    with pytest.raises(EndpointInvalid):
        resolve_endpoint("kubernetes", environ)


def test_docker_config_variable(home: Path, tmp_path: Path) -> None:
    context(tmp_path / "elsewhere", "lab", "ssh://me@lab")
    environ = {"HOME": str(home), "DOCKER_CONFIG": str(tmp_path / "elsewhere" / ".docker"), "DOCKER_CONTEXT": "lab"}
    assert resolve_endpoint(None, environ).url == "ssh://me@lab"


def test_the_current_directory_names_no_docker_host(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A submission with a folder of that name, or with contexts of its own, leads nowhere."""
    context(tmp_path / "repository", "docker-host", "tcp://6.6.6.6:2375")
    (tmp_path / "repository" / ".docker" / "contexts").rename(tmp_path / "repository" / "contexts")
    machine(tmp_path / "repository" / "docker-host", {"IPAddress": "6.6.6.6"})
    monkeypatch.chdir(tmp_path / "repository")
    monkeypatch.setenv("HOME", str(home))
    with pytest.raises(EndpointInvalid):
        resolve_endpoint("docker-host", {"HOME": str(home)})
    with pytest.raises(EndpointInvalid):
        resolve_endpoint(None, {"HOME": str(home), "DOCKER_CONTEXT": "docker-host"})


def test_docker_machine_folder(tmp_path: Path, home: Path) -> None:
    driver = {
        "IPAddress": "35.195.1.2",
        "Project": "docker-182408",
        "Zone": "europe-west1-b",
        "MachineType": "n1-standard-1",
    }
    folder = machine(tmp_path / "machines" / "docker-host", driver, files=("ca.pem", "cert.pem", "key.pem"))
    (tmp_path / "certs").mkdir()
    (tmp_path / "certs" / "ca-key.pem").write_text("x")
    found = resolve_endpoint(str(folder), {"HOME": str(home), "DOCKER_HOST": "tcp://10.0.0.1:2375"})
    assert (found.url, found.address, str(found.source)) == (
        "tcp://35.195.1.2:2376",
        "35.195.1.2",
        "docker-machine docker-host",
    )
    assert found.machine is not None
    assert (found.machine.driver, found.machine.project, found.machine.zone, found.machine.machine_type) == (
        "google",
        "docker-182408",
        "europe-west1-b",
        "n1-standard-1",
    )
    assert found.tls is not None
    assert found.tls.verify
    assert found.tls.cert == folder / "cert.pem"
    assert found.tls.ca_key == tmp_path / "certs" / "ca-key.pem"


def test_docker_machine_of_another_driver(tmp_path: Path) -> None:
    found = resolve_endpoint(f"{machine(tmp_path / 'm', {'IPAddress': 'fd00::1', 'Zone': 'z'}, 'amazonec2')}", {})
    assert found.machine is not None
    assert (found.url, found.host, found.machine.zone) == ("tcp://[fd00::1]:2376", "fd00::1", None)
    found = resolve_endpoint(f"{machine(tmp_path / 'n', {'URL': 'tcp://10.0.0.1:4243'}, 'none')}", {})
    assert found.url == "tcp://10.0.0.1:4243"


def certificate(*addresses: bytes, tail: bytes = b"") -> str:
    names = b"\x82\x09localhost" + b"".join(b"\x87" + bytes([len(address)]) + address for address in addresses)
    sequence = b"\x30" + bytes([len(names)]) + names
    extension = bytes.fromhex("0603551d11") + b"\x04" + bytes([len(sequence)]) + sequence + tail
    body = base64.encodebytes(b"\x30\x20\x01\x02" + extension + b"\x30\x00").decode()
    return f"-----BEGIN CERTIFICATE-----\n{body}-----END CERTIFICATE-----\n"


def test_docker_machine_address_out_of_the_server_certificate(tmp_path: Path) -> None:
    """The driver google leaves the address out until the machine is restarted."""
    folder = machine(tmp_path / "docker-host", {"IPAddress": ""})
    (folder / "server.pem").write_text(certificate(b"\x0a\x00\x00\x07", b"\x23\xc3\x01\x02", b"\x7f\x00\x00\x01"))
    assert resolve_endpoint(str(folder), {}).url == "tcp://35.195.1.2:2376"


@pytest.mark.parametrize(
    "server",
    [
        None,
        "garbage",
        "-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n",
        certificate(),
        certificate(b"\x7f\x00\x00\x01"),
        certificate(b"\x01\x02"),
        "-----BEGIN CERTIFICATE-----\n"
        + base64.b64encode(bytes.fromhex("0603551d110484")).decode()
        + "\n-----END CERTIFICATE-----\n",
    ],
)
def test_docker_machine_that_says_no_address(tmp_path: Path, server: str | None) -> None:
    folder = machine(tmp_path / "docker-host", {"IPAddress": "", "Project": "p"})
    if server is not None:
        (folder / "server.pem").write_text(server)
    with pytest.raises(EndpointInvalid, match="no address"):
        resolve_endpoint(str(folder), {})


@pytest.mark.parametrize("config", ["", "{", "[]", "{}", '{"Driver": 3, "DriverName": "google"}', "[" * 100_000])
def test_broken_docker_machine_folder(tmp_path: Path, config: str) -> None:
    (tmp_path / "config.json").write_text(config)
    with pytest.raises(EndpointInvalid):
        resolve_endpoint(str(tmp_path), {})


def test_address_is_kept_apart(home: Path) -> None:
    environ = {"HOME": str(home), "DOCKER_HOST": "tcp://10.0.0.1:2375"}
    assert resolve_docker_host(None, environ).address == "10.0.0.1"
    assert resolve_docker_host(None, {**environ, "DOCKERLAB_DOCKER_ADDRESS": "docker.lab"}).address == "docker.lab"
    assert resolve_docker_host(None, environ, address="here").address == "here"
    assert resolve_docker_host("unix:///x.sock", environ).address == "localhost"
    config = home / "ssh_config"
    config.write_text("Host lab\n  HostName 10.9.8.7\n")
    assert resolve_docker_host("ssh://lab", {**environ, "DOCKERLAB_SSH_CONFIG": str(config)}).address == "10.9.8.7"


def test_numbers() -> None:
    assert numbers("20.10.24+dfsg1") == (20, 10, 24)
    assert numbers("v26.1.0-rc.1") == (26, 1, 0)
    assert numbers("17.06.0-ce") == (17, 6, 0)
    assert numbers("dev") == numbers("") == ()


def facts(version: dict[str, Any] | None = None, info: dict[str, Any] | None = None) -> HostFacts:
    return HostFacts.from_answers(
        {"Version": "20.10.24", "ApiVersion": "1.41", **(version or {})}, {"OSType": "linux", **(info or {})}
    )


def test_supports_probes() -> None:
    assert facts().supports_probes
    assert facts({"Version": "29.0.1"}).supports_probes
    assert facts({"Version": "dev"}).supports_probes
    assert not facts({"Version": "dev", "ApiVersion": "1.40"}).supports_probes
    assert not facts({"Version": "19.03.15"}).supports_probes
    assert not facts(info={"OSType": "windows"}).supports_probes


def test_facts_of_special_engines() -> None:
    rootless = facts(info={"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"], "CgroupVersion": "2"})
    assert (rootless.is_rootless, rootless.has_userns_remap, rootless.cgroup_version) == (True, False, 2)
    assert facts(info={"SecurityOptions": ["name=userns"]}).has_userns_remap
    assert facts(info={"OperatingSystem": "Docker Desktop"}).is_desktop
    assert facts({"Platform": {"Name": "Docker Desktop 4.30.0 (149282)"}}).is_desktop
    assert not facts({"Platform": {"Name": "Docker Engine - Community"}}).is_desktop
    assert facts({"Components": [{"Name": "Podman Engine"}]}).engine == "Podman Engine"
    limited = facts(info={"MemoryLimit": True, "CpuCfsQuota": True, "PidsLimit": True})
    assert limited.limits_everything
    assert not facts(info={"MemoryLimit": True}).limits_everything


@pytest.mark.parametrize("junk", [None, [], "text", 3, {"x": []}])
def test_facts_of_junk(junk: Any) -> None:
    keys = ("SecurityOptions", "MemTotal", "Name", "OperatingSystem")
    found = HostFacts.from_answers({"Components": junk, "Platform": junk, "Version": junk}, dict.fromkeys(keys, junk))
    assert not found.is_desktop
    assert not found.supports_probes


def test_endpoint_is_plain_data() -> None:
    assert str(Endpoint("tcp://h:1", _("x"))) == "tcp://h:1"
