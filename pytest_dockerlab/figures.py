"""What was measured, as the data of a picture: each function makes one ``figure`` of results.schema.json.

A check hands it to :func:`.findings.draw`. There is no more of anything than the schema allows, however many services
a submission has.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Reached", "layers", "networks"]

_MOST_NAMES = 100
_MOST_PAIRS = 1000
_MOST_IMAGES = 50
_MOST_LAYERS = 200
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Reached:
    """What was measured of one service reaching another."""

    source: str
    target: str
    reached: str
    """``yes``, ``not by every name``, ``no`` or ``unknown``."""
    is_intended: bool | None
    """``None``: nothing is said of it."""
    is_right: bool


def networks(
    names: Iterable[str],
    services: Mapping[str, Sequence[str]],
    reached: Iterable[Reached] = (),
    instead: Mapping[str, str] | None = None,
) -> dict[str, object]:
    """The networks of a project, and who reaches whom.

    :param services: the networks of each service, in the order in which they are to be shown.
    :param instead: what a service has in place of networks (``network_mode``).
    """
    instead = instead or {}
    return {
        "kind": "networks",
        "networks": _cut(names),
        "services": [
            {
                "name": name[:_LONGEST],
                "networks": _cut(on),
                **({"instead": instead[name][:_LONGEST]} if name in instead else {}),
            }
            for name, on in itertools.islice(services.items(), _MOST_NAMES)
        ],
        "reach": [
            {
                "from": each.source[:_LONGEST],
                "to": each.target[:_LONGEST],
                "reached": each.reached,
                "intended": each.is_intended,
                "right": each.is_right,
            }
            for each in itertools.islice(reached, _MOST_PAIRS)
        ],
    }


def layers(images: Mapping[str, tuple[int | None, Iterable[tuple[int, str]]]]) -> dict[str, object]:
    """Images by name: the limit of each, and the sizes of its layers with the instructions that made them."""
    return {
        "kind": "layers",
        "images": [
            {
                "name": name[:_LONGEST],
                "limit": limit,
                "layers": [
                    {"size": size, "instruction": " ".join(instruction[: 10 * _LONGEST].split())[:_LONGEST]}
                    for size, instruction in itertools.islice(of, _MOST_LAYERS)
                ],
            }
            for name, (limit, of) in itertools.islice(images.items(), _MOST_IMAGES)
        ],
    }


def _cut(names: Iterable[str]) -> list[str]:
    return [name[:_LONGEST] for name in itertools.islice(names, _MOST_NAMES)]
