"""Results as a run leaves them, made by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from pytest_dockerlab.figures import Reached, layers, networks
from pytest_dockerlab.findings import Excerpt, Finding, Location
from pytest_dockerlab.homework import Kind, Level, Tier
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.report.page.html import html
from pytest_dockerlab.report.page.markdown import markdown
from pytest_dockerlab.report.page.viewing import page_view
from pytest_dockerlab.results import ItemResult, SubmissionResult, Verdict

RUN: Mapping[str, Any] = {
    "schema": 1,
    "tool": {"name": "pytest-dockerlab", "version": "0", "python": "3", "pytest": "9", "platform": "Linux"},
    "course": "Spring",
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
    kind = values.pop("kind", Kind.SUBMISSION)
    return ItemResult(
        f"docker-4/{name}", f"title of {name}", kind, Level(level), Tier.FILES, Verdict(verdict), **values
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


def network_figure(mark: str = "", *, is_right: bool = True) -> dict[str, object]:
    """The homework's four services on two networks; ui reaches the database unless all is right."""
    ui, post, db, front, back = (f"{name}{mark}" for name in ("UI", "POST", "DB", "FRONT", "BACK"))
    return networks(
        [front, back],
        {ui: [front] if is_right else [front, back], post: [front, back], db: [back]},
        [
            Reached(ui, post, "yes", True, True),
            Reached(post, db, "yes", True, True),
            Reached(ui, db, "no" if is_right else "yes", False, is_right),
            Reached(db, ui, "no" if is_right else "yes", None, True),
        ],
        {f"HOST{mark}": "host"},
    )


def layer_figure(mark: str = "") -> dict[str, object]:
    """An image above its limit."""
    return layers({f"IMAGE{mark}": (10**8, [(8 * 10**7, f"FROM{mark}"), (4 * 10**7, f"RUN{mark}"), (5, "COPY")])})


def curves_of(mark: str = "") -> dict[str, object]:
    """Evidence with two series, one of which has a hole."""
    series = {f"SERIES{mark}": [(0, 1), (5, 0), (9, 1)], "other": [(0, 3.5), (3, None), (6, 2.0)]}
    return {"stopped": 4, "started": 8, "series": series}


def of_all_verdicts(mark: str = "") -> SubmissionResult:
    """One item of every kind that a page shows in a way of its own."""
    return submission(
        item(
            "wrong",
            "failed",
            findings=[finding(mark), finding(mark)],
            figures=[network_figure(mark, is_right=False), layer_figure(mark)],
        ),
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
        item(
            "right",
            "passed",
            evidence={
                f"NAME{mark}": {f"KEY{mark}": [f"VALUE{mark}", Message(f"MESSAGE{mark}")]},
                f"DRILL{mark}": curves_of(mark),
            },
            figures=[layer_figure(mark)],
        ),
        item("left", "not attempted", "optional", reason=_("there is none")),
        id=f"ivanov{mark}",
    )


class Page(NamedTuple):
    """The page of a submission in both its forms."""

    html: str
    markdown: str


def page(result: SubmissionResult, **options: Any) -> Page:
    view = page_view(result, RUN, **options)
    return Page(html(view), markdown(view))
