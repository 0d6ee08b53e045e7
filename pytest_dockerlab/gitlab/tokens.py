"""The token that a GitLab is asked with. It comes from the environment alone, and goes to one server."""

from __future__ import annotations

import os
from collections.abc import Mapping

from ..errors import ConfigurationError
from ..messages import _
from ..net.http import Secret, Url

__all__ = ["token_for"]

_OURS = "DOCKERLAB_GITLAB_TOKEN"
_OF_CI = "GITLAB_TOKEN"


def token_for(url: str, environ: Mapping[str, str] | None = None) -> Secret | None:
    """The token for the instance at ``url``: ``DOCKERLAB_GITLAB_TOKEN``; ``None`` without one.

    ``GITLAB_TOKEN``, which other programs know too, is most often that of another instance. It is taken where a job of
    GitLab CI runs this and asks its own instance. Raises :class:`ConfigurationError` for what can be no token.
    """
    # pytest shows what is local to the frames of an error, with --showlocals: no token, and not all variables
    name = _OURS if _value(_OURS, environ).value else _OF_CI
    token = _value(name, environ)
    if not token.value or (name == _OF_CI and not _is_same(url, _value("CI_SERVER_URL", environ).value)):
        return None
    if not token.is_token:  # not repeated: most of it may be right
        raise ConfigurationError(
            _("{variable} is no token: only letters, digits and signs may stand in it", variable=name)
        )
    return token


def _value(name: str, environ: Mapping[str, str] | None) -> Secret:
    return Secret((os.environ if environ is None else environ).get(name, "").strip())


def _is_same(url: str, other: str) -> bool:
    try:
        return Url.parse(url).origin == Url.parse(other).origin
    except ValueError:
        return False
