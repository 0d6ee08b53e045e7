"""Runs the real compose, on files and in an environment that are only ours."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ... import tools
from ...errors import ToolFailed
from ...findings import Unverified
from ...messages import _
from ..budget import Budget

__all__ = ["ComposeError", "clean", "config"]

PROJECT = "dockerlab"
_MAX_MESSAGE = 1500
# A third of compose's time here is its garbage collector's: a run that takes milliseconds does without, up to a limit.
_GO = {"GOGC": "off", "GOMEMLIMIT": "128MiB"}
_CONTROL = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LOG = re.compile(r"^time=\S+ level=(\w+) msg=\"?(.*?)\"?$")


class ComposeError(Exception):
    """Compose refuses the files. ``message`` is cleaned, but still the words of compose about a stranger's text."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def config(
    arguments: Sequence[str],
    options: Sequence[str],
    folder: Path,
    budget: Budget,
    on: str,
    *,
    env: Mapping[str, str] | None = None,
    root: Path | None = None,
) -> dict[str, Any]:
    """What ``compose ARGUMENTS config --format json OPTIONS`` prints, run in ``folder``, which is in ``root``.

    Raises :class:`ComposeError` where compose refuses the file ``on`` or what belongs to it, ``LimitExceeded`` where it
    does not come to an end, ``Unverified`` where there is no compose.
    """
    command = tools.compose_command()
    if command is None:
        raise Unverified(
            _("Docker Compose 2 or newer is not on this machine"),
            _("install Docker Compose, or: pip install 'pytest-dockerlab[tools]'"),
        )
    completed = budget.run(
        [*command, *arguments, "config", "--format", "json", *options],
        cwd=folder,
        env={
            # A submission may use any variable: it gets no value of ours, and compose gets nothing to start by name.
            "PATH": "",
            "LANG": "",
            "PWD": str(folder),
            "COMPOSE_EXPERIMENTAL_GIT_REMOTE": "false",
            "COMPOSE_EXPERIMENTAL_OCI_REMOTE": "false",
            **_GO,
            **(env or {}),
        },
        on=on,
    )
    if completed.returncode != 0:
        raise ComposeError(clean(completed.stderr, root or folder))
    try:
        loaded = json.loads(completed.stdout)
    except ValueError as error:
        raise ToolFailed(f"compose printed no JSON: {error}", command=completed.argv) from error
    if not isinstance(loaded, dict):
        raise ToolFailed("compose printed no project", command=completed.argv)
    return loaded


def clean(stderr: str, folder: Path) -> str:
    """Compose's words without warnings, control characters, our temporary paths, and without end."""
    lines = []
    for line in _CONTROL.sub("", stderr[: 10 * _MAX_MESSAGE].replace("\r", "")).split("\n"):
        logged = _LOG.match(line)
        if logged is None:
            lines.append(line)
        elif logged[1] in ("error", "fatal"):
            lines.append(logged[2])
    message = "\n".join(line for line in lines if line.strip())
    message = message.replace(f"{folder}{os.sep}", "").replace(str(folder), ".").strip()
    return message if len(message) <= _MAX_MESSAGE else message[:_MAX_MESSAGE] + " …"
