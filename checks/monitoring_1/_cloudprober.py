"""The probes of cloudprober's configuration, a text of protocol buffers: ``probe { type: HTTP targets { … } }``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"#[^\n]*|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|[{}<>:;,\[\]\n]|[^\s{}<>:;,\[\]#\"']+")
_MAX_PROBES = 200
_MAX_DEPTH = 20


@dataclass(slots=True)
class Probe:
    """One probe: what it is called, its type, the hosts with their lines, the port and whether it speaks https."""

    line: int
    name: str = ""
    type: str = ""
    hosts: list[tuple[str, int]] = field(default_factory=list)
    port: int | None = None
    is_https: bool = False


def probes(text: str) -> list[Probe]:
    """The probes in a configuration; what is no such text has none."""
    found: list[Probe] = []
    path: list[str] = []
    word, key, line = "", "", 1
    for line, piece in _tokens(text):
        if piece in "{<":
            path.append(word or key)
            word = key = ""
            if path == ["probe"]:
                found.append(Probe(line))
            if len(found) > _MAX_PROBES or len(path) > _MAX_DEPTH:
                return found[:_MAX_PROBES]
        elif piece in "}>":
            path = path[:-1]
        elif piece == ":":
            key, word = word, ""
        elif piece not in ";,[]":
            if key:
                _set(found, path, key, piece.strip("\"'"), line)
                key = ""
            else:
                word = piece
    return found


def _set(found: list[Probe], path: list[str], key: str, value: str, line: int) -> None:
    if not found or path[:1] != ["probe"]:
        return
    probe = found[-1]
    match (tuple(path[1:]), key):
        case ((), "name"):
            probe.name = value
        case ((), "type"):
            probe.type = value.upper()
        case (("targets",), "host_names"):
            probe.hosts += [(host.strip(), line) for host in value.split(",") if host.strip()]
        case ((("http_probe" | "tcp_probe" | "udp_probe"),), "port") if value.isascii() and value.isdecimal():
            probe.port = int(value[:6])
        case (("http_probe",), "protocol" | "scheme"):
            probe.is_https = value.upper() == "HTTPS"


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    line = 1
    for match in _TOKEN.finditer(text):
        piece = match[0]
        if piece == "\n":
            line += 1
        elif not piece.startswith("#"):
            yield line, piece
