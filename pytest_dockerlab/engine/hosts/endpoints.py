"""Where a docker host is talked to, and the order in which docker's own settings are asked for it.

The value given, else ``DOCKER_HOST``, else the docker context (``DOCKER_CONTEXT`` or the current one), else the default
socket: as the docker command has it (https://docs.docker.com/engine/manage-resources/contexts/). Nothing is connected.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from ...messages import Message, _
from .errors import EndpointInvalid, VmInvalid
from .machine_folder import Machine, read_machine

__all__ = ["Endpoint", "Tls", "default_endpoint", "parse_url", "read_context", "resolve_endpoint", "resolve_vm"]

DEFAULT_SOCKET = "/var/run/docker.sock"
_PIPE = "npipe:////./pipe/docker_engine"
_MAX_FILE = 1024 * 1024
# No leading hyphen: the name goes to ssh's command line.
_HOST_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*|[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?")
_USER = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_.@+-]*")


@dataclass(frozen=True, slots=True)
class Tls:
    """The files for TLS: ``None`` for one that is not there. ``ca_key`` only docker-machine keeps."""

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    verify: bool = True
    ca_key: Path | None = None

    @classmethod
    def in_folder(cls, folder: Path, *, verify: bool = True) -> Tls:
        """Docker's names in one folder: ca.pem, cert.pem, key.pem."""
        ca, cert, key = (_file(folder / name) for name in ("ca.pem", "cert.pem", "key.pem"))
        return cls(ca, cert, key, verify)

    @property
    def has_client_certificate(self) -> bool:
        """Whether there is a certificate to show, and its key."""
        return self.cert is not None and self.key is not None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How to talk to an engine: a URL, the TLS files, and who said so."""

    url: str
    source: Message
    tls: Tls | None = None
    machine: Machine | None = None
    is_given: bool = False
    """Named by the user for this run, not found by docker's own settings."""

    @property
    def scheme(self) -> str:
        """``unix``, ``npipe``, ``ssh`` or ``tcp``."""
        return self._parts.scheme

    @property
    def host(self) -> str:
        """The URL's host, without brackets around an IPv6 address; empty for a socket or a pipe."""
        return self._parts.hostname or ""

    @property
    def port(self) -> int | None:
        """The URL's port; for tcp docker's default one where it has none (2375, with TLS 2376)."""
        if self.scheme != "tcp":
            return self._parts.port
        return self._parts.port or (2375 if self.tls is None else 2376)

    @property
    def user(self) -> str | None:
        """The URL's user: ssh only."""
        return self._parts.username

    @property
    def path(self) -> str:
        """The socket's path: unix always, ssh where one is named."""
        return unquote(self._parts.path)

    @property
    def address(self) -> str:
        """Where this endpoint's published ports are expected: the URL's own host, else this machine."""
        return self.host or "localhost"

    @property
    def _parts(self) -> SplitResult:
        return urlsplit(self.url)

    def __str__(self) -> str:
        return self.url


def resolve_endpoint(explicit: str | None = None, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint that ``explicit`` names, else the one docker's own settings lead to.

    ``explicit`` is a URL, ``context:NAME`` or a context's name, or the path of a docker-machine folder; a path needs a
    slash in it (``./docker-host``), so that a folder of a submission is never taken for a context of the same name.
    Raises :class:`EndpointInvalid`.
    """
    if explicit:
        return replace(_explicit(explicit.strip(), environ), is_given=True)
    if url := environ.get("DOCKER_HOST"):
        return _with_tls(parse_url(url, _("DOCKER_HOST")), _tls_of(environ))
    name = environ.get("DOCKER_CONTEXT") or _current_context(environ)
    if name and name != "default":
        return read_context(name, environ)
    return default_endpoint(environ)


def _explicit(value: str, environ: Mapping[str, str]) -> Endpoint:
    given = _("the docker host given")
    if value.startswith("context:"):
        return read_context(value.removeprefix("context:"), environ)
    if "://" in value:
        endpoint = parse_url(value, given)
        tls = _tls_of(environ)
        if tls is None and endpoint.scheme == "tcp" and endpoint.port == 2376:
            tls = Tls.in_folder(_docker_folder(environ))
        # The user named this host now; DOCKER_TLS_VERIFY that happens to be unset is no wish of theirs to be unsafe.
        return _with_tls(endpoint, replace(tls, verify=True) if tls else None)
    if "/" in value or os.sep in value:
        machine = read_machine(Path(value).expanduser())
        tls = Tls(machine.ca, machine.cert, machine.key, ca_key=machine.ca_key)
        endpoint = parse_url(machine.url, _("docker-machine {name}", name=machine.name))
        return replace(_with_tls(endpoint, tls), machine=machine)
    return read_context(value, environ)


def resolve_vm(value: str) -> str:
    """The URL of a VM that is named as for ssh, ``[USER@]HOST[:PORT]``. Raises :class:`~.errors.VmInvalid`."""
    url = value if "://" in value else f"ssh://{value}"
    try:
        endpoint = parse_url(url, _("the VM"))
    except EndpointInvalid as error:
        raise VmInvalid(error.host or "", error.reason.args.get("detail", "")) from None
    if endpoint.scheme != "ssh" or endpoint.path:
        raise VmInvalid(value, _("the host name is missing or invalid"))
    return endpoint.url


def parse_url(url: str, source: Message) -> Endpoint:
    """The endpoint of a URL. Raises :class:`EndpointInvalid` for one that docker would not take either."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise EndpointInvalid(url, _("{why}", why=str(error))) from error
    match parts.scheme:
        case "unix":
            path = parts.netloc + parts.path
            if not path:
                raise EndpointInvalid(url, _("the path of the socket is missing"))
            return Endpoint("unix:///" + path.lstrip("/"), source)
        case "npipe":
            return Endpoint(url, source)
        case "ssh" | "tcp":
            if parts.password is not None:
                # Not repeated: it would end up in results.json.
                raise EndpointInvalid(f"{parts.scheme}://{host}", _("a password cannot be given in the URL"))
            if not host and parts.scheme == "tcp":
                return parse_url(f"tcp://127.0.0.1:{parts.port or 2375}", source)
            if not _HOST_NAME.fullmatch(host):
                raise EndpointInvalid(url, _("the host name is missing or invalid"))
            if parts.username is not None and not _USER.fullmatch(parts.username):
                raise EndpointInvalid(url, _("the user name is invalid"))
            if parts.query or parts.fragment or (parts.scheme == "tcp" and parts.path not in ("", "/")):
                raise EndpointInvalid(url, _("nothing may follow the host and the port"))
            return Endpoint(url.rstrip("/"), source)
    raise EndpointInvalid(url, _("it starts with none of ssh://, tcp://, unix://, npipe://"))


def read_context(name: str, environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The endpoint of a docker context, read from the docker command's own files. Raises :class:`EndpointInvalid`.

    The SDK has a reader too; it looks into the current directory where there is no ``config.json``, and the current
    directory may be a submission.
    """
    if name == "default":
        return default_endpoint(environ)
    folder = _docker_folder(environ) / "contexts"
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = _json(folder / "meta" / key / "meta.json")
    if meta is None:
        raise EndpointInvalid(name, _("there is no docker context of this name (docker context ls)"))
    endpoints = meta.get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    if not isinstance(docker, dict) or not isinstance(docker.get("Host"), str) or not docker["Host"]:
        raise EndpointInvalid(name, _("this docker context names no Docker Engine"))
    endpoint = parse_url(docker["Host"], _("docker context {name}", name=name))
    tls = Tls.in_folder(folder / "tls" / key / "docker", verify=not docker.get("SkipTLSVerify"))
    is_tls = tls.ca is not None or tls.has_client_certificate or not tls.verify
    return _with_tls(endpoint, tls if is_tls else None)


def default_endpoint(environ: Mapping[str, str] = os.environ) -> Endpoint:
    """The default socket of this machine: the engine's own, else the one of this user's rootless engine."""
    source = _("the default socket")
    if os.name == "nt":
        return Endpoint(_PIPE, source)
    candidates = [DEFAULT_SOCKET]
    if runtime := environ.get("XDG_RUNTIME_DIR"):
        candidates.append(f"{runtime}/docker.sock")
    # The first that this user may use, else the first there is: the error then names what is missing.
    present = [path for path in candidates if os.access(path, os.F_OK)]  # quiet where a folder forbids to look
    usable = [path for path in present if os.access(path, os.R_OK | os.W_OK)]
    return Endpoint("unix://" + [*usable, *present, DEFAULT_SOCKET][0], source)


def _with_tls(endpoint: Endpoint, tls: Tls | None) -> Endpoint:
    return replace(endpoint, tls=tls) if endpoint.scheme == "tcp" else endpoint


def _tls_of(environ: Mapping[str, str]) -> Tls | None:
    # As the docker SDKs: a variable counts when it is not empty; certificates without DOCKER_TLS_VERIFY are TLS
    # whose server nobody verifies.
    if not any(environ.get(name) for name in ("DOCKER_TLS_VERIFY", "DOCKER_TLS", "DOCKER_CERT_PATH")):
        return None
    folder = environ.get("DOCKER_CERT_PATH") or _docker_folder(environ)
    return Tls.in_folder(Path(folder), verify=bool(environ.get("DOCKER_TLS_VERIFY")))


def _current_context(environ: Mapping[str, str]) -> str | None:
    config = _json(_docker_folder(environ) / "config.json") or {}
    name = config.get("currentContext")
    return name if isinstance(name, str) else None


def _docker_folder(environ: Mapping[str, str]) -> Path:
    if folder := environ.get("DOCKER_CONFIG"):
        return Path(folder)
    return Path(environ.get("HOME") or Path.home()) / ".docker"


def _file(path: Path) -> Path | None:
    return path if os.access(path, os.F_OK) and path.is_file() else None


def _json(path: Path) -> dict[str, Any] | None:
    try:
        with path.open("rb") as stream:
            data = json.loads(stream.read(_MAX_FILE))
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
