"""A part of the roster, for machines that know nothing of each other: ``--shard 3/10``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256

from ..errors import ConfigurationError
from ..messages import _

__all__ = ["Shard"]

_MOST = 1000


@dataclass(frozen=True, slots=True)
class Shard:
    """The ``number``-th, from 1, of ``count`` shards."""

    number: int
    count: int

    @classmethod
    def parse(cls, words: str) -> Shard:
        """Of ``3/10``. Raises :class:`ConfigurationError` for what is none."""
        match = re.fullmatch(r"\s*([0-9]{1,4})\s*/\s*([0-9]{1,4})\s*", words)
        if match is None or not 1 <= int(match[1]) <= int(match[2]) <= _MOST:
            raise ConfigurationError(
                _("--shard {words}: a shard is the third of ten, 3/10, and there are at most {most}",
                  words=words, most=_MOST)
            )  # fmt: skip
        return cls(int(match[1]), int(match[2]))

    def has(self, id: str) -> bool:
        """Whether the submission ``id`` belongs to it: to one of them all, whatever else the roster holds."""
        return int.from_bytes(sha256(id.encode()).digest()[:8]) % self.count == self.number - 1
