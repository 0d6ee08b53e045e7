"""The errors of the library: one root, and fields instead of prose.

A check never raises these on purpose: what is wrong with a submission is a finding (``findings.py``). An error of this
module that reaches an item makes its verdict *error*, which is our trouble and never the student's.
"""

from __future__ import annotations

from collections.abc import Sequence

__all__ = [
    "ConfigurationError",
    "DockerlabError",
    "LimitExceeded",
    "RefusedPath",
    "ToolFailed",
    "ToolMissing",
    "ToolTimeout",
]


class DockerlabError(Exception):
    """The root of every error of this library.

    The fields say what was run and what came of it; those that do not apply are ``None``.
    """

    def __init__(
        self,
        message: str,
        *,
        command: Sequence[str] | None = None,
        returncode: int | None = None,
        stdout: str | None = None,
        stderr: str | None = None,
        host: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.command = tuple(command) if command is not None else None
        self.returncode = returncode
        self.stdout = stdout
        self.stderr = stderr
        self.host = host


class ConfigurationError(DockerlabError):
    """What the user asked for cannot be done as asked: an unknown homework, a bad course file, a missing folder."""


class ToolMissing(DockerlabError):
    """An outside program is not on this machine."""


class ToolFailed(DockerlabError):
    """An outside program ended in a way we did not expect."""


class ToolTimeout(DockerlabError):
    """An outside program was ended because it ran longer than its limit."""


class LimitExceeded(DockerlabError):
    """Something of a submission is larger, deeper or slower than the limit for it."""


class RefusedPath(DockerlabError):
    """A path of a submission leads out of the submission, or is nothing that can be read as a file."""
