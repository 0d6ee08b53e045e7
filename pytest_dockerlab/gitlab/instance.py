"""Asks a GitLab instance by its API, version 4, through python-gitlab. Works without pytest::

    gitlab = GitlabInstance("http://192.0.2.7", token)
    print(gitlab.version())
    for runner in gitlab.project("homework/example").runners():
        print(runner.shown, runner.is_online)

GitLab 10 to 19 are told apart by what they answer. Nothing is changed there unless ``may_write``.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import urlsplit

import gitlab
import gitlab.exceptions

from ..messages import Message, _, excerpt
from ..net.client import Client
from ..net.http import Secret, Url
from .answers import Lint, Runner, Version
from .errors import GitlabDenied, GitlabError, GitlabNotFound, GitlabRedirects, GitlabUrlInvalid, NotGitlab
from .project import GitlabProject
from .transport import Transport

__all__ = ["GitlabInstance"]

_SECONDS = 10.0
_LIST_SECONDS = 60.0
_PER_PAGE = 100

Value = TypeVar("Value")


class GitlabInstance:
    """The GitLab at ``url``, asked with ``token``.

    Every question raises :class:`~.errors.GitlabError`, one class for each cause. The token goes to that server alone,
    and stands in no message, no ``repr`` and no traceback.

    :param seconds: the time for one answer, whole.
    :param may_write: whether it may be changed.
    """

    def __init__(
        self,
        url: str,
        token: str | Secret | None = None,
        *,
        client: Client | None = None,
        seconds: float = _SECONDS,
        may_write: bool = False,
    ) -> None:
        secret = Secret(token) if isinstance(token, str) and token else token or None
        del token  # pytest may show what is local here
        self._base = _parse(url)
        self.has_token = secret is not None
        self.may_write = may_write
        self._transport = Transport(
            self._base, secret, client or Client(connect_timeout=seconds), seconds=seconds, may_write=may_write
        )
        # Links to next pages come with GitLab's own name for itself, which may not lead there from here.
        self.api = gitlab.Gitlab(self.url, session=self._transport.session(), timeout=seconds, keep_base_url=True)

    def __repr__(self) -> str:
        return f"GitlabInstance({self.url!r})"

    @property
    def url(self) -> str:
        """Where it is asked."""
        return str(self._base).rstrip("/")

    @property
    def host(self) -> str:
        """Whom errors name."""
        return self._base.authority

    @functools.cached_property
    def _version(self) -> Version:
        try:
            return self.read(Version.parse, self.get("/version"))
        except GitlabNotFound as error:  # every GitLab has that
            raise NotGitlab(self.host, f"HTTP {error.status}: /api/v4/version", status=error.status) from None

    def version(self) -> Version:
        """What it says it is; asked once."""
        return self._version

    def now(self) -> datetime:
        """The time by its clock, as far as it has told: what it writes down is compared with that."""
        return datetime.now(UTC) + timedelta(seconds=self._transport.skew or 0.0)

    @property
    def clock_skew(self) -> float | None:
        """The seconds that its clock is ahead of ours; ``None`` before it has answered."""
        return self._transport.skew

    def is_ready(self) -> bool | None:
        """What it says of itself at ``/-/readiness``; ``None`` where it tells only its own machine, as is usual."""
        try:
            with self.reading():
                data = self.api.http_get(f"{self.url}/-/readiness")
        except (GitlabDenied, GitlabNotFound, GitlabRedirects, NotGitlab):
            return None
        return data.get("status") == "ok" if isinstance(data, Mapping) and "status" in data else None

    def project(self, path_or_id: str | int) -> GitlabProject:
        """The project of this path, ``group/name``, or number."""
        with self.reading():
            found = self.api.projects.get(path_or_id)
            return GitlabProject(self, found)

    def projects(self, limit: int = 20) -> list[GitlabProject]:
        """The projects that the token's user is a member of, at most ``limit``."""
        with self.listing(limit) as first:
            found = self.api.projects.list(
                iterator=True, per_page=_PER_PAGE, membership="true", order_by="last_activity_at"
            )
            return [GitlabProject(self, each) for each in first(found)]

    def runner(self, id: int) -> Runner:
        """The details of a runner."""
        return self.read(Runner.parse, self.get(f"/runners/{id}"))

    def is_busy(self, runner: int) -> bool:
        """Whether a runner has a job, of whatever project."""
        jobs = self.get(f"/runners/{runner}/jobs", status="running", per_page=1)
        return isinstance(jobs, list) and bool(jobs)

    def calls_itself(self) -> str | None:
        """The address that it writes into links, its ``external_url``; ``None`` where it does not show."""
        with self.reading():
            links = self.api.http_request("get", "/projects", query_data={"per_page": 1}).links
        found = re.fullmatch(
            r"(https?://[^/\s]+(?:/[^?\s]*?)?)/api/v4/projects(?:\?.*)?", str(links.get("first", {}).get("url", ""))
        )
        return excerpt(found[1]) if found else None

    def lint(self, content: str) -> Lint:
        """What its own lint says of a ``.gitlab-ci.yml``: before 13.5 there is no other, from 16 on not this one."""
        with self.reading():
            data = self.api.http_post("/ci/lint", post_data={"content": content})
        return self.read(Lint.parse, data)

    def get(self, path: str, **query: Any) -> Any:
        """The answer of the API at ``path``, in JSON."""
        with self.reading():
            return self.api.http_get(path, query_data=query)

    @contextlib.contextmanager
    def listing(self, limit: int, *, beside: int = 0) -> Iterator[Callable[[Any], Iterator[Any]]]:
        """For one list, page by page, in bounded time; what it gives takes at most the first ``limit`` of one.

        ``beside``: so many other requests belong to it, as for the details of each.
        """

        def first(found: Any) -> Iterator[Any]:
            for _count, each in zip(range(limit), found, strict=False):
                yield each

        pages = limit // _PER_PAGE + 2 + beside
        with self.reading(), self._transport.within(pages=pages, seconds=_LIST_SECONDS):
            yield first

    @contextlib.contextmanager
    def cutting(self, limit: int) -> Iterator[list[bool]]:
        """For one long text: at most ``limit`` bytes of it are read; the list has afterwards whether there was more."""
        with self.reading(), self._transport.cutting(limit) as cut:
            yield cut

    @contextlib.contextmanager
    def reading(self) -> Iterator[None]:
        """Make of an answer of another shape than the API's a :class:`~.errors.NotGitlab`."""
        failure: GitlabError
        try:
            yield
            return
        except gitlab.exceptions.GitlabError as error:
            failure = NotGitlab(self.host, excerpt(str(error.error_message or error)), status=error.response_code)
        except (LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
            failure = NotGitlab(self.host, f"{type(error).__name__}: {error}")
        raise failure from None  # what is half made there cannot be shown

    def read(self, parse: Callable[[Mapping[str, Any]], Value], data: Any) -> Value:
        """What an answer says, read by ``parse``."""
        with self.reading():
            if not isinstance(data, Mapping):
                raise TypeError("no object")
            return parse(data)


def _parse(url: str) -> Url:
    try:
        parts = urlsplit(url.strip())
        if parts.username is None and not parts.query:
            return Url.parse(f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}")
        problem: Message | str = _("a name and a password, or a query, do not belong there")
    except ValueError as error:
        problem = str(error).replace(url, "…")
    raise GitlabUrlInvalid(re.split("[?#]", url.rpartition("@")[2])[0], problem)  # a query may have a token in it
