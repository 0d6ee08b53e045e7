"""Explanations on a page: of what is wrong, where the course shows all of it."""

from __future__ import annotations

from pytest_dockerlab.feedback import Feedback, Shown, ShownLevel
from pytest_dockerlab.report.page.explained import explanation

from ._results import finding, item, page, submission


def test_an_explanation_is_html_in_the_readers_language() -> None:
    english, russian = (explanation("docker-4/networks", language) for language in ("en", "ru"))
    assert english.startswith("<p><strong>What is checked.</strong>")
    assert russian != english
    assert "<h2>" not in english


def test_of_what_is_not_installed_here_there_is_none() -> None:
    assert explanation("nobodys-homework/x", "en") == ""
    assert explanation("docker-4/nothing", "en") == ""


def test_it_stands_where_something_is_wrong_and_all_of_it_is_shown() -> None:
    def has(name: str, verdict: str, level: ShownLevel = ShownLevel.FULL) -> bool:
        wrong = submission(item(name, verdict, findings=[finding()] if verdict == "failed" else []))
        return "What is checked." in page(wrong, language="en", shown=Shown(Feedback(level))).html

    assert has("networks", "failed")
    assert not has("networks", "passed")
    assert not has("networks", "failed", ShownLevel.OWN_OUTPUT)
