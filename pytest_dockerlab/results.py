"""What came of a run: verdicts, item results, scores, and results.json, from which everything else is made."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from typing import Any

from .findings import Excerpt, Finding, Location
from .homework import Kind, Level, Tier
from .messages import Message, from_json, text, to_json

__all__ = [
    "SCHEMA_VERSION",
    "Asked",
    "ItemResult",
    "Score",
    "SubmissionResult",
    "Verdict",
    "asked_for",
    "exit_code",
    "is_asked_for",
    "schema",
    "score",
]

SCHEMA_VERSION = 1


class Verdict(StrEnum):
    """What can be said of an item."""

    PASSED = "passed"
    FAILED = "failed"
    ADVISED = "advised"
    NOT_ATTEMPTED = "not attempted"
    UNVERIFIED = "unverified"
    ERROR = "error"

    @property
    def is_verified(self) -> bool:
        """Whether something about the submission is known by it."""
        return self in (Verdict.PASSED, Verdict.FAILED, Verdict.ADVISED, Verdict.NOT_ATTEMPTED)


@dataclass(slots=True)
class ItemResult:
    """What came of one item for one submission; a lab's result has no submission and is attached to each."""

    id: str
    title: str
    kind: Kind
    level: Level
    tier: Tier
    verdict: Verdict
    submission: str | None = None
    reason: Message | None = None
    remedy: Message | None = None
    because_of: str | None = None
    is_planned: bool = False
    points: float = 0.0
    max_points: float = 0.0
    findings: list[Finding] = field(default_factory=list)
    evidence: dict[str, object] = field(default_factory=dict)
    figures: list[Mapping[str, Any]] = field(default_factory=list)
    """What was measured, as data of pictures."""
    details: str | None = None
    duration: float = 0.0
    rehearsal: Message | None = None
    """Why it does not count, where what was asked was not the real thing."""
    digest: dict[str, str] | None = None
    """Of its check, and of what the course file sets for it: see :mod:`pytest_dockerlab.digests.items`."""

    @property
    def is_verified(self) -> bool:
        """Whether something about the submission is known by it."""
        return self.verdict.is_verified and self.rehearsal is None

    @property
    def fails(self) -> bool:
        """Whether this result alone fails the homework."""
        return self.verdict is Verdict.FAILED and self.level is Level.REQUIRED

    def to_json(self, language: str | None = None) -> dict[str, Any]:
        """The form of results.json; without a ``language`` the one that travels between our own processes."""
        data = self._data()
        if language is not None:
            data["text"] = {
                "title": text(Message(self.title), language),
                "reason": _text(self.reason, language),
                "remedy": _text(self.remedy, language),
                "evidence": {
                    name: {"name": text(Message(name), language), "value": text(value, language)}
                    for name, value in self.evidence.items()
                },
            }
            for finding, known in zip(data["findings"], self.findings, strict=True):
                finding["text"] = {
                    "expected": text(known.expected or Message(self.title), language),
                    "found": _text(known.found, language),
                    "hint": _text(known.hint, language),
                }
        return data

    def _data(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "title": self.title,
            "kind": str(self.kind),
            "level": str(self.level),
            "tier": str(self.tier),
            "verdict": str(self.verdict),
            "submission": self.submission,
            "reason": to_json(self.reason),
            "remedy": to_json(self.remedy),
            "because_of": self.because_of,
            "planned": self.is_planned,
            "points": self.points,
            "max_points": self.max_points,
            "findings": [_finding_to_json(finding) for finding in self.findings],
            "evidence": to_json(self.evidence),
            "details": self.details,
            "duration": round(self.duration, 3),
            **({"figures": to_json(self.figures)} if self.figures else {}),
            **({} if self.rehearsal is None else {"rehearsal": to_json(self.rehearsal)}),
            **({} if self.digest is None else {"digest": self.digest}),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ItemResult:
        """The reverse of :meth:`to_json`."""
        return cls(
            id=data["id"],
            title=data["title"],
            kind=Kind(data["kind"]),
            level=Level(data["level"]),
            tier=Tier(data["tier"]),
            verdict=Verdict(data["verdict"]),
            submission=data["submission"],
            reason=_message(data["reason"]),
            remedy=_message(data["remedy"]),
            because_of=data["because_of"],
            is_planned=data["planned"],
            points=data["points"],
            max_points=data["max_points"],
            findings=[_finding_from_json(finding) for finding in data["findings"]],
            evidence={name: from_json(value) for name, value in data["evidence"].items()},
            figures=list(data.get("figures", [])),
            details=data["details"],
            duration=data["duration"],
            rehearsal=_message(data.get("rehearsal")),
            digest=data.get("digest"),
        )


@dataclass(frozen=True, slots=True)
class Score:
    """Points of required items: earned, of those that were verified, of all; and of optional ones, as a bonus."""

    points: float
    verified_maximum: float
    maximum: float
    bonus: float
    is_final: bool

    def to_json(self) -> dict[str, Any]:
        """The form of results.json."""
        return {
            "points": self.points,
            "verified_maximum": self.verified_maximum,
            "maximum": self.maximum,
            "bonus": self.bonus,
            "final": self.is_final,
        }


@dataclass(slots=True)
class SubmissionResult:
    """The results of one submission, labs included."""

    id: str
    path: str
    revisions: dict[str, dict[str, object]]
    items: list[ItemResult]
    highest_tier: Tier

    @property
    def score(self) -> Score:
        """The score over all its items."""
        return score(self.items, self.highest_tier)

    def to_json(self, language: str) -> dict[str, Any]:
        """The form of results.json."""
        return {
            "id": self.id,
            "path": self.path,
            "revisions": {slug: _revision_to_json(each, language) for slug, each in self.revisions.items()},
            "score": self.score.to_json(),
            "items": [item.to_json(language) for item in self.items],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], highest_tier: Tier) -> SubmissionResult:
        """The reverse of :meth:`to_json`; ``highest_tier`` is the run's."""
        return cls(
            id=data["id"],
            path=data["path"],
            revisions={slug: _revision_from_json(each) for slug, each in data["revisions"].items()},
            items=[ItemResult.from_json(item) for item in data["items"]],
            highest_tier=highest_tier,
        )


def _revision_to_json(revision: Mapping[str, object], language: str) -> dict[str, object]:
    why = revision["why"]
    said = {"message": to_json(why)} if isinstance(why, Message) else {}
    return {**revision, "why": text(why, language), **said}


def _revision_from_json(data: Mapping[str, Any]) -> dict[str, object]:
    revision = dict(data)
    if (said := revision.pop("message", None)) is not None:
        revision["why"] = from_json(said)
    return revision


def score(items: Iterable[ItemResult], highest_tier: Tier) -> Score:
    """The score of a submission's items.

    Final only when nothing required at the asked tiers is unverified or in error: only then is what is missing the
    student's. Remote items count as asked for once their endpoint was given, so they never hold a score back, unless it
    is that of a fake: then it was a rehearsal.
    """
    results = list(items)
    required = [result for result in results if result.level is Level.REQUIRED and result.max_points]
    verified = [result for result in required if result.is_verified]
    asked = asked_for(results, highest_tier)
    return Score(
        points=sum(result.points for result in required),
        verified_maximum=sum(result.max_points for result in verified),
        maximum=sum(result.max_points for result in required),
        bonus=sum(result.points for result in results if result.level is not Level.REQUIRED),
        is_final=bool(asked)
        and all(result.is_verified for result in asked)
        and all(result.rehearsal is None for result in results),
    )


def asked_for(results: Iterable[ItemResult], highest_tier: Tier) -> list[ItemResult]:
    """The required ones that hold a score back until they are verified."""
    return [
        result
        for result in results
        if result.level is Level.REQUIRED and result.max_points and is_asked_for(result, highest_tier)
    ]


def is_asked_for(result: ItemResult, highest_tier: Tier) -> bool:
    """Whether it was to be verified; of what is remote nobody says so before it is."""
    return result.tier is not Tier.REMOTE and result.tier.within(highest_tier)


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: items by name, and homeworks, each by the ids of its items."""

    items: tuple[str, ...] = ()
    homeworks: tuple[tuple[str, ...], ...] = ()

    def is_answered_by(self, results: Iterable[ItemResult]) -> bool:
        """Whether every item that was named was looked at, and of every homework something that is required."""
        found = {each.id: each for each in results if each.verdict in _LOOKED_AT and each.is_verified}
        required = {id for id, each in found.items() if each.level is Level.REQUIRED and each.kind is Kind.SUBMISSION}
        return found.keys() >= set(self.items) and all(not required.isdisjoint(ids) for ids in self.homeworks)


_LOOKED_AT = (Verdict.PASSED, Verdict.FAILED, Verdict.ADVISED)


def exit_code(results: Sequence[ItemResult], *, strict: bool, highest_tier: Tier, asked: Asked) -> int:
    """pytest's exit code for a run with these results: 0, 1, 3 or 5 (2 and 4 never get as far as results).

    5 is for what must not be taken for 0: nothing that was asked for was looked at.
    """
    if any(result.fails for result in results):
        return 1
    if any(result.verdict is Verdict.ERROR for result in results):
        return 3
    unverified = [
        result for result in results if result.verdict is Verdict.UNVERIFIED and is_asked_for(result, highest_tier)
    ]
    if strict and unverified:
        return 1
    looked_at = [result for result in results if result.verdict in _LOOKED_AT and result.is_verified]
    if not any(result.kind is Kind.SUBMISSION for result in looked_at):
        return 5
    return 0 if asked.is_answered_by(results) else 5


def schema() -> dict[str, Any]:
    """The JSON Schema of results.json, as shipped."""
    loaded = json.loads(resources.files(__package__).joinpath("results.schema.json").read_text("utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def _message(value: object) -> Message | None:
    message = from_json(value)
    assert message is None or isinstance(message, Message)
    return message


def _text(value: object, language: str) -> str | None:
    return None if value is None else text(value, language)


def _finding_to_json(finding: Finding) -> dict[str, Any]:
    return {
        "expected": to_json(finding.expected),
        "found": to_json(finding.found),
        "file": finding.at.file if finding.at else None,
        "line": finding.at.line if finding.at else None,
        "hint": to_json(finding.hint),
        **({} if finding.lines is None else {"lines": _excerpt_to_json(finding.lines)}),
    }


def _excerpt_to_json(lines: Excerpt) -> dict[str, Any]:
    return {"first": lines.first, "text": list(lines.text)}


def _finding_from_json(data: Mapping[str, Any]) -> Finding:
    at = Location(data["file"], data["line"]) if data["file"] is not None else None
    lines = Excerpt(data["lines"]["first"], tuple(data["lines"]["text"])) if data.get("lines") else None
    return Finding(_message(data["expected"]), from_json(data["found"]), at, _message(data["hint"]), lines)
