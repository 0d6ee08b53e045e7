"""What carries python-gitlab's requests: its session's adapter, on the HTTP client that everything of ours uses.

So python-gitlab, and requests below it, never see the token, follow no redirect, wait for nothing and read nothing
without limit: a request has a deadline for the whole answer and a size limit, goes to the one server that the user
named, and what comes of it is an answer, or a :class:`~.errors.GitlabError` that says why not.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from ..findings import rehearse
from ..messages import _
from ..net.causes import Cause, Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from ..net.redirects import follow, target_of
from .errors import GitlabEndless, GitlabError, GitlabOnlyTls, GitlabReadOnly, GitlabRedirects, GitlabTimeout, explained
from .refusals import refusal

__all__ = ["FAKE", "Transport"]

FAKE = "dockerlab-fake"
"""How the header Server of the GitLab of our tests begins: what is asked of it is a rehearsal."""

_MAX_BODY = 16 * 1024 * 1024
"""Bytes: a hundred jobs with all that belongs to them take a fiftieth of it."""
_MAX_REDIRECTS = 3
_TRIES = 3
_PAUSE = 0.2
_READING = ("GET", "HEAD")
_CHANGES_NOTHING = ("/ci/lint",)
"""What is sent there is looked at, and not kept."""


class Transport(BaseAdapter):
    """Sends what python-gitlab's session wants to be sent to the server at ``base``, with ``token`` if there is one.

    :param seconds: the time for one answer, whole.
    :param may_write: whether anything else than reading is let through.
    """

    def __init__(self, base: Url, token: Secret | None, client: Client, *, seconds: float, may_write: bool) -> None:
        super().__init__()
        self.seconds = seconds
        self.skew: float | None = None
        """How many seconds the server's clock is ahead of ours, by its newest answer; ``None`` before there is one."""
        self._base = base
        self._token = token
        self._client = client
        self._may_write = may_write
        self._deadline: Deadline | None = None
        self._left: int | None = None
        self._pages = 0
        self._limit: int | None = None
        self._was_cut = False

    def session(self) -> requests.Session:
        """A session with this as its only way out; nothing of the environment (proxies, .netrc) has a say in it."""
        session = requests.Session()
        session.trust_env = False
        session.adapters.clear()
        session.mount("http://", self)
        session.mount("https://", self)
        return session

    @contextlib.contextmanager
    def within(self, *, pages: int, seconds: float) -> Iterator[None]:
        """Requests that belong together, as those for the pages of a list: so many, in so many seconds."""
        before = self._deadline, self._left, self._pages
        deadline = Deadline(seconds)
        if self._deadline is not None and self._deadline.seconds < seconds:
            deadline = self._deadline  # what is part of something else has no more time than that
        self._deadline, self._left, self._pages = deadline, pages, pages
        try:
            yield
        finally:
            self._deadline, self._left, self._pages = before

    @contextlib.contextmanager
    def cutting(self, limit: int) -> Iterator[list[bool]]:
        """Of an answer longer than ``limit`` bytes only the beginning is read; the list has whether one was."""
        self._limit, self._was_cut = limit, False
        cut: list[bool] = []
        try:
            yield cut
        finally:
            cut.append(self._was_cut)
            self._limit = None

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: Any = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """The answer to a request of the session's. Raises :class:`~.errors.GitlabError`."""
        asked = self._asked(request)
        seconds = float(timeout or self.seconds)
        deadline = Deadline(seconds) if self._deadline is None else self._sooner(asked, seconds)
        return _response(request, self._with_next_page(self._tried(asked, deadline)))

    def close(self) -> None:
        """There is nothing to close: a connection lasts for one request."""

    def _asked(self, request: requests.PreparedRequest) -> Request:
        method = request.method or "GET"
        try:
            url = Url.parse(request.url or "")
        except ValueError:
            raise GitlabRedirects(self._base.authority, request.url or "") from None
        if url.origin != self._base.origin:  # a link to the next page, say
            raise GitlabRedirects(self._base.authority, str(url))
        is_reading = method in _READING or url.target.partition("?")[0].endswith(_CHANGES_NOTHING)
        if not (is_reading or self._may_write):
            raise GitlabReadOnly(self._base.authority, f"{method} {url.target}")
        headers: dict[str, str | Secret] = {"Accept": "application/json, text/plain;q=0.5"}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if body is not None:
            headers["Content-Type"] = str(request.headers.get("Content-Type", "application/json"))
        if self._token is not None:
            headers["PRIVATE-TOKEN"] = self._token
        return Request(url, method, headers, body)

    def _sooner(self, asked: Request, seconds: float) -> Deadline:
        assert self._deadline is not None
        assert self._left is not None
        if self._left <= 0:
            raise GitlabEndless(self._base.authority, str(asked.url), pages=self._pages)
        self._left -= 1
        with contextlib.suppress(TimeoutError):
            return self._deadline.sooner(seconds)
        raise GitlabTimeout(self._base.authority, seconds=f"{self._deadline.seconds:g}")

    def _tried(self, asked: Request, deadline: Deadline) -> Answer:
        """The answer; a question is asked again where that may help: what changes something is not."""
        tries = _TRIES if asked.method in _READING else 1
        for count in range(1, tries + 1):
            try:
                return self._answer(asked, deadline)
            except GitlabError as error:
                pause = error.retry_after if error.retry_after is not None else _PAUSE * count
                if not error.may_pass or count == tries or deadline.is_over or pause >= deadline.left():
                    raise
            time.sleep(pause)
        raise AssertionError

    def _answer(self, asked: Request, deadline: Deadline) -> Answer:
        max_body = self._limit or _MAX_BODY

        def ask(request: Request) -> Answer:
            return self._client.request(request, deadline, max_body=max_body, cut=self._limit is not None)

        try:
            answer = follow(ask, asked, self._redirected, limit=_MAX_REDIRECTS)
        except Failure as failure:
            late = self._deadline if self._deadline is not None and self._deadline.is_over else deadline
            if failure.cause is Cause.SILENT and late is not deadline and (self._left or 0) < self._pages - 1:
                failure = Failure(Cause.SLOW, failure.detail, failure.error)  # requests before it took the time
            error: GitlabError | None = explained(failure, asked.url, seconds=late.seconds, max_body=max_body)
        else:
            self._note_clock(answer)
            if answer.header("Server").startswith(FAKE):
                rehearse(_("what answers is the fake GitLab of the tests"))
            error = refusal(answer, has_token=self._token is not None)
            self._was_cut = answer.is_cut
        if error is not None:  # outside of the handler: no traceback then shows the frames below
            raise error
        return answer

    def _redirected(self, request: Request, answer: Answer) -> Request | None:
        """The request that an answer redirects to: to the same server, and only to read."""

        def refused(where: str) -> GitlabRedirects:
            return GitlabRedirects(self._base.authority, where, status=answer.status)

        target = target_of(answer, refused)
        if target is None:
            return None
        if (self._base.scheme, target.scheme) == ("http", "https") and target.host == self._base.host:
            raise GitlabOnlyTls(self._base.authority, str(target), status=answer.status)
        if target.origin != self._base.origin or request.method not in _READING:
            raise refused(str(target))
        return replace(request, url=target)

    def _note_clock(self, answer: Answer) -> None:
        with contextlib.suppress(ValueError):
            date = parsedate_to_datetime(answer.header("Date")[:64])
            date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
            self.skew = (date - datetime.now(UTC)).total_seconds()

    def _with_next_page(self, answer: Answer) -> Answer:
        """python-gitlab goes by ``Link``, which proxies drop where it is long: ``X-Next-Page`` says the same."""
        page = answer.header("X-Next-Page").strip()
        if answer.header("Link") or not page.isdecimal():
            return answer
        path, _mark, query = answer.url.target.partition("?")
        rest = [each for each in query.split("&") if each and not each.startswith("page=")]
        url = replace(answer.url, target=f"{path}?{'&'.join([*rest, f'page={int(page[:9])}'])}")
        answer.headers["Link"] = f'<{url}>; rel="next"'
        return answer


def _response(request: requests.PreparedRequest, answer: Answer) -> requests.Response:
    """The answer as requests has it, read and closed."""
    response = requests.Response()
    response.status_code = answer.status
    response.headers = CaseInsensitiveDict(answer.headers.items())
    response.url = str(answer.url)
    response.request = request
    response.encoding = "utf-8"
    response._content = answer.body
    response._content_consumed = True  # type: ignore[attr-defined]
    return response
