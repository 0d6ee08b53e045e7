"""``gitlab-runner lint``, of runner 19.3 and newer: what the program itself says of a configuration."""

from __future__ import annotations

import functools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ... import tools
from ...errors import DockerlabError
from ...messages import excerpt
from ..budget import Budget
from .configuration import RunnerConfiguration
from .tokens import holds_secret
from .versions import RunnerVersion, version_of

__all__ = ["Lint"]

_SINCE: RunnerVersion = (19, 3, 0)
_VERSION = re.compile(r"^Version:[ \t]{1,20}(\S{1,40})", re.MULTILINE)
_LOG = re.compile(r"^(?:(?:FATAL|ERROR): ?|time=\S{1,60} level=\w{1,10} msg=)", re.MULTILINE)
_MAX_WORDS = 2_000


class Lint:
    """The program as it is on this machine, and what is left of the submission's budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    @staticmethod
    def version() -> RunnerVersion | None:
        """The version of this machine's gitlab-runner, where that has ``lint``."""
        return _own_version()

    def problem(self, configuration: RunnerConfiguration) -> str | None:
        """Why the program refuses the configuration; ``None`` where it does not, and where a template fills it in.

        The words are nobody's that we trust, and none of the configuration's secrets is in them.
        """
        filled = configuration.doc.filled
        if filled.has_holes or filled.has_conditions or filled.is_elided:
            return None
        with tempfile.TemporaryDirectory(prefix="dockerlab-runner-") as folder:
            file = Path(folder, "config.toml")
            file.touch(mode=0o600)
            file.write_text(filled.text, "utf-8", newline="\n")
            done = self._budget.run(
                ["gitlab-runner", "lint", "--config", str(file)], cwd=Path(folder), on=configuration.path
            )
            if done.returncode == 0:
                return None
            said = (done.stderr.strip() or done.stdout.strip())[:_MAX_WORDS].replace(str(file), "config.toml")
        for secret in sorted(set(_secrets(configuration.doc.data)), key=len, reverse=True):
            said = said.replace(secret, "…")
        return excerpt(_LOG.sub("", said)) or str(done.returncode)


@functools.cache
def _own_version() -> RunnerVersion | None:
    if tools.find("gitlab-runner") is None:
        return None
    try:
        done = tools.run(["gitlab-runner", "--version"], timeout=20)
    except DockerlabError:
        return None
    found = _VERSION.search(done.stdout)
    version = version_of(found[1]) if found is not None else None
    return version if version is not None and version >= _SINCE else None


def _secrets(value: Any, is_secret: bool = False) -> Iterator[str]:
    """The texts of a configuration that nobody else may read."""
    if isinstance(value, str):
        if is_secret and len(value) > 3:
            yield value
    elif isinstance(value, list):
        for each in value:
            yield from _secrets(each, is_secret)
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from _secrets(each, is_secret or holds_secret(key))
