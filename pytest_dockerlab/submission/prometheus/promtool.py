"""Runs promtool, on files that are only ours: nothing that a configuration names is read, and nobody is asked."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ... import tools
from ...errors import DockerlabError, ToolFailed
from ...findings import Finding, Location
from ...messages import _, excerpt
from ..budget import Budget
from ..text.yamldoc import Key, YamlDoc
from .copies import Copy, write
from .structure import NEWER

__all__ = ["Promtool", "Version", "version_of"]

Version = tuple[int, int, int]

_VERSION = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?:\.(\d{1,4}))?")
_FAILED = re.compile(r"^\s*FAILED: (?:parsing YAML file \S+: )?", re.MULTILINE)
_AT_LINE = re.compile(r"^\s*line (\d{1,9}): (.+)$", re.MULTILINE)
_UNKNOWN = re.compile(r"field (\S+) not found in type")
_QUOTED = re.compile(r"[\"`]([^\"`]{1,300})[\"`]")
# Files of rules and of further jobs would be read, and what is wrong in them shown.
_LEFT_OUT = frozenset({"rule_files", "scrape_config_files"})
_SECONDS = ("150ms", "1s", "4s")
"""How long promtool waits for targets: those of static_configs are there at once, and it waits on all the same."""


class Promtool:
    """promtool as it is on this machine, and what is left of the submission's budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    @staticmethod
    def is_here() -> bool:
        """Whether there is one."""
        return tools.find("promtool") is not None

    def problems(self, doc: YamlDoc, theirs: Version | None) -> list[Finding] | None:
        """Why promtool refuses the configuration; ``None`` where it is too old to say.

        ``theirs`` is the version that the configuration is for, ``None`` the newest: what only that one knows is not
        held against the student.
        """
        root = doc.root
        if root is None:
            return []
        newer: frozenset[Key] = frozenset()
        for _attempt in range(3):
            copy = write(root, lambda path: path[0] in _LEFT_OUT or path[-1] in newer)  # noqa: B023 - called at once
            said = self._check(copy, doc.path)
            if said is None:
                return []
            if "unknown long flag" in said or "unknown command" in said:
                return None
            unknown = {name for name in _UNKNOWN.findall(said) if name in NEWER or name.endswith("_sd_configs")}
            if theirs is not None and theirs <= (own_version() or (0, 0, 0)):
                unknown = set()
            if not unknown - newer:
                return list(_findings(said, copy, doc))
            newer |= unknown
        return None

    def _check(self, copy: Copy, on: str) -> str | None:
        with tempfile.TemporaryDirectory(prefix="dockerlab-promtool-") as folder:
            Path(folder, "prometheus.yml").write_text(copy.text, "utf-8", newline="\n")
            done = self._budget.run(
                ["promtool", "check", "config", "--syntax-only", "prometheus.yml"], cwd=Path(folder), on=on
            )
        if done.returncode == 0:
            return None
        if not done.stderr.strip():
            raise ToolFailed(f"promtool returned {done.returncode}", command=done.argv, stdout=done.stdout[:2000])
        return done.stderr

    def relabelled(self, configuration: str, job: str, count: int, on: str) -> list[Mapping[str, Mapping[str, str]]]:
        """What promtool makes of a job's static targets: ``discoveredLabels`` and ``labels`` of each.

        :param configuration: a text of ours, with this job.
        :param count: how many targets it has: promtool is asked again, with more time, where it says of none.
        """
        found: list[Mapping[str, Mapping[str, str]]] = []
        with tempfile.TemporaryDirectory(prefix="dockerlab-promtool-") as folder:
            Path(folder, "prometheus.yml").write_text(configuration, "utf-8", newline="\n")
            for wait in _SECONDS:
                command = ["promtool", "check", "service-discovery", f"--timeout={wait}", "prometheus.yml", job]
                done = self._budget.run(command, cwd=Path(folder), on=on)
                if done.returncode != 0:
                    raise ToolFailed(
                        f"promtool returned {done.returncode}", command=done.argv, stderr=done.stderr[:2000]
                    )
                found = _results(done.stdout)
                if found or not count:
                    break
        return found


@functools.cache
def own_version() -> Version | None:
    """The version of this machine's promtool."""
    try:
        done = tools.run(["promtool", "--version"], timeout=20)
    except DockerlabError:
        return None
    return version_of((done.stdout or done.stderr).partition("version")[2].strip())


def version_of(text: str | None) -> Version | None:
    """The version that a tag or an output begins with: ``v2.1.0`` and ``2.1``; ``None`` for ``latest`` and the like."""
    match = _VERSION.match(text or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None


def _results(text: str) -> list[Mapping[str, Mapping[str, str]]]:
    try:
        loaded: Any = json.loads(text)
    except ValueError as error:
        raise DockerlabError(f"promtool's answer cannot be read: {error}", stdout=text[:2000]) from error
    return [each for each in loaded or [] if isinstance(each, dict)]


def _findings(said: str, copy: Copy, doc: YamlDoc) -> Iterator[Finding]:
    """promtool's words, which are text that nobody vouches for, each at its line where that can be told."""
    said = _FAILED.sub("", said).replace("prometheus.yml: ", "")
    at_lines = _AT_LINE.findall(said)
    for line, why in at_lines:
        yield _finding(why, Location(doc.path, copy.origin(int(line))))
    if not at_lines:
        yield _finding(said, _place(said, doc))


def _finding(why: str, at: Location) -> Finding:
    return Finding(
        _("Prometheus takes the configuration"),
        excerpt(why.strip()),
        at,
        _("correct it at this place: promtool check config says what Prometheus would say"),
    )


def _place(said: str, doc: YamlDoc) -> Location:
    """The place of something that the words quote: the last job of that name, else the first text like it."""
    for quoted in _QUOTED.findall(said):
        lines = [each.line for each in doc.scalars() if each.text == quoted]
        if lines:
            return Location(doc.path, lines[-1])
    return Location(doc.path)
