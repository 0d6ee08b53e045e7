"""The drawing of a project's networks: services in a row, plugged into their networks below, and arcs above them for
who reaches whom. Here it is decided what stands where; the template draws it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ...messages import _, shortened

__all__ = ["Arrow", "Drawing", "drawing"]

_BOX_HEIGHT, _BAND_HEIGHT, _BAND_STEP, _ARC_STEP = 44, 34, 54, 40
_SIDE, _ABOVE, _BELOW = 12, 8, 34
_LETTER, _SMALL = 9.0, 8.0
"""Widths of a letter, rather too wide than too narrow: nothing is measured here."""
_NARROWEST = 124
_LONGEST_NAME = 18
_COLOURS = 6


class Arrow(NamedTuple):
    """From one service to another, by their places in the row, and what is said of it."""

    source: int
    target: int
    label: str
    style: str
    arrives: bool

    @property
    def span(self) -> int:
        """How many places it goes."""
        return abs(self.source - self.target)


class Box(NamedTuple):
    """A service."""

    x: float
    y: float
    width: float
    name: str
    whole: str
    instead: str


class Band(NamedTuple):
    """A network: from its first service to its last one."""

    x: float
    y: float
    width: float
    name: str
    whole: str
    colour: int


class Wire(NamedTuple):
    """From a service to one of its networks."""

    x: float
    top: float
    bottom: float
    colour: int


class Arc(NamedTuple):
    """Who reaches whom: a path, a head where it arrives, and what is said of it at its highest point."""

    path: str
    head: str
    style: str
    label: str
    x: float
    y: float
    width: float


@dataclass(slots=True)
class Drawing:
    """What stands where."""

    width: float
    height: float
    boxes: list[Box] = field(default_factory=list)
    bands: list[Band] = field(default_factory=list)
    wires: list[Wire] = field(default_factory=list)
    arcs: list[Arc] = field(default_factory=list)


def drawing(
    services: Sequence[tuple[str, list[str], str]],
    names: Sequence[str],
    arrows: Sequence[Arrow],
    say: Callable[[object], str],
) -> Drawing:
    """What stands where.

    :param services: the name of each, its networks, and what is said where it has none.
    :param names: the networks, from above.
    """
    shown = [_short(say(name)) for name, _on, _instead in services]
    width = max(_NARROWEST, *(_width(name, _LETTER) + 24 for name in shown))
    pitch = max([width + 28, *(_width(each.label, _SMALL) + 40 for each in arrows if each.span == 1)])
    if any(each.span == 2 for each in arrows):
        pitch = max([pitch, *((_width(each.label, _SMALL) + 60) / 2 for each in arrows if each.span == 2)])
    levels = _levels(arrows, {each: _width(each.label, _SMALL) + 28 for each in arrows}, pitch)
    top = _ABOVE + (max(levels.values(), default=-1) + 1) * _ARC_STEP + (16 if arrows else 0)
    below = top + _BOX_HEIGHT
    middle = [_SIDE + pitch * at + pitch / 2 for at in range(len(services))]
    widest = max((_width(_short(say(name)), _LETTER) + 24 for name in names), default=0.0)
    drawn = Drawing(2 * _SIDE + max(pitch * len(services), widest), below + _BELOW + max(len(names), 1) * _BAND_STEP)
    for (name, on, instead), short, x in zip(services, shown, middle, strict=True):
        no_network = "" if on else say(instead or _("no network"))
        drawn.boxes.append(Box(x - width / 2, top, width, short, say(name), _short(no_network)))
    wires: dict[tuple[int, str], float] = {}
    for at, (_name, on, _instead) in enumerate(services):
        mine = [each for each in names if each in on]
        for index, each in enumerate(mine):
            wires[at, each] = middle[at] + (index - (len(mine) - 1) / 2) * min(36.0, width / (len(mine) + 1))
    for row, name in enumerate(names):
        plugs = [x for (_at, each), x in wires.items() if each == name]
        y = below + _BELOW + row * _BAND_STEP
        left, right = min(plugs) - 20, max(plugs) + 20
        short = _short(say(name))
        right = max(right, left + _width(short, _LETTER) + 24)
        left -= max(0.0, right - drawn.width + _SIDE)
        right = min(right, drawn.width - _SIDE)
        drawn.bands.append(Band(left, y, right - left, short, say(name), row % _COLOURS))
        drawn.wires += [Wire(x, below, y, row % _COLOURS) for x in plugs]
    ends = _ends(arrows, middle, width)
    drawn.arcs += [_arc(arrow, ends[arrow], top, levels[arrow]) for arrow in arrows]
    return drawn


def _levels(arrows: Sequence[Arrow], widths: Mapping[Arrow, float], pitch: float) -> dict[Arrow, int]:
    """How high each arc is: above those that it spans or crosses, and beside no other's label."""
    levels: dict[Arrow, int] = {}
    for each in sorted(arrows, key=lambda each: (each.span, min(each.source, each.target))):
        low, high = sorted((each.source, each.target))
        middle = (low + high) / 2 * pitch
        level = 0
        for other, taken in levels.items():
            first, last = sorted((other.source, other.target))
            is_over = low < last and first < high
            is_near = abs(middle - (first + last) / 2 * pitch) < (widths[each] + widths[other]) / 2
            if is_over or is_near:
                level = max(level, taken + 1)
        levels[each] = level
    return levels


def _ends(arrows: Sequence[Arrow], middle: Sequence[float], width: float) -> dict[Arrow, tuple[float, float]]:
    """Where arcs begin and end: those of one service beside each other, so that none crosses another there."""
    places: dict[tuple[Arrow, int], float] = {}
    for at, x in enumerate(middle):
        # to the left the farthest is the leftmost, to the right the nearest is
        mine = [(each, each.target if each.source == at else each.source) for each in arrows
                if at in (each.source, each.target)]  # fmt: skip
        left = sorted((pair for pair in mine if pair[1] < at), key=lambda pair: (-pair[1], pair[0].source == at))
        right = sorted((pair for pair in mine if pair[1] > at), key=lambda pair: (-pair[1], pair[0].source == at))
        ordered = [*left, *right]
        step = min(26.0, width / (len(ordered) + 1))
        for index, (each, _other) in enumerate(ordered):
            places[each, at] = x + (index - (len(ordered) - 1) / 2) * step
    return {each: (places[each, each.source], places[each, each.target]) for each in arrows}


def _arc(arrow: Arrow, ends: tuple[float, float], top: float, level: int) -> Arc:
    begin, end = ends
    height = _ARC_STEP * level + 30
    bend = min(abs(end - begin) / 2, 24.0)
    over = top - height
    aside = bend if end > begin else -bend
    stop = top - 9 if arrow.arrives else top - 3
    path = (
        f"M{begin:.1f} {top - 2:.1f}V{over + bend:.1f}Q{begin:.1f} {over:.1f} {begin + aside:.1f} {over:.1f}"
        f"H{end - aside:.1f}Q{end:.1f} {over:.1f} {end:.1f} {over + bend:.1f}V{stop:.1f}"
    )
    head = ""
    if arrow.arrives:
        head = f"M{end - 6:.1f} {top - 12:.1f}L{end + 6:.1f} {top - 12:.1f}L{end:.1f} {top - 1:.1f}Z"
    return Arc(path, head, arrow.style, arrow.label, (begin + end) / 2, over, _width(arrow.label, _SMALL) + 16)


def _width(text: str, letter: float) -> float:
    """About so wide is a text."""
    wide = sum(sign.isupper() or sign in "mwжмшщыю" or unicodedata.east_asian_width(sign) in "FW" for sign in text)
    return (len(text) + 0.9 * wide) * letter


def _short(name: str) -> str:
    return shortened(name, _LONGEST_NAME)
