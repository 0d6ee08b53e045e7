"""The free space of the docker host's disk, while other people's code runs: what is written and hidden shows there.

A file that was removed while it is open, and one in a folder too deep for anybody to look into, is in no count of files
and takes its space all the same. Others write on the docker host too, so a fall of the free space tells whose fault it
is only where nobody asks: whatever ends because of it is *unverified*, and the fall has to be a large one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...engine.probe_answers import ProbeError

if TYPE_CHECKING:
    from ...engine.probes.probe import Probe

__all__ = ["DiskSpace"]

MARGIN = 10 * 1000**3
"""Bytes that others may write meanwhile: other workers' builds, the docker host's own work."""
FLOOR = 1000**3
"""Bytes that are to stay free, where there were as many: a docker host with a full disk is of no use to anybody."""
_SECONDS = 20
# busybox df -kP: file system, size, used, available, use%, mounted on; all of them the same in every locale
_LINE = re.compile(r"\S.*?(?<!\s)\s++\d+\s+\d+\s+(\d+)\s+\d+%\s+(/.*)")


class DiskSpace:
    """Compares the free space with that of the beginning, wherever a probe of ours has something mounted.

    :param probe: its root lies where all containers and layers are; volumes may lie elsewhere.
    :param limit: bytes that those who are looked after may write.
    :param places: what to look at.

    Raises :class:`ProbeError` where the probe cannot tell; so does :meth:`is_short`, the second time in succession.
    """

    def __init__(self, probe: Probe, limit: int, places: tuple[str, ...] = ("/",)) -> None:
        self._probe = probe
        self._limit = limit
        self._places = places
        self._began = self._free()
        self._failed = False

    def is_short(self) -> bool:
        """Whether it has fallen by more than the limit and what others may write, or is about to end."""
        try:
            now = self._free()
        except ProbeError:
            if self._failed:
                raise
            self._failed = True  # a busy machine may have no process left for a moment
            return False
        self._failed = False
        return any(
            free < before - self._limit - MARGIN or free < min(FLOOR, before // 2)
            for before, free in zip(self._began, now, strict=True)
        )

    def _free(self) -> tuple[int, ...]:
        said = self._probe.exec(["busybox", "df", "-kP", *self._places], timeout=_SECONDS)
        found = [_LINE.fullmatch(line.rstrip()) for line in said.stdout.splitlines()[1:]]
        free = tuple(int(match[1]) * 1024 for match in found if match is not None)
        if len(free) != len(self._places):
            raise ProbeError(
                "a probe cannot tell the free space of the docker host's disk",
                returncode=said.returncode,
                stdout=said.stdout,
                stderr=said.stderr,
                host=self._probe.host.address,
            )
        return free
