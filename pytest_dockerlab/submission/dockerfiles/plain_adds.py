"""ADD where COPY would do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...findings import Finding, Location
from ...messages import _
from .dockerfile import Dockerfile
from .taken_images import what_it_runs

__all__ = ["plain_adds"]

# Docker's reference: ADD takes URLs and git repositories, and unpacks local tar archives, plain or compressed with
# gzip, bzip2 or xz (BuildKit: zstd too). A zip file it only copies.
_REMOTE = re.compile(r"(https?|ftp|git|ssh)://|git@[\w.-]+:|[\w.-]+/\S+\.git(#|$)", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|tgz|tbz2?|txz|tzst)$", re.IGNORECASE)
_UNKNOWN = re.compile(r"\$\{?\w+\}?")


def plain_adds(dockerfile: Dockerfile) -> Iterator[Finding]:
    """Each ADD, in whatever stage, that takes files of the build context as they are."""
    for step in dockerfile.all_steps():
        instruction = next(iter(what_it_runs(step.instruction)), step.instruction)  # ONBUILD ADD is one, too
        if instruction.name != "ADD":
            continue
        sources = [step.expand(value) for value in instruction.values[:-1]]
        plain = [each for each in sources if not (_REMOTE.match(each) or _ARCHIVE.search(each) or _is_unknown(each))]
        if plain:
            yield Finding(
                _("files and folders are copied with COPY"),
                " ".join(("ADD", *instruction.flags, *instruction.values)),
                Location(dockerfile.path, step.instruction.line),
                _("write COPY: ADD is for URLs, and for archives that are to be unpacked"),
            )


def _is_unknown(source: str) -> bool:
    """Whether nobody can say what the source is: a variable that only the command line gives a value."""
    return _UNKNOWN.fullmatch(source) is not None
