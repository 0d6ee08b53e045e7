"""Which stages of a Dockerfile an image needs: BuildKit builds these and no others, the classic builder every one."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ...submission.dockerfiles.dockerfile import Dockerfile
from ...submission.dockerfiles.instructions import Instruction

__all__ = ["needless_lines"]

# COPY --from=build, RUN --mount=type=bind,from=build; anything else that looks so keeps one stage more
_FROM = re.compile(r"\bfrom=[\"']?([^\s,\"']+)")
_READS = ("COPY", "ADD", "RUN", "ONBUILD")


def needless_lines(read: Dockerfile, target: str | None, args: Mapping[str, str]) -> frozenset[int]:
    """The numbers of the lines of all stages that the image of ``target`` (default: the last one) is made without.

    None where a stage is called by its number, which would become another one, and where there is no such target.
    """
    names = [each.name.lower() if each.name else None for each in read.stages]
    bases = [each.lower() for each in read.bases(args)]
    sources = [_sources(each.instructions) for each in read.stages]
    if any(source.isdecimal() for found in sources for source in found):
        return frozenset()
    if target is None:
        wanted = len(names) - 1
    elif target.lower() in names:
        wanted = names.index(target.lower())
    else:
        return frozenset()
    needed: set[int] = set()
    open_ones = [wanted]
    while open_ones:
        at = open_ones.pop()
        if at not in needed:
            needed.add(at)
            called = {bases[at], *sources[at]}
            open_ones += [above for above in range(at) if names[above] in called]
    starts = [each.line for each in read.stages]
    ends = [*starts[1:], len(read.lines) + 1]
    return frozenset(
        line for at in range(len(starts)) if at not in needed for line in range(starts[at], ends[at])
    )  # fmt: skip


def _sources(instructions: tuple[Instruction, ...]) -> set[str]:
    reading = [each.original for each in instructions if each.name in _READS]
    return {match.lower() for text in reading for match in _FROM.findall(text)}
