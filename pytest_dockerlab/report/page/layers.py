"""Images and their layers, the largest first: what makes an image as large as it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...messages import _, size_text

__all__ = ["LayersPicture", "layers_picture"]

_SHOWN = 12


class Layer(NamedTuple):
    """A layer, and its share of the largest one of the picture."""

    size: str
    share: float
    instruction: str


@dataclass(frozen=True, slots=True)
class Image:
    """An image. ``limit`` says how it compares with its limit, where it has one."""

    name: str
    total: str
    limit: str
    is_within: bool
    layers: tuple[Layer, ...]


@dataclass(frozen=True, slots=True)
class LayersPicture:
    """Images beside each other, in one scale."""

    title: str
    images: tuple[Image, ...]
    kind: str = "layers"


def layers_picture(figure: Mapping[str, Any], say: Callable[[object], str], *, with_limit: bool) -> LayersPicture:
    """The picture of a ``layers`` figure."""
    most = max([layer["size"] for image in figure["images"] for layer in image["layers"]], default=0) or 1
    images = []
    for image in figure["images"]:
        total = sum(layer["size"] for layer in image["layers"])
        ordered = sorted(image["layers"], key=lambda layer: -layer["size"])
        rows = [
            Layer(size_text(each["size"]), each["size"] / most, say(each["instruction"])) for each in ordered[:_SHOWN]
        ]
        if rest := ordered[_SHOWN:]:
            size = sum(each["size"] for each in rest)
            rows.append(Layer(size_text(size), size / most, say(_("{count} smaller layers", count=len(rest)))))
        limit = image["limit"] if with_limit else None
        images.append(
            Image(
                say(image["name"]),
                size_text(total),
                "" if limit is None else say(_("at most {limit}", limit=size_text(limit))),
                limit is None or total <= limit,
                tuple(rows),
            )
        )
    return LayersPicture(say(_("what the images weigh, by layers")), tuple(images))
