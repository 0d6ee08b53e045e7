"""Pages that are one file: nothing is loaded or asked for, and a policy names by its digest what they hold themselves.

Every text in them is escaped by the template, and has no control characters.
"""

from __future__ import annotations

import base64
import functools
import hashlib
from importlib import resources
from typing import TYPE_CHECKING, Any

from .lines import printable

if TYPE_CHECKING:
    import jinja2

__all__ = ["html_file", "part"]


def html_file(package: str, *, script: str | None = None, **context: Any) -> str:
    """``page.html.jinja`` of a package, with its ``page.css`` and what the template gets besides."""
    style = part(package, "page.css")
    return _template(package).render(style=style, script=script, policy=_policy(style, script), **context)


@functools.cache
def part(package: str, name: str) -> str:
    """A style or a script of a package."""
    return resources.files(package).joinpath(name).read_text("utf-8")


@functools.cache
def _template(package: str) -> jinja2.Template:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(package, "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.jinja")


def _shown(value: object) -> object:
    """What a browser shows as it stands: no text turns round what follows it. What is markup is ours."""
    return printable(value) if type(value) is str else value


def _policy(style: str, script: str | None) -> str:
    """What a page with this style, and this script if any, may do: ask for nothing, and send nothing."""
    rules = ["default-src 'none'", f"style-src {_digest(style)}", "base-uri 'none'", "form-action 'none'"]
    if script is not None:  # and text never becomes markup
        rules += [f"script-src {_digest(script)}", "require-trusted-types-for 'script'"]
    return "; ".join(rules)


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
