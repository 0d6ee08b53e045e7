"""The page of one submission in both its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...feedback import ALL_OF_IT, Shown
from ...messages import Message
from ...results import SubmissionResult
from .html import html
from .markdown import markdown
from .viewing import Override, Totals, page_view

__all__ = ["Page", "page"]


@dataclass(frozen=True, slots=True)
class Page:
    """What to write: a file of HTML, and one of Markdown."""

    html: str
    markdown: str


def page(
    result: SubmissionResult,
    run: Mapping[str, Any],
    *,
    language: str,
    who: str = "",
    shown: Shown = ALL_OF_IT,
    totals: Totals | None = None,
    overrides: Mapping[str, Override] | None = None,
    notes: Sequence[Message] = (),
) -> Page:
    """The page of ``result``, whose results.json says ``run`` besides its submissions.

    :param who: whose submission it is, where the roster says it.
    :param totals: the points as the gradebook has them; by default those of the result.
    :param overrides: by item, what an instructor said of it instead.
    :param notes: what has to be known of the score: that it was late, say.
    """
    view = page_view(
        result, run, language=language, who=who, shown=shown, totals=totals, overrides=overrides, notes=notes
    )
    return Page(html(view), markdown(view))
