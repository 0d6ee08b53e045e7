"""Drives the course's application as its users do: writes a post and a comment, and reads them back.

Works without pytest, and on whatever answers at a URL::

    app = AppDriver("http://127.0.0.1:9292")
    app.wait_until_up(timeout=60)
    post = app.write_post()
    comment = app.write_comment(post)

Versions of the application differ in their forms, and its monolith shows them to users only: the forms of its pages are
read and filled in. It answers "saved" too when a service behind it is away, so only what can be read back was written.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..activity import working_on
from ..findings import Finding, Mismatch, require
from ..messages import Message, _
from .exchange import NoAnswer
from .expectations import not_arrived, said, until
from .forms import COMMENT, POST, Filling, choose
from .health import Health, read_health
from .pages import Page, read_page
from .user import Place, User
from .visitor import Visitor

__all__ = ["AppDriver", "Comment", "Health", "Post"]


@dataclass(frozen=True, slots=True)
class Post:
    """A post that was read back. ``url`` is its own page; ``None`` where the list has no link to one."""

    title: str
    link: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment that was read back on the page of its post."""

    post: Post
    name: str
    body: str


class AppDriver:
    """A user of the application at ``base_url`` (http or https, with the port).

    ``timeout`` is in seconds, for one answer, whole; ``patience`` too, until what was written is seen, or the place
    to write it: by default the same. Every step raises :class:`~pytest_dockerlab.findings.Mismatch` with a finding
    that names it, whatever goes wrong between the two sides: whose fault that is, the caller knows. Raises
    :class:`~pytest_dockerlab.errors.ConfigurationError` for what is no such URL.
    """

    def __init__(self, base_url: str, *, timeout: float = 10.0, patience: float | None = None) -> None:
        self._user = User(base_url, timeout)
        self._visitor = self._user.visitor
        self._timeout = timeout
        self._patience = timeout if patience is None else patience

    @property
    def url(self) -> str:
        """The URL of the list of posts."""
        return self._visitor.url

    def wait_until_up(self, *, timeout: float, watch: Callable[[], None] = lambda: None) -> None:
        """Wait until the list of posts is answered with anything but a server's error, for ``timeout`` seconds.

        The last look begins within them, and may take one answer's time more.
        ``watch`` is called at every look, and raises to end the waiting: the container has exited, say.
        """
        expected = _("the application answers at {url}", url=self.url)
        hint = _("see its log; it has to listen on 0.0.0.0, on the port that is published")

        def look() -> None:
            answer = self._user.get(self.url, expected, hint, follow=False)
            if answer.status >= 500:
                behind = _("see its log, and the logs of the services that it calls")
                raise Mismatch(Finding(expected, said(answer, read_page(answer)), None, behind))

        with working_on(_("the application is asked until it answers")):
            until(look, timeout, watch)

    def health(self, url: str | None = None) -> Health:
        """What the healthcheck says: the application's own, or that of one of its services at ``url``."""
        where = url or self._visitor.at("healthcheck")
        visitor = self._visitor if url is None else Visitor(url, self._timeout)
        expected = _("the healthcheck at {url} answers in JSON, with status and dependent_services", url=where)
        hint = _("see the log of the service: it may still be starting, or wait for its database")
        answer = self._user.get(where, expected, hint, visitor=visitor)
        health = read_health(answer)
        if health is None:
            raise Mismatch(Finding(expected, said(answer, read_page(answer)), None, hint))
        return health

    def wait_until_healthy(
        self, *, timeout: float, watch: Callable[[], None] = lambda: None, url: str | None = None
    ) -> Health:
        """Wait until the healthcheck has status 1 for the service and all behind it. ``watch``: as above."""

        def look() -> Health:
            health = self.health(url)
            require(
                health.is_well,
                _("the healthcheck has status 1 for the service and for everything behind it"),
                found=_(
                    "status {status}; what it depends on: {services}",
                    status=health.status,
                    services=dict(health.dependents),
                ),
                hint=_(
                    "see the log of the service that reports 0; the *_HOST and *_PORT variables say where it is "
                    "looked for"
                ),
            )
            return health

        return until(look, timeout, watch)

    def write_post(self) -> Post:
        """Write a post with a title of its own, as a user would, and find it in the list."""
        expected = _("the new post is in the list of posts")
        mark = secrets.token_hex(8)
        title, link = f"A post by dockerlab {mark}", f"http://example.org/{secrets.token_hex(8)}"
        place = until(self._post_form, self._patience)
        listed = self._write(
            place,
            POST,
            {"title": title, "link": link},
            _("a new post is accepted"),
            lambda: self._user.see(self.url, title, expected, _("see the logs of ui and post, and of the database")),
        )
        return Post(title, link, self._user.address(listed, mark))

    def read_post(self, post: Post) -> None:
        """The post is there: in the list by its title, else at its own URL."""
        expected = _("the post that was written before is still there")
        hint = _("the database's data must outlive its container: mount a named volume at its data directory")

        def look() -> None:
            try:
                self._user.see(self.url, post.title, expected, hint)
            except Mismatch:
                if post.url is None:
                    raise
                self._user.see(post.url, post.title, expected, hint)

        until(look, self._patience)

    def write_comment(self, post: Post) -> Comment:
        """Write a comment with a text of its own on the page of the post, and find it there."""
        url = post.url
        require(
            url is not None,
            _("the list of posts links to the page of a post"),
            found=_("neither in the title nor after it is there a link to this application"),
            hint=_("see the page in a browser: {url}", url=self.url),
        )
        assert url is not None
        expected = _("the new comment is on the page of its post")
        body = f"A comment by dockerlab {secrets.token_hex(8)}"
        values = {"name": self._user.name, "email": self._user.email, "body": body}
        place = until(lambda: self._comment_form(url), self._patience)
        self._write(
            place,
            COMMENT,
            values,
            _("a new comment is accepted"),
            lambda: self._user.see(url, body, expected, _("see the logs of ui and comment, and of the database")),
        )
        return Comment(post, self._user.name, body)

    def read_comment(self, comment: Comment) -> None:
        """The comment is there, on the page of its post."""
        url = comment.post.url
        assert url is not None, "a comment was read on that page"
        expected = _("the comment that was written before is still there")
        hint = _("the database's data must outlive its container: mount a named volume at its data directory")
        until(lambda: self._user.see(url, comment.body, expected, hint), self._patience)

    def _post_form(self) -> Place:
        expected = _("the page with the form for a new post answers")
        wanted = _("there is a form for a new post, with a title and a link")
        url = self._visitor.at("new")
        try:
            page = self._user.page(url, expected, _("see it in a browser: {url}", url=url))
        except Mismatch:
            # Another version may have the form in the list.
            page = self._user.page(self.url, _("the list of posts answers"))
            if choose(page.forms, POST) is None:
                raise
        return self._user.place(page, POST, url, wanted)

    def _comment_form(self, url: str) -> Place:
        page = self._user.page(url, _("the page of a post answers"), _("see the logs of ui, post and comment"))
        wanted = _("the page of a post has a form for a comment")
        return self._user.place(page, COMMENT, f"{url.partition('?')[0].rstrip('/')}/comment", wanted)

    def _write(
        self,
        place: Place,
        fillings: Sequence[Filling],
        values: dict[str, str],
        expected: Message,
        read_back: Callable[[], Page],
    ) -> Page:
        for is_again in (False, True):
            lost: NoAnswer | None = None
            told: Message | str
            try:
                told = self._user.send(place, fillings, values, expected)
            except NoAnswer as error:
                if not error.is_lost:
                    raise Mismatch(Finding(expected, error.reason, None, _("see the log of the service"))) from error
                told, lost = error.reason, error
            shown = self._user.see_alerts()  # always: what they repeat must not be taken for what was stored
            told = told or shown
            try:
                return until(read_back, self._patience)
            except Mismatch as error:
                # Sent again only when nobody said that it was taken, and it is not there.
                if lost is None or is_again:
                    raise Mismatch(not_arrived(error.finding, told, place.form, place.page, place.wanted)) from error
        raise AssertionError("the second time returns or raises")
