"""The page as a browser shows it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.model import Gradebook
from pytest_dockerlab.grading.gradebook.overrides import Overrides
from pytest_dockerlab.grading.gradebook.page.page import gradebook_html
from tests.browser import Pages, violations

from .._results import failed, graded, item
from ._books import HOSTILE, of_everything

if TYPE_CHECKING:
    from playwright.sync_api import Page

    Open = Callable[..., Page]

PATIENCE = 30_000
"""Milliseconds. By assertions, and not by ``wait_for_function``: the page's policy lets nobody evaluate text in it."""


@pytest.fixture
def show(pages: Pages, tmp_path: Path) -> Open:
    """Opens the page of a gradebook."""

    def open(book: Gradebook, **how: object) -> Page:
        path = tmp_path / "gradebook.html"
        path.write_text(gradebook_html(book, lambda id: f"pages/{id}.html"), "utf-8")
        return pages.open(path, **how)  # type: ignore[arg-type]

    return open


def many(count: int) -> Gradebook:
    """Every third has failed b, and their names are not in the order of the roster."""
    rows = [
        graded(
            f"id{at:05}",
            item("a"),
            failed("b", "nothing") if at % 3 == 0 else item("b"),
            columns={"name": f"Name {(at * 7919) % count:05}", "group": f"group-{at % 2}"},
        )
        for at in range(count)
    ]
    return make_gradebook(rows, Overrides(), "en")


def cells(page: Page, at: int) -> list[str]:
    """What stands in the row."""
    return [each.inner_text() for each in page.locator("tbody tr[data-at]").nth(at).locator("th, td").all()]


def names(page: Page) -> list[str]:
    return [name.partition("\n")[0] for name in page.locator("tbody th.name a").all_inner_texts()]


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"width": 400}, {"media": "print"}], ids=str)
def test_axe_has_nothing_against_it(show: Open, how: dict[str, object]) -> None:
    page = show(of_everything(), **how)
    assert violations(page) == ""


def test_axe_has_nothing_against_what_is_looked_at_closely(show: Open) -> None:
    page = show(of_everything())
    for looked_at in ("td.by-hand", "td.score", "#detail .link", "#detail .close", "#items .named"):
        page.locator(looked_at).first.click()
        assert violations(page) == "", looked_at


def test_scores_are_those_of_the_gradebook(show: Open) -> None:
    book = of_everything()
    page = show(book)
    shown = {
        row.locator("th.name > div > :first-child").inner_text(): row for row in page.locator("tbody tr[data-at]").all()
    }
    assert len(shown) == len(book.rows)
    for row, (_name, line) in zip(book.rows, shown.items(), strict=True):
        scores = ["".join(said.split("\n")) for said in line.locator("td.score").all_inner_texts()]
        if row.total is None:
            assert scores in (["not graded"], ["waiting"], ["exempted"])
            continue
        provisional = "" if row.is_settled else "?"
        bonus = f"{row.bonus:+g}" if row.bonus else "0"
        known = f"{row.points:g} / {row.verified_maximum:g} / {row.maximum:g}"
        assert scores == [f"{provisional}{row.total:g}", known, bonus]


def test_header_and_legend_say_what_the_points_are(show: Open) -> None:
    page = show(of_everything())
    heads = [" ".join(head.split()) for head in page.locator("thead tr:last-child th").all_inner_texts()[1:4]]
    assert heads == ["Total", "Required points / of those verified / in all", "Bonus"]
    assert "points / of those verified / in all" in str(page.get_attribute("thead th.required", "title"))
    assert "Required: points / of those verified / in all" in page.inner_text(".legend")
    assert page.inner_text("#scores figcaption").startswith("Totals: median")


def test_bar_is_of_the_required_points_alone(show: Open) -> None:
    rows = [graded("ann", item("a"), failed("b", "it"), item("c", "unverified"), item("d", level="optional"))]
    page = show(make_gradebook(rows, Overrides(), "en"))
    cell = page.locator("td.score.required")
    assert cell.inner_text() == "1 / 2 / 3"
    shares = [part.evaluate("part => part.style.width") for part in (cell.locator(".got"), cell.locator(".known"))]
    assert [round(float(share.removesuffix("%"))) for share in shares] == [33, 67]


def test_cell_says_its_verdict_in_words_and_by_a_symbol(show: Open) -> None:
    page = show(of_everything())
    assert cells(page, 1)[4:] == ["✗", "?", "0.5", "○", "2", ""]  # bob; nobody but ann has the last one
    said = page.locator("tbody tr[data-at]").nth(1).locator("td.mark")
    assert [each.get_attribute("aria-label") for each in said.all()[:3]] == [
        "failed",
        "unverified",
        "passed, 0.5, decided by hand",
    ]


def test_hostile_text_is_text(show: Open) -> None:
    page = show(of_everything())
    page.locator("td.failed").first.click()
    assert HOSTILE.partition("\u202e")[0] + r"\u202e" in page.inner_text("#detail")
    assert page.locator("img").count() == 0
    assert page.title().startswith("Gradebook")


def test_no_text_turns_round_what_stands_beside_it() -> None:
    """Titles too, which another machine's results bring along."""
    book = of_everything()
    named = replace(
        book,
        items=[replace(each, title=HOSTILE) for each in book.items],
        homeworks=[replace(each, title=HOSTILE) for each in book.homeworks],
    )
    page = gradebook_html(named)
    assert r"\u202e" in page
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page)


def test_why_it_failed_is_a_click_away(show: Open) -> None:
    page = show(many(4))
    page.locator("td.failed").first.click()
    said = page.inner_text("#detail")
    assert "docker-compose.yml:3: nothing" in said
    assert "say it otherwise" in said
    assert page.locator("#detail a").get_attribute("href") == "pages/id00000.html#docker-4/b"
    page.keyboard.press("Escape")
    assert page.locator("#detail").is_hidden()


def test_row_without_git_says_what_was_graded(show: Open) -> None:
    rows = [graded("ann", item("a")), graded("bob", item("a"))]
    assert rows[1].result is not None
    rows[1].result.revisions["docker-4"].update(commit=None, worktree=True)
    page = show(make_gradebook(rows, Overrides(), "en"))
    tags = page.locator("tbody th.name .tag")
    assert [
        (each.inner_text(), "graded as it lay there" in str(each.get_attribute("title"))) for each in tags.all()
    ] == [("no git", True)]
    page.locator("tbody th.name").nth(1).click(position={"x": 2, "y": 2})
    assert "it was graded as it lay there" in page.inner_text("#detail")


def test_whose_workflow_differs_is_marked_and_can_be_filtered(show: Open) -> None:
    page = show(of_everything())
    assert page.locator(".tag", has_text="workflow").count() == 1
    page.locator("#states button", has_text="another workflow than the course's").click()
    (row,) = page.locator("tbody tr[data-at]").all()
    row.locator("td.score").first.click()
    assert "docker-4: .github/workflows/hw.yml differs from the course's" in page.inner_text("#detail dl")
    assert not page.locator("#states button", has_text="without the course's workflow").count()


def test_what_was_decided_by_hand_shows_what_the_check_said(show: Open) -> None:
    page = show(of_everything())
    page.locator("td.by-hand").first.click()
    said = page.inner_text("#detail")
    assert "Decided by hand: eve, 2026-11-29\nan alias does it too" in said.replace("\n\n", "\n")
    assert "The check said: ✗ failed: docker-compose.yml:3: ui and mongo share back" in " ".join(said.split())


def test_who_has_failed_what(show: Open) -> None:
    page = show(many(30))
    page.select_option("#verdict", label="failed")
    page.select_option("#item", label="docker-4/b")
    assert page.inner_text("#shown") == "shown: 10 of 30"
    assert page.locator("tbody tr[data-at]").count() == 10
    page.select_option("#item", label="docker-4/a")
    assert page.inner_text("#nobody") == "Nobody is like this."
    page.click("#clear")
    assert page.locator("tbody tr[data-at]").count() == 30


def test_addresses_of_those_shown(show: Open) -> None:
    page = show(of_everything())
    page.click("#addresses")
    assert page.input_value("textarea") == "a@x.org,\nb@x.org"


def test_whoever_has_not_tried_makes_no_item_harder(show: Open) -> None:
    rows = [
        graded("ann", item("a"), item("b", level="optional")),
        graded("bob", item("a"), item("b", "not attempted", level="optional")),
    ]
    page = show(make_gradebook(rows, Overrides(), "en"))
    assert page.locator("#items .share").all_inner_texts() == ["100 %", "100 %"]


def test_view_is_in_the_address(show: Open, pages: Pages, tmp_path: Path) -> None:
    from playwright.sync_api import expect

    page = show(many(30))
    page.locator("#items .stack .failed").first.click()
    page.fill("#search", "GROUP-1")
    expect(page.locator("#shown")).to_have_text("shown: 5 of 30", timeout=PATIENCE)
    expect(page).to_have_url(re.compile("group-1"), timeout=PATIENCE)
    address = page.evaluate("location.hash")
    again = pages.open(tmp_path / "gradebook.html")
    kept = again.url + address
    again.goto("about:blank")  # the page that is open would still write its own view into the address
    again.goto(kept)
    assert again.inner_text("#shown") == "shown: 5 of 30"
    assert again.input_value("#search") == "group-1"


def test_it_is_sorted_by_name_scores_and_item_and_back(show: Open) -> None:
    page = show(many(9))
    roster = names(page)
    for head in ("th.name", "th.total", "th.required:not(.item)", "th.item >> nth=1"):
        page.locator(f"thead {head}").click()
        assert "id00000" in cells(page, 0)[0], head
        assert page.locator(f"thead {head}").get_attribute("aria-sort") == "ascending"
    page.locator("thead th.total").click()
    page.locator("thead th.total").click()
    assert cells(page, 8)[1] == "1", "the lowest scores are the last"
    page.locator("thead th.total").click()
    assert names(page) == roster


def test_it_is_sorted_by_bonus(show: Open) -> None:
    rows = [
        graded("ann", item("a"), item("b", level="optional")),
        graded("bob", item("a"), item("b", "not attempted", level="optional")),
    ]
    page = show(make_gradebook(rows, Overrides(), "en"))
    page.locator("thead th.bonus").click()
    assert names(page) == ["bob", "ann"]
    assert [cells(page, at)[3] for at in range(2)] == ["0", "+1"]


def test_keyboard_goes_everywhere(show: Open) -> None:
    from playwright.sync_api import expect

    page = show(many(500))
    page.focus("table")
    page.keyboard.press("Control+End")

    def active(attribute: str) -> str | None:
        id = page.get_attribute("table", "aria-activedescendant")
        return page.locator(f"[id='{id}']").get_attribute(attribute)

    assert active("aria-colindex") == "6"
    assert page.locator("#active").locator("..").get_attribute("aria-rowindex") == "501"
    page.keyboard.press("Control+Home")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    assert "docker-4/b" in page.inner_text("#detail")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    assert active("aria-sort") == "ascending"
    page.keyboard.press("/")
    page.keyboard.type("id00499")
    expect(page.locator("#shown")).to_have_text("shown: 1 of 500", timeout=PATIENCE)


def test_only_what_is_in_view_is_in_the_document(show: Open) -> None:
    page = show(many(2000))
    assert page.get_attribute("table", "aria-rowcount") == "2001"
    assert page.locator("tbody tr[data-at]").count() < 100
    page.evaluate("document.querySelector('#scroller').scrollTop = 1e9")
    page.wait_for_selector("tr[aria-rowindex='2001']")
    assert page.locator("tbody tr[data-at]").count() < 100


def test_all_of_it_is_printed(show: Open) -> None:
    page = show(many(300))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("tbody tr[data-at]").count() == 300
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("tbody tr[data-at]").count() < 100


def test_printing_says_where_the_rest_is(show: Open) -> None:
    page = show(many(2001))
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("tbody tr[data-at]").count() == 2000
    assert page.inner_text("#cut") == "Printed: 2,000 of 2,001. gradebook.csv, beside this page, has all of them."
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("#cut").is_hidden()


def test_what_is_not_verified_is_told_by_its_cause(show: Open) -> None:
    page = show(of_everything())
    reasons = page.locator("#reasons li").all_inner_texts()
    shown = HOSTILE.replace("\u202e", r"\u202e").replace("\x1b", r"\x1b")
    assert [" ".join(reason.split()) for reason in reasons[:2]] == [
        "E 1 our error our error · docker-4/compose-file",
        f"E 1 it was killed: {shown} our error · items: 4",
    ]


def test_without_scripts_it_says_where_the_rest_is(show: Open) -> None:
    page = show(of_everything(), scripts=False)
    assert "gradebook.csv" in page.inner_text(".no-scripts")


def test_it_is_in_russian(show: Open) -> None:
    page = show(of_everything("ru"))
    assert page.get_attribute("html", "lang") == "ru"
    assert "Пункты, сначала самые трудные" in page.inner_text("aside")
    assert "0,5" in cells(page, 1)


def test_empty_roster_has_a_page(show: Open) -> None:
    assert show(make_gradebook([], Overrides(), "en")).inner_text("#nobody") == "The roster has no rows."
