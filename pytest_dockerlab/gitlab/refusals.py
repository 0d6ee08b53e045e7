"""What an answer of GitLab's with a status of 400 and more means (its doc/api/rest/troubleshooting)."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from ..messages import excerpt
from ..net.http import Answer
from .errors import (
    GitlabBroken,
    GitlabDenied,
    GitlabError,
    GitlabLoginRequired,
    GitlabNotFound,
    GitlabNotReady,
    GitlabRateLimited,
    GitlabRefuses,
    GitlabScope,
    GitlabTokenRefused,
    NotGitlab,
)

__all__ = ["refusal", "retry_after"]

_MAX_WAIT = 3600
_HTML = ("text/html", "application/xhtml+xml")
_TEXTS = ("/trace", "/raw")
"""What is no JSON, by the end of its path."""


def refusal(answer: Answer, *, has_token: bool) -> GitlabError | None:
    """The error that an answer is; ``None`` for one that is what was asked for."""
    host, status = answer.url.authority, answer.status
    said = _said(answer)
    path = excerpt(answer.url.target.partition("?")[0])
    shown = said or (f"{answer.media_type}: {excerpt(answer.body)}" if answer.body else f"HTTP {status}")
    if status < 300:
        return None if _is_as_asked(answer, path) else NotGitlab(host, f"HTTP {status}: {shown}", status=status)
    if status == 401:
        return (GitlabTokenRefused if has_token else GitlabLoginRequired)(host, shown, status=status)
    if status == 403 and "insufficient_scope" in answer.body[:4096].decode("utf-8", "replace"):
        return GitlabScope(host, shown, status=status)
    if status == 429:
        wait = retry_after(answer)
        return GitlabRateLimited(host, shown, status=status, retry_after=wait, wait=math.ceil(wait or 60))
    if status in (502, 503, 504):
        return GitlabNotReady(host, shown, status=status)
    if status >= 500:
        return GitlabBroken(host, shown, status=status)
    if answer.media_type in _HTML or (status == 404 and said is None):
        return NotGitlab(host, f"HTTP {status}: {shown}", status=status)
    if status == 403:
        return GitlabDenied(host, shown, status=status, path=path)
    if status == 404:
        return GitlabNotFound(host, shown, status=status, path=path)
    return GitlabRefuses(host, shown, status=status, path=path)


def retry_after(answer: Answer) -> float | None:
    """The seconds that an answer asks to wait, at most an hour; ``None`` where it does not say."""
    text = answer.header("Retry-After").strip()
    if re.fullmatch(r"[0-9]{1,9}", text):
        return min(float(text), _MAX_WAIT)
    reset = answer.header("RateLimit-Reset").strip()
    if not text and re.fullmatch(r"[0-9]{9,11}", reset):
        date = datetime.fromtimestamp(int(reset), UTC)
    else:
        try:
            date = parsedate_to_datetime(text[:64])
        except ValueError:
            return None
    date = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(0.0, min((date - (_date(answer) or datetime.now(UTC))).total_seconds(), _MAX_WAIT))


def _date(answer: Answer) -> datetime | None:
    try:
        return parsedate_to_datetime(answer.header("Date")[:64])
    except ValueError:
        return None


def _is_as_asked(answer: Answer, path: str) -> bool:
    if answer.status == 204 or path.endswith(_TEXTS) or "/-/" in path:
        return answer.media_type not in _HTML
    return isinstance(_data(answer), (dict, list))


def _data(answer: Answer) -> Any:
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError):
        return None


def _said(answer: Answer) -> str | None:
    """What GitLab says of a refusal, in one of its forms; ``None`` where it is no form of GitLab's."""
    data = _data(answer) if len(answer.body) <= 1024 * 1024 else None
    if not isinstance(data, dict):
        return None
    for key in ("error_description", "message", "error"):
        if key in data:
            return excerpt(data[key] if isinstance(data[key], str) else json.dumps(data[key], ensure_ascii=False))
    return None
