"""Results as a run leaves them, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_dockerlab.findings import Excerpt, Finding, Location
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.results import ItemResult, SubmissionResult, Verdict

RUN: Mapping[str, Any] = {
    "schema": 1,
    "tool": {"name": "pytest-dockerlab", "version": "0", "python": "3", "pytest": "9", "platform": "Linux"},
    "course": "a course",
    "language": "en",
    "homework": [{"slug": "docker-4", "number": 17, "title": "networks, docker-compose"}],
    "tier": "engine",
    "strict": False,
    "partial": False,
    "docker_host": None,
    "start": "2026-11-29T07:00:00+00:00",
    "duration": 1.0,
    "exit": 0,
}


def item(name: str, verdict: str, level: str = "required", **fields: Any) -> ItemResult:
    points = 1.0 if level != "advisory" else 0.0
    values: dict[str, Any] = {
        "points": points if verdict == "passed" else 0.0,
        "max_points": points,
        "submission": "s",
        **fields,
    }
    return ItemResult(
        f"docker-4/{name}", f"title of {name}", Kind.SUBMISSION, Level(level), Tier.FILES, Verdict(verdict), **values
    )


def finding(mark: str = "") -> Finding:
    """A finding with a text of its own in every place, each of which has the ``mark``."""
    return Finding(
        _("expected {what}", what=f"EXPECTED{mark}"),
        [f"FOUND{mark}"],
        Location(f"docker/PLACE{mark}.yml", 12),
        _("do {what}", what=f"HINT{mark}"),
        Excerpt(10, ("one", "two", f"LINE{mark}", "four")),
    )


def submission(*items: ItemResult, id: str = "ivanov") -> SubmissionResult:
    revisions: dict[str, dict[str, object]] = {"docker-4": {"commit": "a" * 40, "worktree": False, "why": "HEAD"}}
    return SubmissionResult(id, "/machine/of/ours", revisions, list(items), Tier.ENGINE)


def of_all_verdicts(mark: str = "") -> SubmissionResult:
    """One item of every kind that a page shows in a way of its own."""
    return submission(
        item("wrong", "failed", findings=[finding(mark), finding(mark)]),
        item("bonus", "failed", "optional", findings=[finding(mark)]),
        item("advice", "advised", "advisory", findings=[finding(mark)]),
        item("ours", "error", reason=_("{why}", why=f"REASON{mark}"), details="Traceback of ours"),
        item("away", "unverified", reason=_("{why}", why=f"AWAY{mark}"), remedy=_("{what}", what=f"REMEDY{mark}")),
        item(
            "under-it",
            "unverified",
            reason=_("it depends on {item}", item="docker-4/wrong"),
            because_of="docker-4/wrong",
        ),
        item("right", "passed", evidence={f"NAME{mark}": {f"KEY{mark}": [f"VALUE{mark}", Message(f"MESSAGE{mark}")]}}),
        item("left", "not attempted", "optional", reason=_("there is none")),
        id=f"ivanov{mark}",
    )
