"""Fingerprints of texts: winnowing, as MOSS does it (Schleimer, Wilkerson, Aiken: SIGMOD 2003).

A text is a row of words and signs, without layout. Every ``LENGTH`` of them that follow one another have a hash; of
each ``WINDOW`` hashes that follow one another the least is a fingerprint. So whatever two texts share of at least
``LENGTH + WINDOW - 1`` words has a fingerprint in both, and what is shorter than ``LENGTH`` has none in any.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from hashlib import blake2b
from typing import NamedTuple

__all__ = ["LENGTH", "WINDOW", "Fragment", "all_hashes", "fragments"]

LENGTH = 9
"""Words: about two lines of a Dockerfile. Less is what everybody writes."""
WINDOW = 4
_WORD = re.compile(r"\w+|[^\w\s]")


class Fragment(NamedTuple):
    """A fingerprint, and the lines that it is of."""

    hash: int
    first: int
    last: int


def fragments(text: str) -> Iterator[Fragment]:
    """The fingerprints of a text."""
    window: deque[Fragment] = deque(maxlen=WINDOW)
    chosen: Fragment | None = None
    for fragment in _hashed(text):
        window.append(fragment)
        if len(window) < WINDOW:
            continue
        least = min(reversed(window), key=lambda each: each.hash)  # of equal ones the last, as in the paper
        if least is not chosen:
            chosen = least
            yield least
    if chosen is None and window:  # a text shorter than a window
        yield min(window, key=lambda each: each.hash)


def all_hashes(text: str) -> Iterator[int]:
    """The hashes of all that could be a fingerprint: of what is to be left out wherever it stands."""
    return (fragment.hash for fragment in _hashed(text))


def _hashed(text: str) -> Iterator[Fragment]:
    words: deque[tuple[str, int]] = deque(maxlen=LENGTH)
    for number, line in enumerate(text.splitlines(), start=1):
        for word in _WORD.findall(line):
            words.append((word, number))
            if len(words) == LENGTH:
                joined = "\0".join(word for word, _number in words)
                digest = blake2b(joined.encode("utf-8", "replace"), digest_size=8).digest()
                yield Fragment(int.from_bytes(digest, "big"), words[0][1], number)
