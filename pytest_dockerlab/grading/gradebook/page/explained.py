"""The explanations of items, as HTML: those of ``dockerlab explain``, where the homework is installed."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from .... import catalogue
from ....errors import ConfigurationError
from ....homework import Homework
from ....report import explanations
from ..model import GradedItem

__all__ = ["explained"]


def explained(items: Sequence[GradedItem], language: str) -> list[Markup | None]:
    """The explanation of each item without its heading; ``None`` where there is none here."""
    from markdown_it import MarkdownIt

    markdown = MarkdownIt("js-default")  # knows no HTML: what looks like it is text
    known = catalogue.load()
    homeworks = {slug: _homework(known, slug) for slug in {item.slug for item in items}}
    found: list[Markup | None] = []
    for item in items:
        homework = homeworks[item.slug]
        section = None if homework is None else explanations.section(homework, item.id, language)
        body = (section or "").partition("\n")[2]
        found.append(Markup(markdown.render(body)) if body.strip() else None)  # noqa: S704 - our own text, and no HTML in it
    return found


def _homework(known: catalogue.Catalogue, slug: str) -> Homework | None:
    try:
        return known.homework(slug)
    except ConfigurationError:
        return None
