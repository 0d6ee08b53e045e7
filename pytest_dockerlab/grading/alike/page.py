"""The list as a page: pair by pair, and the lines of both beside each other. Nothing is loaded, and nothing runs."""

from __future__ import annotations

from collections.abc import Sequence

from ...messages import Message, _
from ...report.html_file import html_file
from .excerpts import ShownPair

__all__ = ["ABOUT", "page"]

ABOUT = (
    _("Rare text and rare mistakes that few submissions share, for a person to look at. This is no verdict and no"
      " proof: ask both before you think anything of it."),
    _("People also share what a page on the net, a forum, a talk or a teacher gave them, and what they were handed out"
      " and nobody named here (--given). The weight puts the list in an order; it means nothing by itself."),
)  # fmt: skip
_LABELS = {
    "title": _("What few submissions share"),
    "weight": _("weight"),
    "mistakes": _("Mistakes that few have"),
    "owners": _("submissions that have it"),
    "further": _("further passages"),
}


def page(pairs: Sequence[ShownPair], about: Sequence[Message], language: str) -> str:
    """The page as HTML."""
    return html_file(
        __package__,
        pairs=pairs,
        about=[line.render(language) for line in about],
        labels={name: label.render(language) for name, label in _LABELS.items()},
        language=language,
    )
