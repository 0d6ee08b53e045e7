"""Runs promtool, on files that are only ours: nothing that a configuration names is read, and nobody is asked."""

from __future__ import annotations

import functools
import json
import re
import tempfile
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any, NamedTuple

from ... import tools
from ...errors import DockerlabError, LimitExceeded, ToolFailed
from ...findings import Finding, Location, Unverified
from ...messages import _, excerpt
from ..budget import LIMITS, Budget
from ..text.yamldoc import Key, Node, YamlDoc
from .copies import Copy, write
from .structure import DISCOVERY
from .versions import Version, version_of

__all__ = ["Promtool", "own_version"]

_FAILED = re.compile(r"^[ \t]{0,20}FAILED: (?:parsing YAML file \S{1,200}: )?", re.MULTILINE)
_AT_LINE = re.compile(r"^[ \t]{0,20}line (\d{1,9}): (.+)$", re.MULTILINE)
_UNKNOWN = re.compile(r"field (\S+) not found in type")
# Relabelling leaves no address of it: promtool says so, and Prometheus takes the file and leaves the target out.
_UNSCRAPED = re.compile(r"instance \d+ in group ")
_QUOTED = re.compile(r"[\"`]([^\"`]{1,300})[\"`]")
_WHOLE = re.compile(r"\A\^\((?:\?s?:)?(.*)\)\$\Z", re.DOTALL)  # how Prometheus completes a regular expression
# Files of rules and of further jobs would be read, and what is wrong in them shown.
_LEFT_OUT = frozenset({"rule_files", "scrape_config_files"})
_SECONDS = ("150ms", "1s", "4s")
"""How long promtool waits for targets: those of static_configs are there at once, and it waits on all the same."""


class Answer(NamedTuple):
    """What promtool refuses, and the keys that it does not know and need not."""

    findings: list[Finding]
    unknown: Set[str]


class Promtool:
    """promtool as it is on this machine, and what is left of the submission's budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget

    @staticmethod
    def is_here() -> bool:
        """Whether there is one."""
        return tools.find("promtool") is not None

    def problems(self, doc: YamlDoc, tolerated: Set[str], *, is_other: bool) -> Answer | None:
        """Why promtool refuses the configuration; ``None`` where it has no such command.

        :param tolerated: keys that it need not know.
        :param is_other: whether the configuration is for a Prometheus of another kind than this promtool's: what kinds
            of service discovery there are is not held against the student then.
        """
        left_out: set[str] = set()
        if doc.root is None:
            return Answer([], left_out)
        are_targets_left_out = False
        while True:
            relabelled = _relabelled(doc.root) if are_targets_left_out else frozenset[Key]()
            copy = write(doc.root, functools.partial(_is_left_out, left_out, relabelled))
            said = self._check(copy, doc.path)
            if said is None:
                return Answer([], left_out)
            if "unknown long flag" in said or "unknown command" in said:
                return None
            if _UNSCRAPED.search(said) and not are_targets_left_out:
                are_targets_left_out = True
                continue
            unknown = set(_UNKNOWN.findall(said))
            # Debian's leaves out some kinds of service discovery.
            skipped = {each for each in unknown if each in tolerated or each in DISCOVERY}
            skipped |= {each for each in unknown if is_other and each.endswith("_sd_configs")}
            if not skipped - left_out:
                return Answer(list(_findings(said, copy, doc)), left_out)
            left_out |= skipped  # it says of the rest only when these are gone

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
        if not job.isprintable() or len(job) > LIMITS.value_characters:  # it becomes an argument
            raise LimitExceeded(_("a job_name that is too long, or no text"), at=Location(on))
        with tempfile.TemporaryDirectory(prefix="dockerlab-promtool-") as folder:
            Path(folder, "prometheus.yml").write_text(configuration, "utf-8", newline="\n")
            for wait in _SECONDS:
                command = ["promtool", "check", "service-discovery", f"--timeout={wait}", "--", "prometheus.yml", job]
                done = self._budget.run(command, cwd=Path(folder), on=on)
                if done.returncode != 0:  # as it is valid, only a newer one could read it
                    raise Unverified(
                        _("promtool does not take the job {job}: {why}", job=job, why=excerpt(done.stderr)),
                        _("install the promtool of the version that the Dockerfile names"),
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


def _is_left_out(names: Set[str], relabelled: Set[Key], path: tuple[Key, ...]) -> bool:
    is_target = len(path) == 3 and path[1] in relabelled and path[::2] == ("scrape_configs", "static_configs")
    return path[0] in _LEFT_OUT or path[-1] in names or is_target


def _relabelled(root: Node) -> frozenset[Key]:
    """The places of the jobs with relabelling."""
    jobs = root.get("scrape_configs")
    return frozenset(at for at, job in enumerate(jobs.children if jobs else ()) if job.get("relabel_configs"))


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
    for found in _QUOTED.findall(said):
        quoted = _WHOLE.sub(r"\1", found)
        lines = [each.line for each in doc.scalars() if each.text == quoted]
        if lines:
            return Location(doc.path, lines[-1])
    return Location(doc.path)
