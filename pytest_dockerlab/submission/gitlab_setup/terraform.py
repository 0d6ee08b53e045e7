"""Terraform's containers (docker), its runners (gitlab), and the commands in its strings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..scan.dockerruns import Volume
from .definitions import ContainerDefinition, Kind, Port, Registration, Setting, TokenForm, is_of_interest
from .hcl import Block, Token, read_blocks
from .sources import Source

__all__ = ["Terraform"]

_RUNNERS = ("gitlab_user_runner", "gitlab_runner")
_PARTS = {"image": "image", "environment": "env", "restart": "restart", "command": "command"}
_REPEATED = {"ports": "ports", "volumes": "volumes", "mounts": "volumes"}
"""What ``dynamic`` makes of a list that is not evaluated here, and the part that is not known then."""
_USED = re.compile(r"\$\{\s{0,9}((?:var|local)\.\w{1,100})\s{0,9}\}|^((?:var|local)\.\w{1,100})$")
_MOST_STRINGS = 500


class Terraform:
    """All Terraform files of a submission; an image or a variable may be named in another file than it is used in."""

    def __init__(self) -> None:
        self.settings: dict[str, Setting] = {}
        """Variables by ``var.name``."""
        self._images: dict[str, str] = {}
        self._blocks: dict[Source, list[Block]] = {}

    def learn(self, source: Source) -> None:
        """Read a file."""
        blocks = read_blocks(source.text)
        self._blocks[source] = blocks
        for block in blocks:
            name = block.labels[0] if block.labels else ""
            default = block.text("default")
            if block.type == "variable" and default:
                at = source.location(block.attributes["default"][0].line)
                self.settings.setdefault(f"var.{name}", Setting(default, at))
            elif block.type == "resource" and name == "docker_image" and len(block.labels) > 1:
                self._images[block.labels[1]] = block.text("name") or ""
            elif block.type == "locals":
                for local, token in _lines([block]):
                    self.settings.setdefault(f"local.{local}", Setting(token.text, source.location(token.line)))
        if source.path.partition(".tfvars")[1]:
            self._values(source)

    def _values(self, source: Source) -> None:
        for tokens in _lines(read_blocks(f"_ {{\n{source.text}\n}}\n")):
            name, value = tokens
            self.settings[f"var.{name}"] = Setting(value.text, source.location(value.line - 1))

    def containers(self, source: Source) -> Iterator[ContainerDefinition]:
        """The docker_container resources whose image is one of ours."""
        for block in self._resources(source, ("docker_container",)):
            image = self._image(block)
            if is_of_interest(image):
                yield self._container(block, image, source)

    def registrations(self, source: Source) -> Iterator[Registration]:
        """The runners that Terraform makes through GitLab's API."""
        for block in self._resources(source, _RUNNERS):
            yield Registration("Terraform", source.location(block.line), False, TokenForm.NONE)

    def commands(self, source: Source) -> Iterator[Token]:
        """The strings and here-documents that may be commands."""
        count = 0
        for block in self._blocks.get(source, ()):
            for token in block.strings():
                if count < _MOST_STRINGS and ("docker" in token.text or "gitlab-runner" in token.text):
                    count += 1
                    yield token

    def _resources(self, source: Source, types: tuple[str, ...]) -> Iterator[Block]:
        for block in self._blocks.get(source, ()):
            if block.type == "resource" and block.labels[:1] and block.labels[0] in types:
                yield block

    def _image(self, block: Block) -> str:
        tokens = block.attributes.get("image", [])
        text = "".join(each.text for each in tokens)
        for name, image in self._images.items():
            if f"docker_image.{name}." in text:
                text = image
        return _USED.sub(self._value, text)

    def _value(self, match: re.Match[str]) -> str:
        known = self.settings.get(match[1] or match[2])
        return known.value if known is not None else match[0]

    def _container(self, block: Block, image: str, source: Source) -> ContainerDefinition:
        places = {
            part: source.location(block.attributes[name][0].line)
            for part, name in _PARTS.items()
            if block.attributes.get(name)
        }
        for part in ("ports", "volumes"):
            places.update((part, source.location(each.line)) for each in block.blocks if each.type == part)
        return ContainerDefinition(
            name=block.text("name") or (block.labels[1] if len(block.labels) > 1 else ""),
            image=image,
            kind=Kind.TERRAFORM,
            location=source.location(block.line),
            environment=dict(_environment(block, source)),
            ports=tuple(
                Port(each.text("external") or "", each.text("internal") or "", source.location(each.line))
                for each in block.blocks
                if each.type == "ports"
            ),
            volumes=tuple(_volumes(block)),
            restart=block.text("restart"),
            command=tuple(each.text for each in block.attributes.get("command", ())),
            network=block.text("network_mode"),
            hostname=block.text("hostname"),
            places=places,
            unknown=frozenset(
                _REPEATED[each.labels[0]]
                for each in block.blocks
                if each.type == "dynamic" and each.labels[:1] and each.labels[0] in _REPEATED
            ),
        )


def _environment(block: Block, source: Source) -> Iterator[tuple[str, Setting]]:
    for token in block.attributes.get("env", ()):
        name, equals, value = token.text.partition("=")
        if equals:
            yield name.strip(), Setting(value, source.location(token.line))
    for each in block.blocks:
        if each.type == "env":
            for name, tokens in each.attributes.items():
                yield name, Setting("".join(token.text for token in tokens), source.location(tokens[0].line))


def _volumes(block: Block) -> Iterator[Volume]:
    for each in block.blocks:
        if each.type == "volumes":
            host = each.text("host_path") or each.text("volume_name") or ""
            yield Volume("bind" if each.text("host_path") else "volume", host, each.text("container_path") or "")
        elif each.type == "mounts":
            yield Volume(each.text("type") or "volume", each.text("source") or "", each.text("target") or "")


def _lines(blocks: list[Block]) -> Iterator[tuple[str, Token]]:
    for block in blocks:
        for name, tokens in block.attributes.items():
            if len(tokens) == 1:
                yield name, tokens[0]
