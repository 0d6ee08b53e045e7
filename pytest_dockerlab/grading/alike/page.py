"""The list as a page: pair by pair, and the lines of both beside each other. Nothing is loaded, and nothing runs."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from importlib import resources

from ...messages import Message, _
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
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    style = resources.files(__package__).joinpath("page.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return environment.get_template("page.html.jinja").render(
        pairs=pairs,
        about=[line.render(language) for line in about],
        labels={name: label.render(language) for name, label in _LABELS.items()},
        language=language,
        style=style,
        policy=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    )
