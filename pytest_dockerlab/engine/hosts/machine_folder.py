"""A machine that docker-machine made, read from its folder; the docker-machine program is not needed.

The layout is docker-machine's own: ``…/machines/NAME`` with config.json and copies of the certificates, beside
``…/certs`` with the CA's key. Paths written *in* config.json are not followed: they name files of the machine where it
was created, and the folder may have come from somebody else.
"""

from __future__ import annotations

import ipaddress
import json
import os
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...messages import _
from .errors import EndpointInvalid

__all__ = ["Machine", "read_machine"]

_MAX_FILE = 1024 * 1024
_DOCKER_PORT = 2376
_SUBJECT_ALT_NAME = bytes.fromhex("0603551d11")
_IP_ADDRESS_TAG, _OCTET_STRING, _SEQUENCE = 0x87, 0x04, 0x30


@dataclass(frozen=True, slots=True)
class Machine:
    """A docker-machine machine. ``project``, ``zone`` and ``machine_type`` are those of the driver google."""

    name: str
    folder: Path
    driver: str
    address: str
    url: str
    project: str | None
    zone: str | None
    machine_type: str | None
    ca: Path | None
    cert: Path | None
    key: Path | None
    ca_key: Path | None


def read_machine(folder: Path) -> Machine:
    """Read a machine's folder. Raises :class:`EndpointInvalid` where it is none, or says no address."""
    try:
        with (folder / "config.json").open("rb") as stream:
            config = json.loads(stream.read(_MAX_FILE))
    except OSError as error:
        raise EndpointInvalid(str(folder), _("it is not a docker-machine folder: it has no config.json")) from error
    except (ValueError, RecursionError) as error:
        raise EndpointInvalid(str(folder), _("its config.json is not JSON")) from error
    driver = config.get("Driver") if isinstance(config, dict) else None
    if not isinstance(driver, dict) or not isinstance(config.get("DriverName"), str):
        raise EndpointInvalid(str(folder), _("its config.json is not one of docker-machine's"))
    url = _text(driver, "URL")  # of the driver "none": a machine that somebody else made
    address = _text(driver, "IPAddress") or _certified_address(folder / "server.pem")
    if url is None:
        if address is None:
            # docker-machine asks the cloud's API then, which takes the owner's credentials.
            raise EndpointInvalid(str(folder), _("it has no address: the machine is stopped or was never started"))
        host = f"[{address}]" if ":" in address else address
        url = f"tcp://{host}:{_DOCKER_PORT}"
    is_google = config["DriverName"] == "google"
    return Machine(
        name=_text(config, "Name") or folder.resolve().name,
        folder=folder,
        driver=config["DriverName"],
        address=address or "",
        url=url,
        project=_text(driver, "Project") if is_google else None,
        zone=_text(driver, "Zone") if is_google else None,
        machine_type=_text(driver, "MachineType") if is_google else None,
        ca=_find(folder, "ca.pem"),
        cert=_find(folder, "cert.pem"),
        key=_find(folder, "key.pem"),
        ca_key=_find(folder, "ca-key.pem"),
    )


def _text(data: dict[str, Any], key: str) -> str | None:
    value = data.get(key)
    return value if isinstance(value, str) and value else None


def _find(folder: Path, name: str) -> Path | None:
    candidates = (folder / name, folder.resolve().parent.parent / "certs" / name)
    return next((path for path in candidates if os.access(path, os.F_OK) and path.is_file()), None)


def _certified_address(server_certificate: Path) -> str | None:
    # The driver google leaves IPAddress empty until the machine is first restarted. The certificate that docker-machine
    # issued for the machine names its address: the extra names first, then the address, then localhost.
    try:
        certificate = ssl.PEM_cert_to_DER_cert(server_certificate.read_text("ascii"))
    except (OSError, ValueError):
        return None
    addresses = [address for address in _subject_addresses(certificate) if not address.is_loopback]
    return str(addresses[-1]) if addresses else None


def _subject_addresses(certificate: bytes) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    # The standard library decodes a certificate only out of a connection, so the one extension is looked up here:
    # OID, perhaps a BOOLEAN, an OCTET STRING, in it a SEQUENCE of names.
    start = certificate.find(_SUBJECT_ALT_NAME)
    if start < 0:
        return []
    rest = certificate[start + len(_SUBJECT_ALT_NAME) :]
    if rest[:1] == b"\x01":
        rest = rest[3:]
    for tag in (_OCTET_STRING, _SEQUENCE):
        if rest[:1] != bytes([tag]):
            return []
        rest = _element(rest)[0]
    found = []
    while rest:
        tag = rest[0]
        value, rest = _element(rest)
        if tag == _IP_ADDRESS_TAG and len(value) in (4, 16):
            found.append(ipaddress.ip_address(value))
    return found


def _element(data: bytes) -> tuple[bytes, bytes]:
    # A DER element's content, and what follows it. A cut one has less content, never an error.
    length, start = (data[1] if len(data) > 1 else 0), 2
    if length & 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[2 : 2 + size], "big"), 2 + size
    return data[start : start + length], data[start + length :]
