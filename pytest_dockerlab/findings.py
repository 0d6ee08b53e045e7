"""What a check says: ``expect`` and ``require``, the findings they leave, and the ways to stop without a verdict.

Only a finding accuses the student. ``expect`` leaves one and goes on, ``require`` leaves one and stops the check.
:class:`NotAttempted` and :class:`Unverified` end a check that cannot or need not be decided; every other exception is
an error of ours.
"""

from __future__ import annotations

import contextlib
import contextvars
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from .messages import Message

__all__ = [
    "Collected",
    "Excerpt",
    "Finding",
    "Location",
    "Mismatch",
    "NotAttempted",
    "Unverified",
    "collecting",
    "draw",
    "expect",
    "note",
    "rehearse",
    "report",
    "require",
]


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in the submission: a path relative to its root with ``/``, and a line, from 1, where there is one."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Some lines of a file of the submission, the first of which has the number ``first``. They are hostile text."""

    first: int
    text: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong, at one place: what was expected, what was found, where, and what to do.

    ``expected`` is ``None`` where the item's title already says it. ``lines`` are those around the place: a report is
    made without the repository. The run adds them.
    """

    expected: Message | None = None
    found: object = None
    at: Location | None = None
    hint: Message | None = None
    lines: Excerpt | None = None


@dataclass(slots=True)
class Collected:
    """What a running check has said so far."""

    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, object] = field(default_factory=dict)
    figures: list[Mapping[str, object]] = field(default_factory=list)
    """What was measured, as reports draw it: each is one of ``figure`` in results.schema.json."""
    rehearsal: Message | None = None
    """Why what was asked does not count: what answered was not the real thing."""


class Mismatch(AssertionError):
    """A finding that stops the check. Raised by :func:`require`, and by :func:`expect` outside a check."""

    def __init__(self, finding: Finding) -> None:
        parts = (finding.expected, finding.found, finding.at, finding.hint)
        super().__init__("; ".join(str(part) for part in parts if part is not None))
        self.finding = finding


class _Stop(Exception):
    def __init__(self, reason: Message, remedy: Message | None = None) -> None:
        super().__init__(str(reason))
        self.reason = reason
        self.remedy = remedy
        self.because_of: str | None = None
        """The id of the item whose verdict is the cause, where one is."""


class NotAttempted(_Stop):
    """An optional item that the submission does not have."""


class Unverified(_Stop):
    """The item cannot be decided here. ``reason`` says what is missing, ``remedy`` how to supply it."""

    def __init__(
        self,
        reason: Message,
        remedy: Message | None = None,
        *,
        told_by: str | None = None,
        at: Location | None = None,
        findings: Sequence[Finding] = (),
    ) -> None:
        """What stops it may be a fault of the submission, about which the item ``told_by`` has a finding.

        Where that is in the same run and failed, this one is folded under it: one fault, one message. Else nobody else
        says it, and it is this item's: the ``findings``, or one made of the reason, the place ``at`` and the remedy.
        ``told_by`` is one of the check's own: ``@check(…, told_by=[…])``.
        """
        super().__init__(reason, remedy)
        self.because_of = told_by
        self.findings = tuple(findings) or (Finding(None, reason, at, remedy),)


_current: contextvars.ContextVar[Collected | None] = contextvars.ContextVar("dockerlab_collected", default=None)


@contextlib.contextmanager
def collecting(collected: Collected | None = None) -> Iterator[Collected]:
    """Collect what the code inside says with :func:`expect` and :func:`note`, in ``collected`` if given."""
    collected = Collected() if collected is None else collected
    token = _current.set(collected)
    try:
        yield collected
    finally:
        _current.reset(token)


def expect(
    condition: object,
    expected: Message | None = None,
    *,
    found: object = None,
    at: Location | None = None,
    hint: Message | None = None,
) -> bool:
    """Leave a finding unless ``condition`` holds; the check goes on. Returns whether it held.

    Outside a check (in a test of somebody else's, say) there is nowhere to leave it, and :class:`Mismatch` is raised.
    """
    if not condition:
        report([Finding(expected, found, at, hint)])
    return bool(condition)


def report(findings: Iterable[Finding]) -> None:
    """Leave findings that a rule has made, as :func:`expect` does; the check goes on."""
    collected = _current.get()
    for finding in findings:
        if collected is None:
            raise Mismatch(finding)
        collected.findings.append(finding)


def require(
    condition: object,
    expected: Message | None = None,
    *,
    found: object = None,
    at: Location | None = None,
    hint: Message | None = None,
) -> None:
    """Raise :class:`Mismatch` with a finding unless ``condition`` holds: nothing after it would make sense."""
    if not condition:
        raise Mismatch(Finding(expected, found, at, hint))


def note(name: str, value: object) -> None:
    """Keep a fact as evidence of the item: shown with ``-v`` and written to results.json. Never decides anything."""
    collected = _current.get()
    if collected is not None:
        collected.evidence[name] = value


def draw(figure: Mapping[str, object]) -> None:
    """Keep what was measured as the data of a picture, in the form that results.schema.json has for its ``kind``."""
    collected = _current.get()
    if collected is not None:
        collected.figures.append(figure)


def rehearse(why: Message) -> None:
    """Say that what answers is not the real thing: whatever comes of the item is shown, and never counts."""
    collected = _current.get()
    if collected is not None:
        collected.rehearsal = why
