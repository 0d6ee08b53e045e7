"""Which Docker daemons use a registry mirror: by machine options, daemon.json, or the daemon's own flag."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..text.secrets import redacted
from .definitions import MirrorUse
from .sources import Form, Source
from .templates import Template

__all__ = ["ENGINE_OPTION", "mirror_uses"]

ENGINE_OPTION = "engine-registry-mirror"
"""The option of docker-machine, for the daemon of each machine that a runner creates."""
_ADDRESS = r"(?:\$\{[^{}\n]{1,100}\}|\$\([^()\n]{1,100}\)|[^\s\"',\[\]{}()`\\]){1,300}+"
_OPTION = re.compile(rf"(?P<option>engine-registry-mirror|--registry-mirror)[=\s\"',]{{1,6}}(?P<url>{_ADDRESS})")
_LIST = re.compile(r"(?<!engine-)registry-mirrors\\?[\"']?\s{0,9}[:=]")
_URL = re.compile(_ADDRESS)
_LOGIN = re.compile(r"//[^/@\s]{1,200}@")
_PLACE = re.compile(r"://|:\d{2,5}/?$")
"""What an address has, and a word of a sentence has not."""
_MOST_LINES = 6
_MOST_LINE = 4_000


def mirror_uses(source: Source) -> Iterator[MirrorUse]:
    """Those of a text, by its lines; what stands in a comment is none."""
    template = Template(source.text)
    lines = [line[:_MOST_LINE] for line in template.text.split("\n")]
    for at, line in enumerate(lines):
        if source.form is not Form.DOCUMENT and line.lstrip().startswith(("#", "//")):
            continue
        for match in _OPTION.finditer(line):
            if _PLACE.search(match["url"]):
                yield MirrorUse(match["option"].lstrip("-"), _shown(match["url"], template), source.location(at + 1))
        if (listed := _LIST.search(line)) is not None:
            for number, url in _listed(at, lines, listed.end()):
                yield MirrorUse("registry-mirrors", _shown(url, template), source.location(number + 1))


def _shown(url: str, template: Template) -> str:
    """The address without a login in it, nor anything else that is nobody's business."""
    return redacted(_LOGIN.sub("//", template.restore(url)))


def _listed(at: int, lines: list[str], column: int) -> Iterator[tuple[int, str]]:
    """The items of a list that begins behind a column of a line, as JSON and YAML have it."""
    for number in range(at, min(at + _MOST_LINES, len(lines))):
        text = lines[number][column if number == at else 0 :]
        stripped = text.strip()
        is_item = number == at or stripped.startswith(("-", '"', "'", "[", "\\", "http"))
        if stripped and not is_item:
            return
        for match in _URL.finditer(text.partition("]")[0].partition(" #")[0]):
            if _PLACE.search(match[0]):
                yield number, match[0]
        if "]" in text:
            return
