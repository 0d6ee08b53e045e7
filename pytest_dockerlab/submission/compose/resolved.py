"""Makes typed services and networks from what compose printed of the guarded copy."""

from __future__ import annotations

import dataclasses
import os
import posixpath
import re
from collections.abc import Mapping
from typing import Any

from ...findings import Location
from ..files.tree import Tree
from ..scan.roles import role_of_service
from ..text.interpolation import expand, split
from ..text.yamldoc import Node, YamlFiles
from .services import Build, EnvSource, Mount, Network, Port, Service, parse_image, port_templates

__all__ = ["Resolved"]


class Resolved:
    """What compose printed of one project: ``resolved`` interpolated, ``template`` as it stands in the files."""

    def __init__(
        self,
        tree: Tree,
        docs: YamlFiles,
        copy: str,
        resolved: Mapping[str, Any],
        template: Mapping[str, Any] | None,
        values: Mapping[str, str],
    ) -> None:
        self._tree = tree
        self._docs = docs
        self._copy = copy
        self._values = values
        self._templates: Mapping[str, Any] = (template or {}).get("services") or {}
        self._project: Mapping[str, Any] = _unescaped(resolved)
        self.raw: Mapping[str, Any] = self._without_copy(self._project)
        self.services: dict[str, Service] = {
            name: self._service(name, body or {}) for name, body in (self._project.get("services") or {}).items()
        }
        self._share_networks()
        self.networks: dict[str, Network] = dict(self._networks())

    def _service(self, name: str, body: Mapping[str, Any]) -> Service:
        raw = self.raw["services"][name] or {}
        build = self._build(body.get("build"))
        image = raw.get("image")
        written = self._templates.get(name) or {}
        template = written.get("image") or self._docs.scalar("services", name, "image") or image
        ports = body.get("ports") or []
        entries = written.get("ports") if self._templates else self._written_ports(name)
        return Service(
            name=name,
            role=role_of_service(name, image, build.context if build else None, raw.get("container_name")),
            image=image,
            image_template=template,
            image_name=parse_image(template, self._values) if template else None,
            build=build,
            container_name=raw.get("container_name"),
            hostname=raw.get("hostname"),
            command=_words(raw.get("command")),
            entrypoint=_words(raw.get("entrypoint")),
            working_dir=raw.get("working_dir"),
            environment={
                key: None if value is None else str(value) for key, value in (raw.get("environment") or {}).items()
            },
            env_files=tuple(
                EnvSource(path, each.get("required") is not False, each.get("format") == "raw")
                for each in body.get("env_file") or []
                if (path := self._inside(each.get("path", ""))) is not None
            ),
            networks={
                key: tuple((each or {}).get("aliases") or ()) for key, each in (raw.get("networks") or {}).items()
            },
            network_mode=raw.get("network_mode"),
            ports=tuple(
                Port(int(each["target"]), each.get("published"), each.get("protocol", "tcp"), each.get("host_ip"))
                for each in ports
            ),
            port_templates=tuple(
                port_templates(
                    entries if entries and isinstance(entries, list) else ports,
                    self._values,
                    lambda *texts: self._port_location(name, texts),
                )
            ),
            mounts=tuple(self._mount(name, each) for each in body.get("volumes") or []),
            links=_links(raw.get("links") or []),
            replicas=_replicas(raw),
            location=self._docs.location("services", name),
            raw=raw,
        )

    def _build(self, build: Mapping[str, Any] | None) -> Build | None:
        if not build:
            return None
        context = self._inside(build.get("context", ""))
        dockerfile = None
        if context is not None and "dockerfile_inline" not in build:
            joined = posixpath.normpath(posixpath.join(context, build.get("dockerfile") or "Dockerfile"))
            dockerfile = None if joined.startswith(("..", "/")) else joined
        args = {key: str(value) for key, value in (build.get("args") or {}).items() if value is not None}
        return Build(context, dockerfile, build.get("target"), args)

    def _mount(self, service: str, volume: Mapping[str, Any]) -> Mount:
        kind, source, target = volume.get("type", ""), str(volume.get("source") or ""), str(volume.get("target") or "")
        location, written = self._written_mount(service, target)
        if kind == "volume":
            options = ((self._project.get("volumes") or {}).get(source) or {}).get("driver_opts") or {}
            if "bind" in str(options.get("o", "")).split(",") and options.get("device"):
                # A named volume that is a bind mount by the local driver's options.
                kind, source = "bind", str(options["device"])
                written = source
            else:
                return Mount(kind, source, None, target, location)
        path = self._inside(source) if kind == "bind" else None
        above = os.path.dirname(os.path.dirname(self._copy))  # noqa: PTH120 - text, not a path to open
        leads_out = kind == "bind" and path is None and (source + "/").startswith(above)
        return Mount(kind, self._shown(written or source), path, target, location, leads_out)

    def _written_ports(self, service: str) -> list[Any]:
        """The entries of ``ports`` as the files have them, where compose could not print them uninterpolated."""
        nodes = [node for doc in self._docs if (node := doc.node("services", service, "ports")) is not None]
        return [
            {key.text: value.text for key, value in each.entries()} if each.kind == "mapping" else each.text
            for node in nodes
            for each in node.children
        ]

    def _port_location(self, service: str, texts: tuple[str, ...]) -> Location:
        """Where a port is written: as one of ``texts``, or as a short form that has one of them in it."""
        path = ("services", service, "ports")
        entries = [
            (each.text, Location(doc.path, each.line))
            for doc in self._docs
            if (node := doc.node(*path)) is not None
            for each in node.children
        ]
        for text in texts:
            place = self._docs.locate_scalar(text, *path)
            if place != self._docs.location(*path):
                return place
        inside = (place for written, place in entries if any(re.search(rf"\b{re.escape(t)}\b", written) for t in texts))
        return next(inside, self._docs.location(*path))

    def _written_mount(self, service: str, target: str) -> tuple[Location, str]:
        """Where the mount at ``target`` is written, and its source as it stands there."""
        target = posixpath.normpath(target)
        for doc in self._docs:
            node = doc.node("services", service, "volumes")
            for each in node.children if node is not None else []:
                if each.kind == "mapping":
                    if posixpath.normpath(self._expanded(each.get("target"))) == target:
                        source = each.get("source")
                        return Location(doc.path, each.line), source.text if source is not None else ""
                elif target in map(posixpath.normpath, self._expanded(each).split(":")):
                    return Location(doc.path, each.line), _source(each.text)
        return self._docs.location("services", service, "volumes"), ""

    def _expanded(self, node: Node | None) -> str:
        return expand(node.text, self._values).text if node is not None else ""

    def _share_networks(self) -> None:
        """A service in another one's network namespace is where that one is, without a name of its own."""
        for name, service in self.services.items():
            target = (service.network_mode or "").partition("service:")[2]
            if target in self.services:
                shared: dict[str, tuple[str, ...]] = dict.fromkeys(self.services[target].networks, ())
                self.services[name] = dataclasses.replace(service, networks=shared)

    def _networks(self) -> list[tuple[str, Network]]:
        found = []
        defined = self.raw.get("networks") or {}
        for key in dict.fromkeys(key for service in self.services.values() for key in service.networks):
            members = tuple(name for name, service in self.services.items() if key in service.networks)
            roles = frozenset(role for name in members if (role := self.services[name].role) is not None)
            raw = defined.get(key) or {}
            location = self._docs.location("networks", key)
            name = str(raw.get("name") or key)
            found.append((key, Network(key, name, bool(raw.get("external")), members, roles, location, raw)))
        return found

    def _inside(self, path: str) -> str | None:
        """A path of the copy as one of the submission: ``""`` is its root, ``None`` what is not in it."""
        path = path.replace(os.sep, "/")
        copy = self._copy.replace(os.sep, "/")
        if path == copy:
            return ""
        return posixpath.normpath(path[len(copy) + 1 :]) if path.startswith(f"{copy}/") else None

    def _without_copy(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self._without_copy(each) for key, each in value.items()}
        if isinstance(value, list):
            return [self._without_copy(each) for each in value]
        return self._shown(value) if isinstance(value, str) else value

    def _shown(self, text: str) -> str:
        """``text`` without our temporary folder."""
        above = self._copy.split(f"{os.sep}0{os.sep}")[0]
        text = text.replace(f"{self._copy}{os.sep}", "").replace(self._copy, ".")
        return text.replace(above, "..")


def _unescaped(value: Any) -> Any:
    """Compose prints a literal ``$`` as ``$$``, so that its output can be its input again."""
    if isinstance(value, dict):
        return {key.replace("$$", "$"): _unescaped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_unescaped(each) for each in value]
    return value.replace("$$", "$") if isinstance(value, str) else value


def _words(value: object) -> tuple[str, ...] | None:
    if isinstance(value, list):
        return tuple(str(each) for each in value)
    return (value,) if isinstance(value, str) else None


def _links(links: list[str]) -> dict[str, str]:
    pairs = [link.partition(":") for link in links]
    return {alias or service: service for service, _colon, alias in pairs}


def _replicas(raw: Mapping[str, Any]) -> int:
    value = raw.get("scale")
    if value is None:
        value = (raw.get("deploy") or {}).get("replicas")
    return 1 if value is None else int(value)


def _source(text: str) -> str:
    """The source of ``SOURCE:TARGET[:MODE]``, variables untouched."""
    first, *others = split(text, ":")
    return f"{first}:{others[0]}" if len(first) == 1 and others and others[0].startswith("\\") else first
