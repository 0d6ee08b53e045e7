"""What the driver says of an answer that is not the one it wanted, and how it waits for the one it wants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from ..findings import Finding, Mismatch
from ..messages import Message, _, excerpt
from ..net.deadline import Deadline
from ..net.http import Answer
from .pages import Form, Page

__all__ = ["alerts", "not_arrived", "said", "until", "without"]

Value = TypeVar("Value")

_LONGEST_PAUSE = 0.5


def said(answer: Answer, page: Page | None) -> Message:
    """The status of an answer, and what it tells its reader; ``page`` is what :func:`read_page` made of it."""
    text = page.says if page is not None else excerpt(answer.body)
    if not text:
        return _("HTTP {status} with an empty page", status=answer.status)
    if page is None and answer.status < 400:
        kind = excerpt(answer.media_type) or _("without a type")
        return _("HTTP {status}, but not an HTML page ({kind}): {text}", status=answer.status, kind=kind, text=text)
    return _("HTTP {status}: {text}", status=answer.status, text=text)


def without(answer: Answer, page: Page | None) -> Message:
    """What is on a page that does not show what was looked for."""
    if answer.status >= 400 or page is None or not page.says:
        return said(answer, page)
    if page.is_cut:
        return _("not in the first part of a page that is too long to read whole: {text}", text=page.says)
    return _("HTTP {status}, but it is not there: {text}", status=answer.status, text=page.says)


def alerts(page: Page | None) -> str:
    """What a page says in its alerts; empty where it has none."""
    return "" if page is None else excerpt(" ".join(page.alerts))


def not_arrived(finding: Finding, told: object, form: Form | None, page: Page, wanted: Message) -> Finding:
    """Why what was sent cannot be read back: ``finding`` is of the reading, ``told`` what was said to the sending."""
    if form is None:
        # Sent all the same, to where the course's application takes it; that nothing came of it starts here.
        says = page.says or _("nothing")
        return Finding(
            wanted,
            _("no such form on {url}, which says: {text}", url=page.url, text=says),
            None,
            _("see the page in a browser: {url}", url=page.url),
        )
    if told:
        found = _("{found}. After it was sent: {told}", found=finding.found, told=told)
        finding = replace(finding, found=found)
    if form.method != "POST":
        hint = _("the form on {url} is sent by GET: give it method=post", url=page.url)
        finding = replace(finding, hint=hint)
    return finding


def until(look: Callable[[], Value], timeout: float, watch: Callable[[], None] = lambda: None) -> Value:
    """What ``look`` returns, as soon as it raises no :class:`Mismatch`; its last one after ``timeout`` seconds.

    ``watch`` is called before every look; what it raises ends the waiting.
    """
    mismatch: Mismatch | None = None
    for _attempt in Deadline(timeout).attempts(longest_pause=_LONGEST_PAUSE):
        watch()
        try:
            return look()
        except Mismatch as error:
            mismatch = error
    assert mismatch is not None, "there is at least one attempt"
    raise mismatch
