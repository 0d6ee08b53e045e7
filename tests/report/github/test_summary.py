"""The summary of a step, read as GitHub reads Markdown: whole, inert, and never longer than there is room."""

from __future__ import annotations

import itertools

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import Kind
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.github.summary import summary
from pytest_dockerlab.report.page.viewing import page_view
from pytest_dockerlab.results import SubmissionResult
from tests.report.page._results import RUN, finding, item, network_figure, submission
from tests.report.page.test_page import HOSTILE, of_all_verdicts

_MIB = 1024 * 1024


def of(result: SubmissionResult, room: int = _MIB, language: str = "en") -> str:
    return summary(page_view(result, RUN, language=language), room)


def tokens(markdown: str) -> list[Token]:
    return MarkdownIt("commonmark").enable("table").parse(markdown)


def tables(markdown: str) -> list[list[list[str]]]:
    """The cells of each table, as text."""
    found: list[list[list[str]]] = []
    for before, token in itertools.pairwise(tokens(markdown)):
        if before.type == "table_open":
            found.append([])
        if before.type == "tr_open":
            found[-1].append([])
        if before.type in ("td_open", "th_open"):
            found[-1][-1].append("".join(child.content for child in token.children or []))
    return found


def test_every_item_has_its_row() -> None:
    table, *_others = tables(of(of_all_verdicts()))
    assert table[0] == ["", "item", "verdict", "why"]
    assert [row[1].partition(" ")[0].removeprefix("docker-4/") for row in table[1:]] == [
        "wrong", "bonus", "advice", "ours", "away", "under-it", "right", "left"
    ]  # fmt: skip
    assert [row[0] for row in table[1:]] == ["❌", "⚠️", "⚠️", "🔧", "❔", "❔", "✅", "⚪"]
    assert table[1][2:] == ["failed", "docker/PLACE.yml:12 – FOUND (and 1 more)"]


def test_a_file_that_is_itself_what_was_found_is_named_once() -> None:
    found = Finding(_("no .env is committed"), "docker/.env", Location("docker/.env"))
    ((_head, row), *_others) = tables(of(submission(item("env", "failed", findings=[found]))))
    assert row[3] == "docker/.env"


def test_the_score_says_what_it_is_worth() -> None:
    text = of(of_all_verdicts())
    assert "**Score: 1 of 2 verified, 5 in all** · not final: not every required item could be verified" in text
    assert "### To verify more\n" in text
    assert "- REMEDY (`docker-4/away`)" in text


def test_what_is_wrong_stands_there_in_full() -> None:
    text = of(submission(item("tag", "failed", findings=[finding()])))
    assert "`docker/PLACE.yml:12`" in text
    assert ">   12  LINE" in text
    assert "- **to do:** do HINT" in text
    assert "`dockerlab explain docker-4/tag`" in text


def test_in_russian() -> None:
    table, *_others = tables(of(of_all_verdicts(), language="ru"))
    assert table[0] == ["", "пункт", "вердикт", "почему"]


def test_items_that_say_the_same_share_a_row() -> None:
    labs = [item(f"lab-{at}", "passed", kind=Kind.LAB) for at in range(3)]
    table, *_others = tables(of(submission(*labs, item("right", "passed"))))
    assert [row[1] for row in table[1:]] == [
        "docker-4/right title of right",
        "items: 3 – docker-4/lab-0, docker-4/lab-1, docker-4/lab-2",
    ]


def test_who_reaches_whom_is_a_table() -> None:
    wrong = item("reachability", "failed", findings=[finding()], figures=[network_figure(is_right=False)])
    text = of(submission(wrong))
    assert tables(text)[1] == [
        ["", "UI", "POST", "DB"],
        ["UI", "", "→", "❌ reaches, and must not"],
        ["POST", "?", "", "→"],
        ["DB", "→", "?", ""],
    ]
    assert "From the row to the column: → reaches · ? not known" in text
    right = item("reachability", "passed", figures=[network_figure()])
    assert tables(of(submission(right)))[1][1] == ["UI", "", "→", "–"]


@pytest.mark.parametrize("hostile", [*HOSTILE, "| a | b", "\\| a", "`|`", "\\", "a\n| --- |"])
def test_text_of_a_submission_is_text(hostile: str) -> None:
    def made(mark: str) -> str:
        result = of_all_verdicts(mark)
        result.items.append(item("nets", "failed", findings=[finding(mark)], figures=[network_figure(mark)]))
        return of(result)

    plain, attacked = made(""), made(hostile)
    assert [each.type for each in tokens(attacked)] == [each.type for each in tokens(plain)], attacked
    assert [[len(row) for row in table] for table in tables(attacked)] == [
        [len(row) for row in table] for table in tables(plain)
    ]
    inline = {child.type for token in tokens(attacked) for child in token.children or []}
    assert inline <= {"text", "softbreak", "code_inline", "strong_open", "strong_close"}


@pytest.mark.parametrize("room", [_MIB, 100_000, 10_000, 1_000, 0])
def test_it_is_never_longer_than_there_is_room(room: int) -> None:
    huge = [
        item(f"huge-{at}", "failed", findings=[finding("я" * 3000) for _each in range(50)], reason=_("why"))
        for at in range(10)
    ]
    text = of(submission(*huge), room)
    assert len(text.encode()) <= max(room, 0)
    if room > 1_000:
        assert text.rstrip().endswith("*The rest has no room here. It is in the log"
                                      " and in results.json.*")  # fmt: skip
        fences = [token for token in tokens(text) if token.type == "fence"]
        assert all(fence.map is not None and "The rest" not in fence.content for fence in fences)


def test_nothing_is_left_out_where_there_is_room() -> None:
    assert "no room" not in of(of_all_verdicts())
