"""The networks of a project as a drawing: services in a row, plugged into their networks below, and arcs above them for
who reaches whom.

Here it is decided what stands where; the template draws it. Whoever cannot see it has the same as a table.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from ...messages import Message, _

__all__ = ["Drawing", "NetworksPicture", "Row", "networks_picture"]

_BOX_HEIGHT, _BAND_HEIGHT, _BAND_STEP, _ARC_STEP = 44, 34, 54, 40
_SIDE, _ABOVE, _BELOW = 12, 8, 34
_LETTER, _SMALL = 9.0, 8.0
"""Widths of a letter, rather too wide than too narrow: nothing is measured here."""
_NARROWEST = 124
_LONGEST_NAME = 18
_MOST_DRAWN = 10
"""Services. More of them, or more arcs than :data:`_MOST_ARCS`, nobody can follow: then there is the table."""
_MOST_ARCS = 24
_COLOURS = 6
_Say = Callable[[object], str]


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


class Row(NamedTuple):
    """Of the table: a service, its networks, and for each other service how it is reached, and with which style."""

    name: str
    networks: str
    cells: list[tuple[str, str]]


@dataclass(slots=True)
class NetworksPicture:
    """The drawing, where it can be drawn, and the same as a table."""

    title: str
    text: str
    drawing: Drawing | None
    columns: list[str]
    rows: list[Row]
    kind: str = "networks"


@dataclass(frozen=True, slots=True)
class _Reach:
    source: int
    target: int
    reached: str
    intended: bool | None
    right: bool

    @property
    def span(self) -> int:
        return abs(self.source - self.target)

    @property
    def is_worth_drawing(self) -> bool:
        return self.intended is not None or not self.right


def networks_picture(figure: Mapping[str, Any], say: _Say, *, with_judgement: bool) -> NetworksPicture:
    """The picture of a ``networks`` figure; without the judgement it says what is, and not whether that is right."""
    services = [(str(each["name"]), [str(name) for name in each["networks"]], str(each.get("instead", "")))
                for each in figure["services"]]  # fmt: skip
    at = {name: index for index, (name, _on, _instead) in enumerate(services)}
    reached = [
        _Reach(at[each["from"]], at[each["to"]], each["reached"], each["intended"], each["right"])
        for each in figure["reach"]
        if each["from"] in at and each["to"] in at and each["from"] != each["to"]
    ]
    names = _in_order([str(name) for name in figure["networks"]], services)
    arcs = [each for each in reached if each.is_worth_drawing]
    drawn = len(services) <= _MOST_DRAWN and len(arcs) <= _MOST_ARCS and len(names) <= _MOST_DRAWN
    said = [_in_words(services[each.source][0], services[each.target][0], each, with_judgement) for each in arcs]
    cells = {(each.source, each.target): _cell(each, say, with_judgement) for each in reached}
    return NetworksPicture(
        title=say(_("who reaches whom, as measured") if reached else _("who is on which network")),
        text=" ".join(say(each) for each in said),
        drawing=_drawing(services, names, arcs, say, with_judgement) if drawn and services else None,
        columns=[say(name) for name, _on, _instead in services] if reached else [],
        rows=[
            Row(
                say(name),
                say(on) if on else say(instead or _("no network")),
                [cells.get((row, column), ("", "" if row == column else "?")) for column in range(len(services))]
                if reached
                else [],
            )
            for row, (name, on, instead) in enumerate(services)
        ],
    )


def _in_order(names: Sequence[str], services: Sequence[tuple[str, list[str], str]]) -> list[str]:
    """The networks by where their services stand: so their wires cross the least."""
    places = {name: [at for at, (_name, on, _instead) in enumerate(services) if name in on] for name in names}
    used = [name for name in dict.fromkeys(names) if places[name]]
    return sorted(used, key=lambda name: (sum(places[name]) / len(places[name]), name))


def _style(reach: _Reach, with_judgement: bool) -> str:
    line = {"yes": "reached", "not by every name": "reached", "no": "apart"}.get(reach.reached, "unknown")
    if not with_judgement or line == "unknown":
        return line
    return f"{line} {'right' if reach.right else 'wrong'}"


def _label(reach: _Reach, with_judgement: bool) -> Message:
    match reach.reached:
        case "unknown":
            return _("? not known")
        case _ if not with_judgement:
            return _("reaches") if reach.reached != "no" else _("cannot reach")
        case "yes":
            return _("✓ reaches") if reach.right else _("✗ reaches, and must not")
        case "not by every name":
            return _("✓ reaches") if reach.right else _("✗ not by every name")
    return _("✓ cannot reach") if reach.right else _("✗ cannot reach, and must")


def _in_words(source: str, target: str, reach: _Reach, with_judgement: bool) -> Message:
    places = {"source": source, "target": target}
    match reach.reached:
        case "unknown":
            said = _("It is not known whether {source} reaches {target}.", **places)
        case "no" if not reach.right and with_judgement:
            said = _("{source} does not reach {target}, and has to.", **places)
        case "no":
            said = _("{source} does not reach {target}.", **places)
        case "yes" if not reach.right and with_judgement:
            said = _("{source} reaches {target}, and must not.", **places)
        case "not by every name" if not reach.right and with_judgement:
            said = _("{source} reaches {target}, but not by every name.", **places)
        case _:
            said = _("{source} reaches {target}.", **places)
    return said


def _cell(reach: _Reach, say: _Say, with_judgement: bool) -> tuple[str, str]:
    if with_judgement and reach.is_worth_drawing:
        return _style(reach, with_judgement), say(_label(reach, with_judgement))
    return _style(reach, with_judgement=False), say(_label(reach, with_judgement=False))


def _drawing(
    services: Sequence[tuple[str, list[str], str]],
    names: Sequence[str],
    reached: Sequence[_Reach],
    say: _Say,
    with_judgement: bool,
) -> Drawing:
    labels = {each: say(_label(each, with_judgement)) for each in reached}
    shown = [_short(say(name)) for name, _on, _instead in services]
    width = max(_NARROWEST, *(_width(name, _LETTER) + 24 for name in shown))
    pitch = max([width + 28, *(_width(labels[each], _SMALL) + 40 for each in reached if each.span == 1)])
    if any(each.span == 2 for each in reached):
        pitch = max([pitch, *((_width(labels[each], _SMALL) + 60) / 2 for each in reached if each.span == 2)])
    levels = _levels(reached, {each: _width(labels[each], _SMALL) + 28 for each in reached}, pitch)
    top = _ABOVE + (max(levels.values(), default=-1) + 1) * _ARC_STEP + (16 if reached else 0)
    below = top + _BOX_HEIGHT
    middle = [_SIDE + pitch * at + pitch / 2 for at in range(len(services))]
    widest = max((_width(_short(say(name)), _LETTER) + 24 for name in names), default=0.0)
    drawing = Drawing(2 * _SIDE + max(pitch * len(services), widest), below + _BELOW + max(len(names), 1) * _BAND_STEP)
    for (name, on, instead), short, x in zip(services, shown, middle, strict=True):
        no_network = "" if on else say(instead or _("no network"))
        drawing.boxes.append(Box(x - width / 2, top, width, short, say(name), _short(no_network)))
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
        left -= max(0.0, right - drawing.width + _SIDE)
        right = min(right, drawing.width - _SIDE)
        drawing.bands.append(Band(left, y, right - left, short, say(name), row % _COLOURS))
        drawing.wires += [Wire(x, below, y, row % _COLOURS) for x in plugs]
    ends = _ends(reached, middle, width)
    drawing.arcs += [
        _arc(arc, ends[arc], top, levels[arc], labels[arc], _style(arc, with_judgement)) for arc in reached
    ]
    return drawing


def _levels(reached: Sequence[_Reach], widths: Mapping[_Reach, float], pitch: float) -> dict[_Reach, int]:
    """How high each arc is: above those that it spans or crosses, and beside no other's label."""
    levels: dict[_Reach, int] = {}
    for each in sorted(reached, key=lambda arc: (arc.span, min(arc.source, arc.target))):
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


def _ends(reached: Sequence[_Reach], middle: Sequence[float], width: float) -> dict[_Reach, tuple[float, float]]:
    """Where arcs begin and end: those of one service beside each other, so that none crosses another there."""
    places: dict[tuple[_Reach, int], float] = {}
    for at, x in enumerate(middle):
        # to the left the farthest is the leftmost, to the right the nearest is
        mine = [(each, each.target if each.source == at else each.source) for each in reached
                if at in (each.source, each.target)]  # fmt: skip
        left = sorted((pair for pair in mine if pair[1] < at), key=lambda pair: (-pair[1], pair[0].source == at))
        right = sorted((pair for pair in mine if pair[1] > at), key=lambda pair: (-pair[1], pair[0].source == at))
        ordered = [*left, *right]
        step = min(26.0, width / (len(ordered) + 1))
        for index, (each, _other) in enumerate(ordered):
            places[each, at] = x + (index - (len(ordered) - 1) / 2) * step
    return {each: (places[each, each.source], places[each, each.target]) for each in reached}


def _arc(reach: _Reach, ends: tuple[float, float], top: float, level: int, label: str, style: str) -> Arc:
    begin, end = ends
    height = _ARC_STEP * level + 30
    bend = min(abs(end - begin) / 2, 24.0)
    over = top - height
    aside = bend if end > begin else -bend
    is_open = reach.reached == "no"
    stop = top - 3 if is_open else top - 9
    path = (
        f"M{begin:.1f} {top - 2:.1f}V{over + bend:.1f}Q{begin:.1f} {over:.1f} {begin + aside:.1f} {over:.1f}"
        f"H{end - aside:.1f}Q{end:.1f} {over:.1f} {end:.1f} {over + bend:.1f}V{stop:.1f}"
    )
    head = "" if is_open else f"M{end - 6:.1f} {top - 12:.1f}L{end + 6:.1f} {top - 12:.1f}L{end:.1f} {top - 1:.1f}Z"
    return Arc(path, head, style, label, (begin + end) / 2, over, _width(label, _SMALL) + 16)


def _width(text: str, letter: float) -> float:
    """About so wide is a text."""
    wide = sum(sign.isupper() or sign in "mwжмшщыю" or unicodedata.east_asian_width(sign) in "FW" for sign in text)
    return (len(text) + 0.9 * wide) * letter


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
