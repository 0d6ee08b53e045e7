"""A user of the application: reads its pages, finds the place to write, writes there, and signs up where they must."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..findings import Finding, Mismatch
from ..messages import Message, _
from ..net.http import Answer
from .exchange import NoAnswer
from .expectations import alerts, said, without
from .forms import SIGN_UP, Filling, choose, filled
from .pages import Form, Page, links_after, read_page
from .visitor import Visitor

__all__ = ["Place", "User"]

_LINKS_TRIED = 20


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is written: a form of a page, or else the URL where the course's application takes it.

    ``wanted`` says which form was looked for.
    """

    page: Page
    form: Form | None
    usual: str
    wanted: Message


class User:
    """Somebody with a name of their own at the application of ``base_url``; ``timeout``: seconds for one answer."""

    def __init__(self, base_url: str, timeout: float) -> None:
        self.visitor = Visitor(base_url, timeout)
        # ASCII, and nobody else's
        self.name = f"dockerlab{secrets.token_hex(4)}"
        self._is_signed_up = False

    @property
    def email(self) -> str:
        """An address that nobody has."""
        return f"{self.name}@example.org"

    def get(
        self,
        url: str,
        expected: Message,
        hint: Message | None,
        *,
        visitor: Visitor | None = None,
        follow: bool = True,
    ) -> Answer:
        """The answer at ``url``, whatever its status. Raises :class:`Mismatch`, of ``expected``."""
        try:
            return (visitor or self.visitor).get(url, follow=follow)
        except NoAnswer as error:
            raise Mismatch(Finding(expected, error.reason, None, hint)) from error

    def page(self, url: str, expected: Message, hint: Message | None = None) -> Page:
        """The page at ``url``. Raises :class:`Mismatch`, of ``expected``, for an error's page and for no page."""
        answer = self.get(url, expected, hint)
        page = read_page(answer)
        if answer.status >= 400 or page is None:
            raise Mismatch(Finding(expected, said(answer, page), None, hint))
        return page

    def see(self, url: str, text: str, expected: Message, hint: Message | None) -> Page:
        """The page at ``url``, which shows ``text``. Raises :class:`Mismatch`, of ``expected``."""
        answer = self.get(url, expected, hint)
        page = read_page(answer)
        if answer.status >= 400 or page is None or not page.shows(text):
            raise Mismatch(Finding(expected, without(answer, page), None, hint))
        return page

    def place(self, page: Page, fillings: Sequence[Filling], usual: str, wanted: Message) -> Place:
        """Where to write on ``page``, as a user who has signed up where it shows its forms to users only."""
        form = choose(page.forms, fillings)
        if form is None and self._sign_up():
            page = self.page(page.url, _("the page with the form answers"))
            form = choose(page.forms, fillings)
        return Place(page, form, usual, wanted)

    def send(self, place: Place, fillings: Sequence[Filling], values: dict[str, str], expected: Message) -> str:
        """Send what was written, once. Returns what the application says to it in its alerts.

        Raises :class:`NoAnswer`, and :class:`Mismatch` for an answer that is an error's.
        """
        page = place.page
        if place.form is None:
            answer = self.visitor.submit("POST", place.usual, sorted(values.items()), page.url)
        else:
            answer = self._submit(page, place.form, fillings, values)
        sent_to = read_page(answer)
        # After a redirect it is another page's answer, and reading back says what that means.
        if answer.status >= 400 and not answer.is_redirected:
            raise Mismatch(Finding(expected, said(answer, sent_to), None, _("see the log of the service")))
        return alerts(sent_to)

    def see_alerts(self) -> str:
        """What the application says in alerts of its next page, which are gone then.

        They may repeat what was written: no proof that it was stored.
        """
        try:
            return alerts(read_page(self.visitor.get(self.visitor.url)))
        except NoAnswer:
            return ""

    def address(self, page: Page, mark: str) -> str | None:
        """The URL of what has ``mark`` in its title: the title's own link, or the next, within this application."""
        found: list[str] = []
        for number, href in enumerate(links_after(page, mark)):
            if number >= _LINKS_TRIED:
                break
            try:
                url = self.visitor.resolve(page.base, href)
            except NoAnswer:
                continue
            if url.partition("?")[0] not in (self.visitor.url, self.visitor.at("new")):
                found.append(url)
        posts = [url for url in found if "post" in urlsplit(url).path.split("/")[:-1]]
        return next(iter([*posts, *found]), None)

    def _submit(self, page: Page, form: Form, fillings: Sequence[Filling], values: dict[str, str]) -> Answer:
        action = self.visitor.resolve(page.base, form.action) if form.action.strip() else page.url
        method = "POST" if form.method == "POST" else "GET"
        return self.visitor.submit(method, action, filled(form, fillings, values), page.url)

    def _sign_up(self) -> bool:
        # That there is no such page is no fault, and that it worked shows by the form that is there afterwards.
        if self._is_signed_up:
            return False
        url = self.visitor.at("signup")
        values = {"username": self.name, "password": secrets.token_hex(8), "email": self.email}
        try:
            answer = self.visitor.get(url)
            page = read_page(answer)
            if answer.status >= 400 or page is None:
                return False
            self._is_signed_up = True
            if (form := choose(page.forms, SIGN_UP)) is None:
                self.visitor.submit("POST", url, sorted(values.items()), url)
            else:
                self._submit(page, form, SIGN_UP, values)
        except NoAnswer:
            return False
        return True
