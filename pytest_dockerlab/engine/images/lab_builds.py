"""Images that a lab makes: by commit and by the classic builder, through the API alone and without BuildKit."""

from __future__ import annotations

import io
import re
import secrets
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ...errors import DockerlabError
from ..owned.sweep import IMAGE_PREFIX

if TYPE_CHECKING:
    from ..hosts.hosts import DockerHost

__all__ = ["BuildFailed", "BuildStep", "Built", "build", "commit", "layers_of", "parse_steps"]


class BuildFailed(DockerlabError):
    """The classic builder gave up; ``stdout`` is what it said."""


@dataclass(frozen=True, slots=True)
class BuildStep:
    """One instruction as the classic builder met it."""

    instruction: str
    is_cached: bool


@dataclass(frozen=True, slots=True)
class Built:
    """An image the builder made, and how."""

    id: str
    steps: tuple[BuildStep, ...]
    """In the order of the Dockerfile, without FROM (never a step that runs) and without our own labels."""


def build(host: DockerHost, labels: Mapping[str, str], dockerfile: str, files: Mapping[str, bytes]) -> Built:
    """Build an image of ours from a Dockerfile of one stage and the files beside it. Nothing is pulled on purpose.

    :param labels: become the first instruction, so that the images of the single steps carry them too: a builder that
        is broken off leaves those behind. The same labels for every build that is to share a cache.

    Raises :class:`BuildFailed` with what the builder said.
    """
    base, _newline, rest = dockerfile.partition("\n")
    instruction = "LABEL " + " ".join(f'{name}="{value}"' for name, value in sorted(labels.items()))
    context = _tar({**files, "Dockerfile": f"{base}\n{instruction}\n{rest}".encode()})
    answers: list[dict[str, Any]] = list(
        host.client.api.build(
            fileobj=io.BytesIO(context),
            custom_context=True,
            tag=f"{IMAGE_PREFIX}lab:{secrets.token_hex(6)}",
            rm=True,
            forcerm=True,
            network_mode="none",  # no step of ours needs one, and it takes half of the time of a RUN
            decode=True,
        )
    )
    said = "".join(str(answer.get("stream", answer.get("error", ""))) for answer in answers)
    ids = [answer["aux"]["ID"] for answer in answers if "ID" in (answer.get("aux") or {})]
    if any("error" in answer for answer in answers) or not ids:
        raise BuildFailed(f"the builder failed: {said.strip()[-300:]}", stdout=said, host=host.address)
    return Built(str(ids[-1]), tuple(parse_steps(said)[2:]))


def parse_steps(said: str) -> list[BuildStep]:
    """The steps in what the classic builder says: ``Step 2/4 : RUN …``, and ``---> Using cache`` below a cached one."""
    steps = []
    for part in re.split(r"(?m)^Step \d+/\d+ : ", said)[1:]:
        instruction, _newline, rest = part.partition("\n")
        steps.append(BuildStep(instruction.strip(), bool(re.search(r"(?m)^ ---> Using cache$", rest))))
    return steps


def commit(host: DockerHost, labels: Mapping[str, str], container: str) -> str:
    """Commit a container as an image of ours; returns the image's id."""
    changes = [f"LABEL {name}={value}" for name, value in labels.items()]
    made = host.client.api.commit(container, f"{IMAGE_PREFIX}lab", secrets.token_hex(6), changes="\n".join(changes))
    return str(made["Id"])


def layers_of(image: Mapping[str, Any]) -> tuple[str, ...]:
    """The layers of an image by its inspection, lowest first: hashes of their uncompressed content."""
    return tuple(str(layer) for layer in (image.get("RootFS") or {}).get("Layers") or ())


def _tar(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return buffer.getvalue()
