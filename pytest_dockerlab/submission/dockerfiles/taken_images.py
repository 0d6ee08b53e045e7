"""The images of elsewhere that a Dockerfile takes: what it begins with, and what it copies from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from .dockerfile import Dockerfile
from .instructions import DockerfileError, Instruction

__all__ = ["TakenImage", "images_taken", "what_it_runs"]

_ONBUILD = re.compile(r"\A\s*+ONBUILD\s+", re.IGNORECASE)
# a mount is a line of CSV: https://docs.docker.com/reference/dockerfile/#run---mounttypebind
_MOUNT_FROM = re.compile(r"--mount=(?:.*,)?\s*\"?from=([^,\"]+)", re.IGNORECASE)
_NO_IMAGE = "scratch"


@dataclass(frozen=True, slots=True)
class TakenImage:
    """An image that is no stage of the Dockerfile, and the instruction that names it."""

    name: str
    instruction: Instruction


def images_taken(read: Dockerfile, args: Mapping[str, str]) -> Iterator[TakenImage]:
    """Every image of elsewhere, in the order of the Dockerfile, with these build arguments."""
    bases = dict(zip((each.line for each in read.stages), read.bases(args), strict=True))
    names = {each.line: each.name.lower() for each in read.stages if each.name}
    known: set[str] = set()  # a name is a stage's below its FROM only: above, and in that FROM, it is an image's
    for each in read.instructions:
        found = [bases.get(each.line, "")] if each.name == "FROM" else list(_sources(each))
        for name in found:
            if name and name.lower() not in known and not name.isdecimal() and name != _NO_IMAGE:
                yield TakenImage(name, each)
        if each.line in names:
            known.add(names[each.line])


def what_it_runs(instruction: Instruction) -> tuple[Instruction, ...]:
    """The instruction itself, or the one behind its ONBUILD."""
    if instruction.triggers is None:
        return (instruction,)
    # the parser leaves the flags behind ONBUILD in its text
    try:
        return Dockerfile("", _ONBUILD.sub("", instruction.original, count=1)).instructions
    except DockerfileError:
        return ()


def _sources(instruction: Instruction) -> Iterator[str]:
    for each in what_it_runs(instruction):
        for flag in each.flags:
            if each.name in ("COPY", "ADD") and flag.startswith("--from="):
                yield flag.partition("=")[2].strip("\"'")
            elif each.name == "RUN" and (mount := _MOUNT_FROM.match(flag)):
                yield mount[1]
