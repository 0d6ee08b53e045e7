"""The networks of a project as a picture: a drawing, and for whoever cannot see it the same in words and as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...messages import Message, _
from .drawing import Arrow, Drawing, drawing

__all__ = ["NetworksPicture", "Row", "networks_picture"]

_MOST_DRAWN = 10
"""Services. More of them, or more arcs than :data:`_MOST_ARCS`, nobody can follow: then there is the table."""
_MOST_ARCS = 24
_Say = Callable[[object], str]


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
    arrows = [
        Arrow(each.source, each.target, say(_label(each, with_judgement)), _style(each, with_judgement),
              each.reached != "no")
        for each in arcs
    ]  # fmt: skip
    said = [_in_words(services[each.source][0], services[each.target][0], each, with_judgement) for each in arcs]
    cells = {(each.source, each.target): _cell(each, say, with_judgement) for each in reached}
    return NetworksPicture(
        title=say(_("who reaches whom, as measured") if reached else _("who is on which network")),
        text=" ".join(say(each) for each in said),
        drawing=drawing(services, names, arrows, say) if drawn and services else None,
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
