"""How much of it a student is shown: what is not shown is nowhere in what is written."""

from __future__ import annotations

import pytest

from pytest_dockerlab.feedback import Feedback, Shown, ShownLevel
from pytest_dockerlab.messages import _
from pytest_dockerlab.results import SubmissionResult

from ._results import finding, item, of_all_verdicts, page, submission

OWN = ("FOUND#", "PLACE#", "LINE#", "REASON#", "AWAY#", "NAME#", "KEY#", "VALUE#", "UI#", "RUN#", "SERIES#")
TEACHING = ("EXPECTED#", "HINT#", "REMEDY#", "must not", "at most 100.0 MB")
VERDICT_ONLY = Feedback(ShownLevel.VERDICT_ONLY)


def written(result: SubmissionResult, feedback: Feedback, past: tuple[str, ...] = ()) -> dict[str, str]:
    made = page(result, language="en", shown=Shown(feedback, past))
    return {"HTML": made.html, "Markdown": made.markdown}


def seen(texts: dict[str, str], kind: str = "HTML") -> set[str]:
    return {mark for mark in (*OWN, *TEACHING) if mark in texts[kind]}


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        (ShownLevel.FULL, {*OWN, *TEACHING}),
        (ShownLevel.OWN_OUTPUT, {*OWN}),
        (ShownLevel.VERDICT_ONLY, set()),
    ],
)
def test_a_level_shows_what_it_says(level: ShownLevel, shown: set[str]) -> None:
    texts = written(of_all_verdicts("#"), Feedback(level))
    assert seen(texts) == shown
    assert seen(texts, "Markdown") <= shown
    for text in texts.values():
        assert "title of wrong" in text
        assert "0 of 1" in text


def test_an_item_has_its_own_level_and_the_deadline_changes_it() -> None:
    feedback = Feedback(after_deadline=ShownLevel.FULL, items={"docker-4/wrong": ShownLevel.VERDICT_ONLY})
    result = submission(
        item("wrong", "failed", findings=[finding("#")]), item("other", "failed", findings=[finding("§")])
    )
    before, after = written(result, feedback), written(result, feedback, ("docker-4",))
    assert seen(before) == set()
    assert "HINT§" in before["HTML"]
    assert "HINT#" in after["HTML"]
    assert seen(written(result, feedback, ("docker-3",))) == set(), "the deadline of another homework"


def test_of_what_is_hidden_not_even_the_verdict_can_be_told() -> None:
    """The pages are the same, sign by sign, whatever came of it and of what stands under it."""
    reason = _("it depends on {item}", item="docker-4/secret")
    under = item("under", "unverified", because_of="docker-4/secret", reason=reason)
    results = [
        submission(item("known", "passed"), secret, below)
        for secret, below in (
            (item("secret", "passed", evidence={"NAME#": "VALUE#"}), item("under", "passed")),
            (item("secret", "passed"), item("under", "failed", findings=[finding("#")])),
            (item("secret", "failed", findings=[finding("#")]), under),
            (item("secret", "unverified", reason=_("REASON#")), under),
            (item("secret", "error", reason=_("REASON#")), under),
        )
    ]
    feedback = Feedback(hidden=frozenset({"docker-4/secret", "docker-4/under"}))
    for kind in ("HTML", "Markdown"):
        pages = {written(result, feedback)[kind] for result in results}
        assert len(pages) == 1
        assert "title of secret" in pages.pop()
        after = [written(result, feedback, ("docker-4",))[kind] for result in results]
        assert len(set(after)) == 5
        assert "shown after the deadline" not in "".join(after)


def test_what_stands_under_a_hidden_item_is_hidden_with_it() -> None:
    reason = _("it depends on {item}", item="docker-4/secret")
    under = item("under", "unverified", because_of="docker-4/secret", reason=reason)
    result = submission(item("known", "passed"), item("secret", "failed"), under)
    texts = written(result, Feedback(hidden=frozenset({"docker-4/secret"})))
    assert not any("it depends on" in text for text in texts.values())
