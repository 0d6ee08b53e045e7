"""Redirects: how many are followed, and where to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from .causes import Cause, Failure
from .http import Answer, Request, Url

__all__ = ["follow", "on_same_server", "target_of"]


def follow(
    ask: Callable[[Request], Answer],
    request: Request,
    redirected: Callable[[Request, Answer], Request | None],
    *,
    limit: int,
) -> Answer:
    """The answer after at most ``limit`` redirects. Raises :class:`~.causes.Failure` for more.

    ``ask`` sends a request, and ``redirected`` says which one comes after an answer: ``None`` where it is the last one.
    """
    for count in range(limit + 1):
        answer = ask(request)
        further = redirected(request, answer)
        if further is None:
            return replace(answer, is_redirected=count > 0)
        request = further
    raise Failure(Cause.REDIRECTS, str(request.url), is_sent=True)


def on_same_server(asked: Request, answer: Answer) -> Request | None:
    """For :func:`follow`: the same again at the same server. Raises :class:`~.causes.Failure` for where else it leads.

    Nothing is sent there, so headers may be secrets of that server's.
    """

    def refused(where: str) -> Failure:
        return Failure(Cause.ELSEWHERE, where, is_sent=True)

    target = target_of(answer, refused)
    if target is None:
        return None
    if target.origin != asked.url.origin:
        raise refused(str(target))
    return replace(asked, url=target)


def target_of(answer: Answer, refused: Callable[[str], Exception]) -> Url | None:
    """Where an answer redirects to, ``None`` for no redirect. Raises ``refused(where)`` for what is no URL."""
    if not answer.is_redirect:
        return None
    location = answer.header("Location")
    try:
        return Url.parse(location, answer.url)
    except ValueError:
        raise refused(location) from None
