"""A page as its reader has it: its text, its links, its forms, and what it tells them in an alert.

Read with the standard library's tokenizer, and without building a tree. Trees of hostile pages of the allowed size
took lxml 37 s (one element with 100,000 attributes), Beautiful Soup more than 20 s (comments that do not end) and
selectolax more than a minute (200,000 nested elements). This stops after so many tags, and takes a second at most.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

from ..messages import excerpt
from ..net.http import Answer

__all__ = ["Field", "Form", "Link", "Page", "links_after", "read_page"]

# A list of 400 posts, which fills the allowed size, has some 30,000 tags and texts.
_MAX_EVENTS, _MAX_FORMS, _MAX_FIELDS, _MAX_LINKS = 60_000, 500, 100, 5000
_ALERT = re.compile(r"(?<![a-z])(alerts?|flash(es)?|errors?|notices?|messages?|warnings?)(?![a-z])", re.IGNORECASE)
# Those that matter; others (punycode, for one) are slow on purpose-made input.
_CHARSETS = {"windows-1251": "cp1251", "cp1251": "cp1251", "koi8-r": "koi8-r", "iso-8859-1": "cp1252"}
_UNSEEN = ("script", "style", "template", "title")


@dataclass(slots=True)
class Field:
    """A control of a form. ``kind`` is its type in lower case, or ``textarea``, ``select``, ``button``."""

    kind: str
    name: str
    value: str
    hints: str
    """Whatever else says what it is for: id, placeholder, title, the label around it or before it."""
    is_checked: bool = False
    is_required: bool = False
    is_disabled: bool = False


@dataclass(slots=True)
class Form:
    """A form; ``action`` as it stands there, and ``method`` in upper case."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


@dataclass(slots=True)
class Link:
    """A link, and where in the page's ``parts`` its text begins and ends."""

    href: str
    start: int
    end: int


@dataclass(slots=True)
class Page:
    """What a page shows. ``base`` is what its relative references start from."""

    url: str
    base: str
    title: str = ""
    parts: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    is_cut: bool = False
    """Whether it is longer than we read."""

    @property
    def text(self) -> str:
        """All that can be read on it, on one line."""
        return " ".join(" ".join(self.parts).split())

    @property
    def says(self) -> str:
        """The beginning of what it tells its reader: its alerts, else its text."""
        return excerpt(" ".join(self.alerts)) or excerpt(" ".join(self.parts[:200]))

    def shows(self, text: str) -> bool:
        """Whether ``text`` can be read on it."""
        return text in self.text


def read_page(answer: Answer) -> Page | None:
    """The page of an answer, or ``None`` for one that is no HTML. It may be as broken as it likes."""
    kind = answer.media_type
    if "html" not in kind and (kind or b"<" not in answer.body):
        return None
    charset = str(answer.headers.get_param("charset", "") or "").lower()
    reader = _Reader(str(answer.url))
    try:
        # Without close(): what does not end (a comment, a tag) would be looked through once for each of its characters.
        reader.feed(answer.body.decode(_CHARSETS.get(charset, "utf-8"), "replace"))
    except (_Enough, AssertionError):  # the tokenizer asserts that it knows every kind of declaration
        reader.page.is_cut = True
    return reader.page


class _Enough(Exception):
    pass


class _Reader(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Page(url, url)
        self._events = 0
        self._unseen = ""
        self._form: Form | None = None
        self._link: Link | None = None
        self._area: Field | None = None
        self._select: Field | None = None
        self._options = 0
        self._option = False
        self._label = ""
        self._alert = ""
        self._alert_depth = 0
        self._has_base = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._count()
        words = {name: value or "" for name, value in reversed(attrs)}
        if tag in _UNSEEN:
            self._unseen = tag
        elif tag == "base" and "href" in words and not self._has_base:
            self._has_base = True
            self.page.base = _joined(self.page.url, words["href"])
        elif tag == "a" and "href" in words and len(self.page.links) < _MAX_LINKS:
            self._end_link()
            self._link = Link(words["href"], len(self.page.parts), len(self.page.parts))
            self.page.links.append(self._link)
        elif tag == "form" and self._form is None and len(self.page.forms) < _MAX_FORMS:
            self._form = Form(words.get("action", ""), words.get("method", "").strip().upper() or "GET")
            self.page.forms.append(self._form)
        elif tag == "label":
            self._label = ""
        elif tag == "option":
            self._start_option(words)
        elif tag in ("input", "textarea", "select", "button"):
            self._start_field(tag, words)
        self._start_alert(tag, words)

    def handle_endtag(self, tag: str) -> None:
        self._count()
        if tag == self._unseen:
            self._unseen = ""
        elif tag == "a":
            self._end_link()
        elif tag == "form":
            self._form = self._area = self._select = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None
        elif tag == "option":
            self._option = False
        if tag == self._alert:
            self._alert_depth -= 1
            if not self._alert_depth:
                self._alert = ""

    def handle_data(self, data: str) -> None:
        self._count()
        if self._unseen:
            if self._unseen == "title" and not self.page.title:
                self.page.title = excerpt(data)
            return
        if self._area is not None:
            self._area.value += data.removeprefix("\n") if not self._area.value else data
            return
        if self._select is not None:
            if self._option:
                self._select.value = self._select.value or data.strip()
            return
        if not data.strip():
            return
        self._label = f"{self._label} {data}"[-200:]
        self.page.parts.append(data)
        if self._alert:
            self.page.alerts.append(data)

    def _count(self) -> None:
        self._events += 1
        if self._events > _MAX_EVENTS:
            raise _Enough

    def _end_link(self) -> None:
        if self._link is not None:
            self._link.end = len(self.page.parts)
            self._link = None

    def _start_field(self, tag: str, words: dict[str, str]) -> None:
        kind = tag
        if tag == "input":
            kind = words.get("type", "").strip().lower() or "text"
        elif tag == "button" and words.get("type", "submit").strip().lower() == "submit":
            kind = "submit"
        default = "on" if kind in ("checkbox", "radio") else ""
        hints = " ".join(words.get(name, "") for name in ("id", "placeholder", "title", "aria-label"))
        control = Field(
            kind,
            words.get("name", ""),
            words.get("value", default),
            f"{hints} {self._label}"[:500].lower(),
            is_checked="checked" in words,
            is_required="required" in words,
            is_disabled="disabled" in words,
        )
        if self._form is not None and len(self._form.fields) < _MAX_FIELDS:
            self._form.fields.append(control)
        self._label = ""
        if tag == "textarea":
            self._area = control
        elif tag == "select":
            self._select, self._options = control, 0

    def _start_option(self, words: dict[str, str]) -> None:
        if self._select is None:
            return
        # The first one counts, unless another is selected; its value is its text where it has none.
        counts = "selected" in words or not self._options
        self._options += 1
        self._option = counts and "value" not in words
        if counts:
            self._select.value = words.get("value", "")

    def _start_alert(self, tag: str, words: dict[str, str]) -> None:
        if self._alert:
            self._alert_depth += tag == self._alert
        elif _ALERT.search(words.get("class", "")[:500]) or words.get("role") in ("alert", "status"):
            self._alert, self._alert_depth = tag, 1


def _joined(url: str, reference: str) -> str:
    try:
        return urljoin(url, reference.strip())
    except ValueError:
        return url


def links_after(page: Page, text: str) -> Iterable[str]:
    """The links by which a reader of ``text`` would go on: first the one it stands in, then those behind it."""
    places = {place for place, part in enumerate(page.parts) if text in part}
    if not places:
        return
    first = min(places)
    yield from (link.href for link in page.links if any(link.start <= place < link.end for place in places))
    yield from (link.href for link in page.links if link.start > first)
