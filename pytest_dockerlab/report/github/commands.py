"""Workflow commands: lines that GitHub's runner takes for itself, out of all that a step prints.

Written and escaped as in ``packages/core/src/command.ts`` of actions/toolkit; what the runner reads of them stands in
``src/Runner.Common/ActionCommand.cs`` and ``src/Runner.Worker/ActionCommandManager.cs`` of actions/runner.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping

__all__ = ["command", "is_github", "is_wanted", "resume", "stop", "stop_token"]

_IN_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTY = {**_IN_DATA, ":": "%3A", ",": "%2C"}


def is_github(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a runner of GitHub reads what is printed."""
    return environ.get("GITHUB_ACTIONS") == "true"


def is_wanted(asked: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether it is told something, by what ``--hw-github`` says."""
    return asked == "on" or (asked == "auto" and is_github(environ))


def command(name: str, data: str = "", /, **properties: str | int | None) -> str:
    """One command, without the end of its line; a property that is empty is left out."""
    given = [f"{key}={_escaped(str(value), _IN_PROPERTY)}" for key, value in properties.items() if value]
    head = f"{name} {','.join(given)}" if given else name
    return f"::{head}::{_escaped(data, _IN_DATA)}"


def stop_token() -> str:
    """A word for one fence that nobody can guess."""
    return f"dockerlab-{secrets.token_hex(16)}"


def stop(token: str) -> str:
    """From this line on nothing is a command, until :func:`resume`; the runner masks the token in its log."""
    return command("stop-commands", token)


def resume(token: str) -> str:
    """The end of what began with :func:`stop`.

    A step that dies before it takes its fence along: the runner listens to each step anew (``Handler.cs``).
    """
    return command(token)


def _escaped(value: str, signs: Mapping[str, str]) -> str:
    return "".join(signs.get(sign, sign) for sign in value)
