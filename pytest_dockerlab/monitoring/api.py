"""The HTTP API of a Prometheus: what it answers is the data that was asked for, or an error that says why not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlencode, urlsplit

from ..messages import excerpt
from ..net.causes import Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from ..net.redirects import follow, on_same_server
from .errors import (
    NotPrometheus,
    PrometheusAgent,
    PrometheusBroken,
    PrometheusDenied,
    PrometheusError,
    PrometheusLacks,
    PrometheusNotReady,
    PrometheusUrlInvalid,
    QueryRefused,
    explained,
)

__all__ = ["MAX_SMALL", "Api"]

_MAX_BODY = 16 * 1024 * 1024
"""Bytes: ten thousand targets take half of it."""
MAX_SMALL = 1024 * 1024
_MAX_REDIRECTS = 3


class Api:
    """Asks the server at ``url``, each time with ``seconds`` for the whole answer."""

    def __init__(self, url: str, client: Client, seconds: float) -> None:
        self.base, self._login = _parse(url)
        self._client = client
        self._seconds = seconds

    @property
    def host(self) -> str:
        """Whom errors name."""
        return self.base.authority

    def data(
        self, path: str, parameters: Mapping[str, str] | None = None, query: str = "", *, max_body: int = _MAX_BODY
    ) -> Any:
        """The data of an answer; ``query`` is named where it is refused. Raises :class:`~.errors.PrometheusError`."""
        answer = self.get(f"api/v1/{path}", parameters or {}, max_body)
        try:
            said = json.loads(answer.body)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or said.get("status") not in ("success", "error"):
            raise self._refusal(answer, path)
        if said["status"] == "success" and answer.status == 200 and "data" in said:
            return said["data"]
        kind, problem = str(said.get("errorType", "")), str(said.get("error", ""))
        if "Prometheus Agent" in problem:
            raise PrometheusAgent(self.host, status=answer.status)
        if answer.status in (400, 422) and query:
            raise QueryRefused(self.host, problem, status=answer.status, query=excerpt(query))
        if answer.status == 503 and kind in ("unavailable", "timeout", "canceled"):
            raise PrometheusNotReady(self.host, problem, status=answer.status)
        raise self._refusal(answer, path, problem)

    def _refusal(self, answer: Answer, path: str, problem: str = "") -> PrometheusError:
        """Why an answer is not what was asked for."""
        status, said = answer.status, problem or excerpt(answer.body)
        if status in (401, 403):
            return PrometheusDenied(self.host, status=status)
        if status == 503:
            return PrometheusNotReady(self.host, said, status=status)
        if status >= 500:
            return PrometheusBroken(self.host, said, status=status)
        if status == 404 and self._has_api():
            return PrometheusLacks(self.host, status=status, path=f"/api/v1/{path}")
        kind = f" ({answer.media_type})" if answer.media_type else ""
        return NotPrometheus(self.host, f"HTTP {status}{kind}: {said}", status=status)

    def _has_api(self) -> bool:
        """Whether a Prometheus is there at all: every version has this."""
        answer = self.get("api/v1/query", {"query": "1"}, MAX_SMALL)
        return answer.status == 200 and b'"success"' in answer.body[:100]

    def get(self, path: str, parameters: Mapping[str, str], max_body: int) -> Answer:
        """What it answers, redirects on the same server followed. Raises :class:`~.errors.PrometheusError`."""
        deadline = Deadline(self._seconds)
        query = f"?{urlencode(parameters)}" if parameters else ""
        headers: dict[str, str | Secret] = {"Accept": "application/json"}
        if self._login is not None:
            headers["Authorization"] = self._login
        request = Request(Url.parse(f"{path}{query}", self.base), headers=headers)
        try:
            return follow(
                lambda asked: self._client.request(asked, deadline, max_body=max_body),
                request,
                on_same_server,
                limit=_MAX_REDIRECTS,
            )
        except Failure as failure:
            error = explained(failure, request.url, seconds=self._seconds, max_body=max_body)
        raise error


def _parse(url: str) -> tuple[Url, Secret | None]:
    """The URL that others are relative to, and the header ``Authorization``. Raises :class:`PrometheusUrlInvalid`."""
    try:
        parts = urlsplit(url)
        login = None
        if parts.username is not None:
            word = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            login = Secret(f"Basic {base64.b64encode(word.encode()).decode()}")
        # what a browser shows of it leads there too
        path = parts.path.removesuffix("/graph").removesuffix("/targets").rstrip("/")
        return Url.parse(f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{path}/"), login
    except ValueError as error:
        shown = url.rpartition("@")[2]
        problem = str(error).replace(url, shown)
    raise PrometheusUrlInvalid(shown, problem)
