"""The documentation page of each homework, one file per language beside its checks, cut into sections by item."""

from __future__ import annotations

import sys
from pathlib import Path

from ..homework import Homework, Item

__all__ = ["is_explained", "page", "section"]


def page(homework: Homework, language: str) -> Path | None:
    """The homework's page in ``language``, else in English; ``None`` where it has none."""
    folder = Path(str(sys.modules[homework.package].__file__)).parent / "docs"
    for name in (language, "en"):
        path = folder / f"{name}.md"
        if path.is_file():
            return path
    return None


def is_explained(homework: Homework, item: Item, language: str) -> bool:
    """Whether the item has its section in this very language."""
    found = page(homework, language)
    return found is not None and found.stem == language and section(homework, item.id, language) is not None


def section(homework: Homework, id: str, language: str) -> str | None:
    """The Markdown of the item ``id``, its heading included; ``None`` where it is not explained yet."""
    path = page(homework, language)
    if path is None:
        return None
    lines: list[str] = []
    is_inside = False
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("## "):
            is_inside = line.removeprefix("## ").strip() == id
        if is_inside:
            lines.append(line)
    return "\n".join(lines).strip() or None
