"""The page as HTML: one file, with nothing to load and no script, and a policy that lets in neither."""

from __future__ import annotations

from ...messages import _
from ..html_file import html_file
from .view import PageView

__all__ = ["html"]

_LABELS = {
    "expected": _("expected"),
    "found": _("found"),
    "to_do": _("to do"),
    "why": _("why"),
    "measured": _("what was seen"),
    "dependents": _("not verified because of it:"),
    "override": _("decided by the instructor"),
    "automatic": _("automatic verdict"),
    "score": _("score"),
    "revision": _("revision"),
    "checked": _("checked"),
    "made_by": _("made by"),
    "how_many": _("items"),
    "line": _("this line"),
    "explanation": _("what this is about, with examples"),
    "picture": _("a picture"),
    "as_table": _("the same as a table"),
    "service": _("service"),
    "networks": _("networks"),
    "size": _("size"),
    "share": _("share"),
    "instruction": _("instruction"),
}


def html(view: PageView) -> str:
    """The page."""
    labels = {name: message.render(view.language) for name, message in _LABELS.items()}
    return html_file(__package__, page=view, labels=labels)
