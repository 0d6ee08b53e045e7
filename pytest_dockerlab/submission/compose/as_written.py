"""Whether a compose file itself says what compose would print of it without interpolation.

``config --no-interpolate`` merges files, follows ``extends``, takes apart what is short and drops what is not on. Where
nothing of that can touch a variable, an image or a port, it prints these as they stand: that run is saved.
"""

from __future__ import annotations

import re

from ..text.interpolation import split, uses
from ..text.yamldoc import Key, Node
from .guard import Guarded

__all__ = ["is_as_written"]

_TEXTS = ("image", "container_name", "hostname", "restart")
_MAY_CHANGE = ("extends", "label_file", "profiles")
# A tag such as !reset, a merged mapping, and the second byte of UTF-16: what they do need not be worked out.
_MARKS = (b"!", b"<<", b"\0")
# Others compose takes apart, and says in its own way.
_PORT = re.compile(r"[1-9][0-9]*(:[1-9][0-9]*)?|.*\$.*")


def is_as_written(guarded: Guarded) -> bool:
    """Whether the project is one file in which its variables stand in plain places only."""
    if len(guarded.files) > 1:
        return False
    (doc,) = guarded.docs.values()
    services = doc.node("services")
    if len(doc.documents) > 1 or services is None or doc.node("include") is not None:
        return False
    if any(mark in guarded.files[doc.path] for mark in _MARKS):
        return False
    variables = (each for each in doc.scalars() if "$" in each.text and any(uses(each.text)))
    return all(_is_left_alone(body) for _name, body in services.entries()) and all(
        _is_plain(each.path) for each in variables
    )


def _is_left_alone(service: Node) -> bool:
    if any(service.get(key) is not None for key in _MAY_CHANGE):
        return False
    ports = service.get("ports")
    if ports is None:
        return True
    texts = [each.text for each in ports.children if each.kind == "scalar" and _PORT.fullmatch(each.text)]
    targets = {split(text, ":")[-1].partition("/")[0] for text in texts}
    # of two entries for one port compose may see that they are the same
    return len(texts) == len(ports.children) == len(targets)


def _is_plain(path: tuple[Key, ...]) -> bool:
    match path:
        case ("services", str(), str(key)):
            return key in _TEXTS
        case ("services", str(), "environment", str()):
            return True
        case ("services", str(), "ports" | "command" | "entrypoint", int()):
            return True
    return False
