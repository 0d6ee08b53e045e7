"""What the log of a job says: who ran it, on which machine, how it ended, and which tests it ran.

A log is hostile text: whatever a job prints is in it. It is read up to a limit, by expressions that do not backtrack,
and what is taken out of it is short and has no control characters.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from ..messages import excerpt

__all__ = ["MAX_LENGTH", "JobLog", "Outcome", "TestSummary", "plain", "read_log"]

MAX_LENGTH = 8 * 1024 * 1024
"""Characters: twice what a runner writes unless it is told otherwise (``output_limit``)."""
_MAX_SUMMARIES = 100
_MAX_COMMANDS = 1000

# What a runner puts before every line (FF_TIMESTAMPS); with "+" the line before goes on.
_TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,9}Z [0-9a-f]{2}[OE]"
_CONTINUED = re.compile(rf"\n{_TIME}\+")
_TIMED = re.compile(rf"^{_TIME}[ +]", re.MULTILINE)
_SECTION = re.compile(r"section_(?:start|end):\d{1,20}:[\w.:-]{1,200}+(?:\[[^\]\r\n]{0,400}+\])?\r?")
_ESCAPE = re.compile(
    r"\x1b\[[0-?]*+[ -/]*+[@-~]?"  # colours, and where the cursor goes
    r"|\x1b[\]PX^_][^\x07\x1b\n]*+(?:\x07|\x1b\\)?"  # titles, links
    r"|\x1b[ -/]*+[0-~]?"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]++")
_RETURN = re.compile(r"\r++\n?")
_COMMAND = re.compile(r"\x1b\[32;1m\$ ([^\n\x1b]{1,4000})")
"""A line of a job's script, as the runner shows it before it is run."""

_VERSION = re.compile(r"^Running with gitlab-(?:ci-multi-)?runner (\S{1,60})", re.MULTILINE)
_RUNNER = re.compile(r"^  on ([^\n]{1,300}?) ([\w-]{1,40})(?:, system ID: \S{1,60})?$", re.MULTILINE)
_EXECUTOR = re.compile(r'^Preparing the "([\w+-]{1,40})" executor', re.MULTILINE)
_HOST = re.compile(r"^Running on \S{1,300} via (\S{1,300})\.\.\.", re.MULTILINE)
_INSTANCE = re.compile(r"^Instance (\S{1,300}) connected", re.MULTILINE)
_DIALED = re.compile(r"^Dialing instance ([^\s,]{1,300}?)(?:,[^\n]{0,200})?\.\.\.$", re.MULTILINE)
_OUTCOME = re.compile(r"^(?:Job succeeded|ERROR: Job failed([^\n]{0,300}))", re.MULTILINE)
_LIMIT = re.compile(r"^Job's log exceeded limit of \d+ bytes", re.MULTILINE)

_NUMBER = r"(?<![\w.])(\d{1,9})"
_ASSERTIONS = re.compile(
    rf"{_NUMBER} (run|test)s?, \d{{1,9}} assertions?, (\d{{1,9}}) failures?, (\d{{1,9}}) errors?"
    r"(?:, (\d{1,9}) (skip|pending)s?(?:, (\d{1,9}) omissions?(?:, \d{1,9} notifications?)?)?)?"
)
_EXAMPLES = re.compile(
    rf"{_NUMBER} examples?, (\d{{1,9}}) failures?(?:, (\d{{1,9}}) pending)?(?:, (\d{{1,9}}) errors? occurred)?"
)
_PASSED = re.compile(
    r"(?<![\w.])(?:no tests ran|\d{1,9} (?:passed|failed|skipped|deselected|x?failed|xpassed|errors?|warnings?|rerun)"
    r"(?:, \d{1,9} (?:passed|failed|skipped|deselected|xfailed|xpassed|errors?|warnings?|rerun)){0,9}) in \d"
)
_RAN = re.compile(r"(?<![\w.])Ran (\d{1,9}) tests? in \d[\d.]{0,20}s\s{1,8}(?:OK|FAILED \((?:[a-z]{1,20}=(\d{1,9}))?)?")
_SCENARIOS = re.compile(rf"{_NUMBER} scenarios? \((?:(\d{{1,9}}) failed)?")
_COUNT = re.compile(r"(\d{1,9}) ([a-z]+)")


class Outcome(StrEnum):
    """How a runner says that a job ended."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    SYSTEM_FAILURE = "system failure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class TestSummary:
    """The line with which tests end: how many ran, and how many of these failed or had an error."""

    __test__ = False  # for pytest it looks like a class of tests

    tool: str
    run: int
    failed: int
    text: str


@dataclass(frozen=True, slots=True)
class JobLog:
    """What a job's log says; ``None`` for what it does not. The texts are bounded and printable."""

    runner_version: str | None
    runner_name: str | None
    short_token: str | None
    executor: str | None
    """As runners from 12.9 on name it: ``docker+machine``, ``docker-autoscaler``, ``docker``."""
    host: str | None
    """Where the containers ran: the machine of docker+machine, else the runner's own host."""
    instance: str | None
    """The machine of docker-autoscaler and of instance."""
    outcome: Outcome
    tests: tuple[TestSummary, ...]
    is_whole: bool
    """Whether the end is there: neither we nor the runner cut it."""


def plain(text: str) -> str:
    """The text without colours, sections, times and control characters; a carriage return ends a line."""
    text = _TIMED.sub("", _CONTINUED.sub("", text))
    text = _SECTION.sub("\n", text)
    return _CONTROL.sub("", _RETURN.sub("\n", _ESCAPE.sub("", text)))


def read_log(text: str, *, is_whole: bool = True) -> JobLog:
    """What the log says. Of one longer than :data:`MAX_LENGTH` only the beginning is read."""
    is_whole = is_whole and len(text) <= MAX_LENGTH
    text = text[:MAX_LENGTH]
    readable = plain(text)
    runner = _RUNNER.search(readable)
    endings = list(itertools.islice(_OUTCOME.finditer(readable), _MAX_SUMMARIES))
    return JobLog(
        runner_version=_first(_VERSION, readable),
        runner_name=excerpt(runner[1]) if runner else None,
        short_token=excerpt(runner[2]) if runner else None,
        executor=_first(_EXECUTOR, readable),
        host=_first(_HOST, readable),
        instance=_first(_INSTANCE, readable) or _first(_DIALED, readable),
        outcome=_outcome(endings[-1]) if endings else Outcome.UNKNOWN,
        tests=tuple(itertools.islice(_summaries(text, readable), _MAX_SUMMARIES)),
        is_whole=is_whole and _LIMIT.search(readable) is None,
    )


def _first(expression: re.Pattern[str], text: str) -> str | None:
    found = expression.search(text)
    return excerpt(found[1]) if found else None


def _outcome(ending: re.Match[str]) -> Outcome:
    if ending[1] is None:
        return Outcome.SUCCEEDED
    if ending[1].startswith(" (system failure)"):
        return Outcome.SYSTEM_FAILURE
    return Outcome.CANCELED if ending[1].startswith(": canceled") else Outcome.FAILED


def _summaries(text: str, readable: str) -> Iterator[TestSummary]:
    """What tests say; what a command says that only echoes it is none."""
    commands = "\n".join(found[1] for found in itertools.islice(_COMMAND.finditer(text), _MAX_COMMANDS))
    for expression, read in (
        (_ASSERTIONS, _assertions),
        (_EXAMPLES, _examples),
        (_PASSED, _passed),
        (_RAN, lambda found: _others("unittest", found)),
        (_SCENARIOS, lambda found: _others("cucumber", found)),
    ):
        for found in expression.finditer(readable):
            if found[0] not in commands:
                yield read(found)


def _assertions(found: re.Match[str]) -> TestSummary:
    tests, kind, failures, errors, skips, skipping, omissions = found.groups(default="0")
    tool = "test-unit" if skipping == "pending" else "minitest" if kind == "run" or skipping == "skip" else "test-unit"
    run = max(int(tests) - int(skips) - int(omissions), 0)
    return TestSummary(tool, run, int(failures) + int(errors), found[0])


def _examples(found: re.Match[str]) -> TestSummary:
    examples, failures, pending, errors = (int(each) for each in found.groups(default="0"))
    return TestSummary("rspec", max(examples - pending, 0), failures + errors, found[0])


def _passed(found: re.Match[str]) -> TestSummary:
    counts = {word.rstrip("s"): int(number) for number, word in _COUNT.findall(found[0])}
    failed = counts.get("failed", 0) + counts.get("error", 0)
    run = counts.get("passed", 0) + failed + counts.get("xfailed", 0) + counts.get("xpassed", 0)
    return TestSummary("pytest", run, failed, found[0].removesuffix(" in " + found[0][-1]))


def _others(tool: str, found: re.Match[str]) -> TestSummary:
    run, failed = (int(each) for each in found.groups(default="0"))
    return TestSummary(tool, run, failed, excerpt(found[0]))
