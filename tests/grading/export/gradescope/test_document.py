"""Gradescope's results.json, by its specification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pytest_dockerlab.feedback import Feedback, ShownLevel
from pytest_dockerlab.grading.export.gradescope.document import document_of
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides
from pytest_dockerlab.messages import Message
from pytest_dockerlab.results import ItemResult, Verdict

from ..._results import failed, graded, item

VISIBILITIES = ("hidden", "after_due_date", "after_published", "visible")
FORMATS = ("text", "html", "simple_format", "md", "ansi")
NUMBER = (int, float)
OF_ALL = {
    "score": NUMBER, "execution_time": NUMBER, "output": str, "visibility": VISIBILITIES, "extra_data": dict,
    "stdout_visibility": VISIBILITIES, "output_format": FORMATS, "test_output_format": FORMATS,
    "test_name_format": FORMATS, "tests": list, "leaderboard": list,
}  # fmt: skip
OF_A_TEST = {
    "score": NUMBER, "max_score": NUMBER, "status": ("passed", "failed"), "name": str, "name_format": FORMATS,
    "number": str, "output": str, "output_format": FORMATS, "tags": list, "visibility": VISIBILITIES,
    "extra_data": dict,
}  # fmt: skip


def broken_rules(data: dict[str, Any]) -> Iterator[str]:
    for rules, part in [(OF_ALL, data), *((OF_A_TEST, test) for test in data["tests"])]:
        for name, value in part.items():
            rule: Any = rules.get(name, ())
            is_choice = isinstance(rule, tuple) and bool(rule) and isinstance(rule[0], str)
            if not (value in rule if is_choice else isinstance(value, rule)):
                yield f"{name}: {value!r}"
    if "score" not in data and not all("score" in test for test in data["tests"]):
        yield "no score"


def made(
    *items: ItemResult, overrides: Overrides | None = None, feedback: Feedback | None = None, is_past: bool = False
) -> dict[str, Any]:
    row = graded("submission", *items)
    gradebook = make_gradebook([row], overrides or Overrides(), "en")
    [entry] = gradebook.rows
    found = document_of(gradebook, entry, row, feedback or Feedback(), is_past=is_past)
    assert list(broken_rules(found)) == []
    assert found["score"] == entry.total
    assert sum(test.get("score", 0) for test in found["tests"]) == entry.total
    assert sum(test.get("max_score", 0) for test in found["tests"]) == entry.verified_maximum
    return found


def state(test: dict[str, Any]) -> tuple[object, object, object]:
    return test.get("score"), test.get("max_score"), test.get("status")


@pytest.mark.parametrize(
    ("result", "wanted"),
    [
        (item("networks", max_points=2.0, points=2.0), (2.0, 2.0, "passed")),
        (failed("networks", "none"), (0.0, 1.0, "failed")),
        (item("networks", level="optional"), (1.0, 0, "passed")),
        (failed("networks", "none", level="optional"), (None, None, None)),
        (item("networks", "not attempted", level="optional"), (None, None, None)),
        (item("networks", "advised", level="advisory"), (None, None, None)),
        (item("networks", "unverified"), (None, None, None)),
        (item("networks", "error"), (None, None, None)),
        (failed("none-lab", "x", kind="lab"), (None, None, "failed")),
    ],
)
def test_two_states_and_none(result: ItemResult, wanted: tuple[object, ...]) -> None:
    assert state(made(result)["tests"][0]) == wanted


def test_numbers_texts_and_what_else_stands_there() -> None:
    found = made(
        item("networks"), failed("aliases", "none\x1b[2J"), item("tags", "unverified", reason=Message("no git"))
    )
    networks, aliases, tags = found["tests"]
    assert [each["number"] for each in found["tests"]] == ["17.1", "17.2", "17.3"]
    assert networks["name"] == "docker-4/networks: networks is right"
    assert "output" not in networks
    assert aliases["output"].splitlines() == [
        "failed",
        "docker-compose.yml:3",
        "  found: none\\x1b[2J",
        "  expected: aliases is right",
        "  to do: say it otherwise",
    ]
    assert tags["output"] == "unverified\n  why: no git"
    assert aliases["tags"] == ["failed", "required", "files"]
    assert found["output"] == ("Score: 1 of 2 verified, 3 in all\nnot final: not every required item could be verified")
    assert found["extra_data"]["commits"] == {"docker-4": "c" * 40}


def test_items_that_say_the_same_each_say_it() -> None:
    """A page folds them."""
    alike = [item(id, "unverified", reason=Message("no git")) for id in ("tags", "env")]
    assert [test["output"] for test in made(*alike)["tests"]] == ["unverified\n  why: no git"] * 2


def test_what_waits_for_the_deadline_waits_in_gradescope() -> None:
    feedback = Feedback(ShownLevel.VERDICT_ONLY, ShownLevel.FULL, hidden=frozenset({"docker-4/aliases"}))
    items = failed("networks", "none"), failed("aliases", "none")
    found = made(*items, feedback=feedback)
    assert found["output"] == "the score is shown after the deadline", "Gradescope shows none by itself"
    networks, aliases = found["tests"]
    assert "visibility" not in networks
    assert networks["output"] == "failed"
    assert aliases["visibility"] == "after_due_date"
    assert "found: none" in aliases["output"]
    networks, aliases = made(*items, feedback=feedback, is_past=True)["tests"]
    assert "visibility" not in aliases
    assert "found: none" in networks["output"]


def test_no_more_is_shown_than_the_course_shows() -> None:
    levels = {"docker-4/aliases": ShownLevel.VERDICT_ONLY, "docker-4/tags": ShownLevel.OWN_OUTPUT}
    found = made(*(failed(id, "none") for id in ("aliases", "tags", "env")), feedback=Feedback(items=levels))
    aliases, tags, env = (test.get("output", "") for test in found["tests"])
    assert aliases == "failed"
    assert "found: none" in tags
    assert "to do" not in tags
    assert "to do: say it otherwise" in env


def test_what_a_person_decided_counts() -> None:
    override = Override(Verdict.PASSED, None, "shown in class", "N. N.", "")
    found = made(failed("networks", "none"), overrides=Overrides({("submission", "docker-4/networks"): override}))
    assert state(found["tests"][0]) == (1.0, 1.0, "passed")
    assert "decided by hand: shown in class (N. N.)\nthe check said: failed" in found["tests"][0]["output"]
