"""GitHub's REST API, asked through PyGithub, with what it refuses in words."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from ..errors import ConfigurationError, DockerlabError, ExplainedError
from ..messages import _, excerpt

if TYPE_CHECKING:
    from github import Github

__all__ = ["API", "GithubError", "asked", "client"]

API = "https://api.github.com"
_SECONDS = 20
_TRIES = 3
_LONGEST_WAIT = 60
"""Seconds for a rate limit to pass."""


class GithubError(ExplainedError):
    """There is no answer to what was asked."""

    template = _("GitHub ({host}) cannot be asked: {detail}")


class GithubLimit(GithubError):
    """It was asked too much, and by others too: limits are a repository's."""

    template = _("GitHub ({host}) answers no more questions for now: {detail}")
    advice = _("run this job again later")


class GithubDenied(GithubError):
    """The token is none, or may not."""

    template = _("GitHub ({host}) refuses: {detail}")
    advice = _("see what `permissions:` of the job say, and that GITHUB_TOKEN is its token")


def client(environ: Mapping[str, str] = os.environ) -> Github:
    """The client for ``GITHUB_API_URL``, with ``GITHUB_TOKEN``. Nothing is asked yet, and objects are lazy.

    PyGithub by itself repeats a POST after a 5xx, though the first one may have done its work: there would be two.
    Raises :class:`ConfigurationError` without PyGithub or a token.
    """
    try:
        from github import Auth, Github, GithubRetry
    except ImportError as error:
        raise ConfigurationError(
            _("PyGithub is not installed: pip install {wanted}", wanted="'pytest-dockerlab[github]'")
        ) from error
    token = environ.get("GITHUB_TOKEN")
    if not token:
        raise ConfigurationError(_("the environment has no {name}", name="GITHUB_TOKEN"))
    if not re.fullmatch(r"[!-~]+", token):  # requests would refuse it by showing it
        raise ConfigurationError(_("{variable} is no token: only letters, digits and signs may stand in it",
                                   variable="GITHUB_TOKEN"))  # fmt: skip
    retry = GithubRetry(
        total=_TRIES,
        backoff_factor=0.5,
        max_rate_limit_wait=_LONGEST_WAIT,
        retry_after_max=_LONGEST_WAIT,  # without it, six hours
        allowed_methods={"GET", "PATCH"},
        raise_on_status=False,  # the last answer says more than that there were so many
    )
    return Github(
        auth=Auth.Token(token),
        base_url=environ.get("GITHUB_API_URL") or API,
        timeout=_SECONDS,
        retry=retry,
        per_page=100,
        seconds_between_requests=None,  # they are few, and one of them writes
        lazy=True,
    )


@contextlib.contextmanager
def asked(host: str) -> Iterator[None]:
    """Say in words what GitHub, called ``host``, refuses. Raises :class:`GithubError`."""
    import requests
    from github import GithubException, RateLimitExceededException

    try:
        yield
    except GithubException as error:
        said = error.data.get("message") if isinstance(error.data, dict) else None
        detail = f"HTTP {error.status}: {said or error.message or type(error).__name__}"
        is_limit = isinstance(error, RateLimitExceededException) or error.status == 429
        is_denied = error.status in (401, 403, 404)
        kind = GithubLimit if is_limit else GithubDenied if is_denied else GithubError
        raise kind(host, detail) from error
    except requests.RequestException as error:
        raise GithubError(host, str(error)) from error
    except DockerlabError:
        raise
    except Exception as error:  # PyGithub asserts, and takes apart, what only GitHub itself is sure to answer
        said = _("it does not answer as GitHub does ({what})", what=f"{type(error).__name__}: {excerpt(str(error))}")
        raise GithubError(host, said) from error
