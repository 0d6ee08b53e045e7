"""GitHub, asked which runs of workflows it had for a commit, and who started them.

By its REST API (https://docs.github.com/rest/actions/workflow-runs). A run cannot be forged as a check or a status of a
commit can, which anybody may set who may push; the workflow that ran can be changed by them all the same.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ..errors import ConfigurationError, DockerlabError
from ..messages import _, excerpt
from ..net.asking import EndpointError, ask
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from ..roster.remote import PATIENCE, Patience, password_for

__all__ = ["Github", "GithubLimit", "GithubRefused", "WorkflowRun", "headers"]

_MAX_BODY = 16 * 1024 * 1024
"""Bytes: of a page of a hundred runs, each of which has two repositories in it."""
_SECONDS = 30.0
_API, _SERVER = "GITHUB_API_URL", "GITHUB_SERVER_URL"
"""As GitHub's own programs have them, for GitHub Enterprise Server."""
_REPOSITORY = re.compile(
    r"(?:[a-z+]+://(?:[^/@]*@)?|[^/@:]+@)(?P<host>[^/]+?)[/:](?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?/?"
)
_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,100}(?:\[bot\])?")


class GithubRefused(DockerlabError):
    """GitHub does not say it."""


class GithubLimit(GithubRefused):
    """It says nothing more, until some time: who asks for the next repository is told the same."""


@dataclass(frozen=True, slots=True)
class WorkflowRun:
    """The last attempt of a run, as GitHub tells of it."""

    commit: str
    path: str
    """The workflow's file, and the branch where GitHub says it."""
    event: str
    status: str
    conclusion: str
    """Empty while it goes on."""
    actor: str
    """Who started the first attempt."""
    triggering_actor: str
    """Who started this one."""
    attempt: int
    created: str
    url: str
    head: str
    """The repository of what was checked: in a pull request from a fork that one."""
    calls: tuple[str, ...]
    """The reusable workflows that it called, each with its commit."""

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


class Github:
    """The API of a GitHub, asked with a token where there is one: ``GITHUB_TOKEN``, ``GH_TOKEN``, or git's own."""

    def __init__(self, environ: Mapping[str, str] = os.environ, patience: Patience = PATIENCE) -> None:
        """Raises :class:`ConfigurationError` for addresses that are none, or would take a token without TLS."""
        self._patience = patience
        server = _url(environ, _SERVER, "https://github.com")
        self._host = server.authority
        api = "https://api.github.com" if server.host == "github.com" else f"{server}api/v3"
        self._api = _url(environ, _API, api)
        if self._api.scheme != "https" and self._api.host not in ("127.0.0.1", "localhost", "::1"):
            raise ConfigurationError(_("{variable}: a token is sent by https only", variable=_API))
        token = Secret(environ.get("GITHUB_TOKEN") or environ.get("GH_TOKEN") or "")
        self._token = token if token.value else password_for(self._host)
        if self._token is not None and not self._token.is_token:
            raise ConfigurationError(_("{variable} is no token: only letters, digits and signs may stand in it",
                                       variable="GITHUB_TOKEN"))  # fmt: skip

    def repository_of(self, url: str) -> str | None:
        """``owner/name`` of a repository's address, in any of git's forms; ``None`` for one that lies elsewhere."""
        found = _REPOSITORY.fullmatch(url)
        return found["name"] if found is not None and found["host"].lower() == self._host.lower() else None

    def runs(self, repository: str, commit: str) -> list[WorkflowRun]:
        """The runs for a commit, the newest first. Raises :class:`GithubRefused`."""
        data = self._asked(f"repos/{repository}/actions/runs?head_sha={quote(commit)}&per_page=100")
        found = [_run(each) for each in _listed(data, "workflow_runs") if each.get("head_sha") == commit]
        return sorted(found, key=lambda run: run.created, reverse=True)

    def heads_of(self, repository: str, commit: str) -> list[str]:
        """What was at the heads of the pull requests that brought a commit in. Raises :class:`GithubRefused`."""
        pulls = self._asked(f"repos/{repository}/commits/{quote(commit)}/pulls")
        heads = [str((each.get("head") or {}).get("sha")) for each in _listed({"pulls": pulls}, "pulls")]
        return [head for head in dict.fromkeys(heads) if re.fullmatch(r"[0-9a-f]{40}", head) and head != commit]

    def _asked(self, path: str) -> Any:
        from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

        retrying = Retrying(
            retry=retry_if_exception_type((EndpointError, _Passing)),
            stop=stop_after_attempt(self._patience.tries),
            wait=wait_exponential(multiplier=self._patience.pause, max=60),
            reraise=True,
        )
        return retrying(self._once, path)

    def _once(self, path: str) -> Any:
        request = Request(Url.parse(f"{str(self._api).rstrip('/')}/{path}"), headers=headers(self._token))
        answer = ask(request, _API, max_body=_MAX_BODY, deadline=Deadline(_SECONDS))
        if answer.status != 200:
            raise _refused(answer, has_token=self._token is not None)
        try:
            return json.loads(answer.body)
        except (ValueError, RecursionError) as error:
            raise GithubRefused(_("GitHub answers with what is no JSON")) from error


def headers(token: Secret | None) -> dict[str, str | Secret]:
    """Those of a request to the API (https://docs.github.com/rest/using-the-rest-api/getting-started-with-the-rest-api)."""
    found: dict[str, str | Secret] = {
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    return found if token is None else {**found, "Authorization": Secret(f"Bearer {token.value}")}


class _Passing(GithubRefused):
    """Another try may have it."""


def _url(environ: Mapping[str, str], variable: str, default: str) -> Url:
    try:
        return Url.parse(environ.get(variable) or default)
    except ValueError:
        raise ConfigurationError(_("{variable} is no URL", variable=variable)) from None


def _refused(answer: Answer, *, has_token: bool) -> GithubRefused:
    """Why not. Limits: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api."""
    status = answer.status
    if status in (403, 429) and (answer.header("Retry-After") or answer.header("X-RateLimit-Remaining") == "0"):
        until = answer.header("X-RateLimit-Reset")
        is_known = re.fullmatch(r"\d{1,11}", until) is not None
        when = datetime.fromtimestamp(int(until), UTC).strftime("%H:%M UTC") if is_known else "…"
        if has_token:
            return GithubLimit(_("GitHub answers no more questions until {when}", when=when))
        return GithubLimit(
            _("GitHub answers no more questions without a token until {when}: set GITHUB_TOKEN", when=when)
        )
    if status == 401:
        return GithubLimit(_("GitHub does not take the token"))
    if status in (403, 404):
        return GithubRefused(_("GitHub knows no such repository, or the token may not read its runs"))
    if status >= 500:
        return _Passing(_("GitHub answers with {status}", status=status))
    return GithubRefused(_("GitHub answers with {status}", status=status))


def _listed(data: Any, name: str) -> list[dict[str, Any]]:
    found = data.get(name) if isinstance(data, dict) else None
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise GithubRefused(_("GitHub answers with something else than was asked for"))
    return found


def _run(data: Mapping[str, Any]) -> WorkflowRun:
    calls = data.get("referenced_workflows") or []
    return WorkflowRun(
        commit=str(data.get("head_sha")),
        path=_text(data.get("path")),
        event=_text(data.get("event")),
        status=_text(data.get("status")),
        conclusion=_text(data.get("conclusion")),
        actor=_login(data.get("actor")),
        triggering_actor=_login(data.get("triggering_actor")),
        attempt=attempt if isinstance(attempt := data.get("run_attempt"), int) else 1,
        created=_text(data.get("created_at")),
        url=_text(data.get("html_url")),
        head=_text((data.get("head_repository") or {}).get("full_name")),
        calls=tuple(f"{_text(each.get('path'))} {_text(each.get('sha'))}" for each in calls if isinstance(each, dict)),
    )


def _text(value: object) -> str:
    """What is the submission's in it (the name of a file, say) in one line that can be shown."""
    return excerpt(str(value)) if value is not None else ""


def _login(value: object) -> str:
    login = value.get("login") if isinstance(value, dict) else None
    return login if isinstance(login, str) and _LOGIN.fullmatch(login) else ""
