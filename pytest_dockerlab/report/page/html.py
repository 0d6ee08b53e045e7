"""The page as HTML: one file, with nothing to load and no script, and a policy that lets in neither."""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING

from ...messages import _
from .view import PageView

if TYPE_CHECKING:
    import jinja2

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
    return _template().render(page=view, labels=labels, style=_style(), policy=_policy())


@functools.cache
def _template() -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(__package__, "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")


@functools.cache
def _style() -> str:
    return resources.files(__package__).joinpath("page.css").read_text("utf-8")


@functools.cache
def _policy() -> str:
    digest = base64.b64encode(hashlib.sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
