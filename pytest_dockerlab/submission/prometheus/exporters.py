"""Exporters: the services of a compose project that say something to Prometheus, and the ports that they say it on.

Which one a service is follows from its image, else from the Dockerfile that makes it, its command, its name. Where it
listens follows from its arguments, else from EXPOSE, else from the program's own default:

========================= ===== ==========================================================
node exporter              9100 prometheus/node_exporter, node_exporter.go
blackbox exporter          9115 prometheus/blackbox_exporter, main.go
cloudprober                9313 cloudprober/cloudprober, DefaultServerPort
MongoDB exporter, Percona  9216 percona/mongodb_exporter, main.go (bitnami, ssalaues, ssheehy build it)
MongoDB exporter, dcu      9001 dcu/mongodb_exporter, mongodb_exporter.go
MongoDB exporter, eses     9104 Percona's own default too, before its version 0.3
cAdvisor                   8080 google/cadvisor, cmd/cadvisor.go
Alertmanager               9093 prometheus/alertmanager, main.go
Pushgateway                9091 prometheus/pushgateway, main.go
Stackdriver exporter       9255 prometheus-community/stackdriver_exporter
Grafana                    3000 grafana/grafana, conf/defaults.ini
========================= ===== ==========================================================
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from ..compose.project import ComposeProject
from ..compose.services import Service
from ..dockerfiles.dockerfile import Dockerfile
from ..dockerfiles.image import Image
from ..files.tree import Tree
from ..files.vendored import is_vendored
from ..scan.discovery import folder_of, name_of
from ..text.shell import SHELLS

__all__ = ["Exporter", "ExporterKind", "arguments_of", "exporters_of", "flag", "kind_of_name", "port_of_address"]


class ExporterKind(StrEnum):
    """What an exporter exports."""

    NODE = "node"
    BLACKBOX = "blackbox"
    CLOUDPROBER = "cloudprober"
    MONGODB = "mongodb"
    CADVISOR = "cadvisor"
    ALERTMANAGER = "alertmanager"
    PUSHGATEWAY = "pushgateway"
    STACKDRIVER = "stackdriver"
    GRAFANA = "grafana"


_NAMES = {
    ExporterKind.NODE: re.compile(r"node[-_.]?exp|exp(orter)?[-_.]node"),
    ExporterKind.BLACKBOX: re.compile(r"black[-_.]?box"),
    ExporterKind.CLOUDPROBER: re.compile(r"cloud[-_.]?prober"),
    ExporterKind.STACKDRIVER: re.compile(r"stackdriver"),
    ExporterKind.MONGODB: re.compile(r"(mongo\w{0,10}|percona|db)[-_.]?exp|exp(orter)?[-_.](\w{0,10}mongo|percona|db)"),
    ExporterKind.CADVISOR: re.compile(r"cadvisor"),
    ExporterKind.ALERTMANAGER: re.compile(r"alert[-_.]?manager"),
    ExporterKind.PUSHGATEWAY: re.compile(r"push[-_.]?gateway"),
    ExporterKind.GRAFANA: re.compile(r"grafana"),
}
_PORTS = {
    ExporterKind.NODE: 9100,
    ExporterKind.BLACKBOX: 9115,
    ExporterKind.CLOUDPROBER: 9313,
    ExporterKind.MONGODB: 9216,
    ExporterKind.CADVISOR: 8080,
    ExporterKind.ALERTMANAGER: 9093,
    ExporterKind.PUSHGATEWAY: 9091,
    ExporterKind.STACKDRIVER: 9255,
    ExporterKind.GRAFANA: 3000,
}
_MONGODB_PORTS = {"dcu": 9001, "eses": 9104, "ese": 9104}  # Percona's is everybody else's
_MONGODB_SOURCE = re.compile(r"github\.com/(dcu|eses?|percona)/mongodb_exporter", re.IGNORECASE)
# Who publishes these programs: an image of theirs is what its name says, and listens where the program does.
_PUBLISHERS = frozenset(
    {"prom", "prometheus", "bitnami", "bitnamilegacy", "percona", "dcu", "eses", "ese", "ssalaues", "ssheehy", "google",
     "google-containers", "google_containers", "cadvisor", "cloudprober", "grafana", "prometheuscommunity"}
)  # fmt: skip
_ADDRESS_FLAGS = ("web.listen-address", "web.listen_address", "listen-address")
_PORT_FLAGS = ("expose-port", "port")  # Percona's first releases of 2020, and cAdvisor
_PORT = re.compile(r"(?:^|:)(\d{1,5})$")


@dataclass(frozen=True, slots=True)
class Exporter:
    """One exporter. ``ports`` are where it may listen; ``is_certain`` says that it listens nowhere else."""

    service: Service
    kind: ExporterKind
    ports: frozenset[int]
    is_certain: bool
    arguments: tuple[str, ...]
    """Entrypoint and command, those of the image where the service has none, as far as they can be read."""
    dockerfile: str | None
    """The Dockerfile that its image is made by, where it is in the submission."""
    is_known: bool
    """Whether it is known what is in the image: a published one, or one that a Dockerfile here makes."""

    @property
    def port(self) -> int:
        """The likeliest of its ports."""
        usual = _PORTS[self.kind]
        return usual if usual in self.ports else min(self.ports)


def exporters_of(
    tree: Tree, project: ComposeProject, dockerfile_at: Callable[[str], Dockerfile | None]
) -> dict[str, Exporter]:
    """The exporters of a project by their services' names. ``dockerfile_at`` reads one, ``None`` where it cannot be."""
    makers = _Dockerfiles(tree)
    found = {}
    for name, service in project.services.items():
        path = makers.of(service)
        read = dockerfile_at(path) if path is not None else None
        kind = _kind(service, path, read)
        if kind is not None and service.role is None:
            found[name] = _exporter(service, kind, path, read)
    return found


def kind_of_name(name: str) -> ExporterKind | None:
    """What a name, of a service, an image or a folder, says of an exporter."""
    lower = name.lower()
    return next((kind for kind, pattern in _NAMES.items() if pattern.search(lower)), None)


def flag(arguments: tuple[str, ...], *names: str) -> str | None:
    """The value of a command's flag, ``--NAME=VALUE`` or ``-NAME VALUE``; the last one counts."""
    found = None
    for at, word in enumerate(arguments):
        option, equals, value = word.partition("=")
        if option.startswith("-") and option.lstrip("-") in names:
            following = arguments[at + 1] if at + 1 < len(arguments) else ""
            found = value if equals else following
    return found


def port_of_address(address: str) -> int | None:
    """The port of ``:9100``, ``0.0.0.0:9100`` or ``9100``."""
    match = _PORT.search(address.strip().strip("\"'"))
    port = int(match[1]) if match else 0
    return port if 0 < port < 65536 else None


def _kind(service: Service, path: str | None, read: Dockerfile | None) -> ExporterKind | None:
    image = service.image or ""
    names = [_repository(image).rpartition("/")[2]]
    if read is not None:
        names += [_repository(base).rpartition("/")[2] for base in read.bases()]
    if path is not None:
        names.append(name_of(folder_of(path)))
    names += [*(service.entrypoint or ())[:1], service.name, service.container_name or ""]
    return next((kind for name in names if (kind := kind_of_name(name)) is not None), None)


def _exporter(service: Service, kind: ExporterKind, path: str | None, read: Dockerfile | None) -> Exporter:
    image = _image(service, read)
    arguments = arguments_of(service, image)
    told = _told(service, arguments, image)
    port = port_of_address(told) if told is not None else None
    usual = _usual(service, kind, read)
    is_known = read is not None or usual is not None
    exposed = frozenset(_exposed(service, image))
    if port is not None:
        ports, is_certain = frozenset({port}), True
    elif usual is not None:
        ports, is_certain = exposed | {usual}, told is None
    else:
        all_of_kind = {_PORTS[kind], *(_MONGODB_PORTS.values() if kind is ExporterKind.MONGODB else ())}
        ports, is_certain = exposed or frozenset(all_of_kind), bool(exposed) and told is None
    return Exporter(service, kind, ports, is_certain, arguments, path, is_known)


def _image(service: Service, read: Dockerfile | None) -> Image | None:
    if read is None:
        return None
    build = service.build
    return read.image(build.target if build else None, dict(build.args) if build else None)


def arguments_of(service: Service, image: Image | None) -> tuple[str, ...]:
    """The words of the command that a service runs, entrypoint and all; a shell's command line word by word."""
    entrypoint, command = service.entrypoint, service.command
    if entrypoint is None and image is not None:  # an entrypoint takes away the image's command, too
        entrypoint = image.entrypoint
        command = image.command if command is None else command
    words = (*(entrypoint or ()), *(command or ()))
    if words and name_of(words[0]) in SHELLS:
        return tuple(part.strip("\"'") for word in words for part in word.split())
    return words


def _told(service: Service, arguments: tuple[str, ...], image: Image | None) -> str | None:
    """Where arguments or environment tell it to listen."""
    told = flag(arguments, *_ADDRESS_FLAGS) or flag(arguments, *_PORT_FLAGS)
    if told is None:
        told = service.environment.get("CLOUDPROBER_PORT")
    if told is None and image is not None and "CLOUDPROBER_PORT" in image.environment:
        told = image.environment["CLOUDPROBER_PORT"].value
    return told


def _usual(service: Service, kind: ExporterKind, read: Dockerfile | None) -> int | None:
    """The program's own port, where it is known that the image is that program."""
    images = [service.image or ""] if read is None else list(read.bases()[-1:])
    for name in map(_repository, images):
        publisher = name.rpartition("/")[0].rpartition("/")[2]
        if kind_of_name(name.rpartition("/")[2]) is kind and publisher in _PUBLISHERS:
            return _MONGODB_PORTS.get(publisher, _PORTS[kind]) if kind is ExporterKind.MONGODB else _PORTS[kind]
    if read is not None and kind is ExporterKind.MONGODB:
        source = next((match for line in read.lines if (match := _MONGODB_SOURCE.search(line))), None)
        return _MONGODB_PORTS.get(source[1].lower(), _PORTS[kind]) if source is not None else None
    return _PORTS[kind] if read is not None else None


def _exposed(service: Service, image: Image | None) -> Iterator[int]:
    entries = [*(image.exposed if image is not None else ()), *(str(each) for each in service.raw.get("expose") or ())]
    for entry in entries:
        port = port_of_address(entry.partition("/")[0])
        if port is not None:
            yield port


def _repository(image: str) -> str:
    """An image's name without tag and digest."""
    name = image.partition("@")[0]
    head, slash, last = name.rpartition("/")
    return f"{head}{slash}{last.partition(':')[0]}".lower()


class _Dockerfiles:
    """Finds the Dockerfile that a service's image is made by: the one compose builds, else by the image's name."""

    def __init__(self, tree: Tree) -> None:
        self._by_name: dict[str, list[str]] = {}
        self._by_kind: dict[ExporterKind, list[str]] = {}
        for path in tree.files:
            if name_of(path) == "Dockerfile" and not is_vendored(path):
                folder = name_of(folder_of(path))
                self._by_name.setdefault(_plain(folder), []).append(path)
                kind = kind_of_name(folder)
                if kind is not None:
                    self._by_kind.setdefault(kind, []).append(path)

    def of(self, service: Service) -> str | None:
        if service.build is not None:
            return service.build.dockerfile
        repository = _repository(service.image or "")
        publisher, _slash, name = repository.rpartition("/")
        if publisher.rpartition("/")[2] in _PUBLISHERS:
            return None
        named = self._by_name.get(_plain(name), [])
        if len(named) == 1 and name:
            return named[0]
        kind = kind_of_name(name) or kind_of_name(service.name)
        of_kind = self._by_kind.get(kind, []) if kind is not None else []
        return of_kind[0] if len(of_kind) == 1 else None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]", "", name.lower())
