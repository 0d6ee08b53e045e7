"""Results as runs leave them, made by hand: for tests of what comes after the runs."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.grading.graded import Graded, Status
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import Message
from pytest_dockerlab.results import ItemResult, SubmissionResult, Verdict
from tests.report.page._results import RUN

__all__ = ["RUN", "failed", "graded", "item", "submission"]


def item(id: str, verdict: str = "passed", **fields: object) -> ItemResult:
    """One result of the item ``docker-4/<id>``; one that passed has its points."""
    level = Level(str(fields.pop("level", "required")))
    kind = Kind(str(fields.pop("kind", "submission")))
    maximum = 1.0 if kind is Kind.SUBMISSION and level is not Level.ADVISORY else 0.0
    given = {
        "id": f"docker-4/{id}",
        "title": f"{id} is right",
        "kind": kind,
        "level": level,
        "tier": Tier.FILES,
        "verdict": Verdict(verdict),
        "max_points": maximum,
        "points": maximum if verdict == "passed" else 0.0,
        **fields,
    }
    return ItemResult(**given)  # type: ignore[arg-type]


def failed(id: str, found: str, file: str = "docker-compose.yml", line: int = 3, **fields: object) -> ItemResult:
    """A result with one finding."""
    finding = Finding(None, found, Location(file, line), Message("say it otherwise"))
    return item(id, "failed", findings=[finding], **fields)


def submission(id: str, *items: ItemResult, commit: str = "c" * 40) -> SubmissionResult:
    """The results of one submission."""
    revision = {"commit": commit, "worktree": False, "why": "main"}
    return SubmissionResult(id, f"/repositories/{id}", {"docker-4": revision}, list(items), Tier.ENGINE)


def graded(id: str, *items: ItemResult, columns: Mapping[str, str] | None = None, **fields: object) -> Graded:
    """A row that was graded, or, without items and with a ``status``, one that was not."""
    cells = {"id": id, **(columns or {})}
    if not items:
        return Graded(id, cells, Status(str(fields.pop("status", "error"))), **fields)  # type: ignore[arg-type]
    return Graded(id, cells, Status.GRADED, submission(id, *items), RUN, **fields)  # type: ignore[arg-type]
