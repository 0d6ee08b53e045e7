"""The page of one submission: what is on it, how it looks to a browser and to axe, and what no text of it can do."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from pytest_dockerlab.homework import Kind
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.page.viewing import Override, Totals
from pytest_dockerlab.results import Verdict
from tests.browser import Pages, violations

from ._results import finding, item, of_all_verdicts, page, submission

HOSTILE = [
    "<script>alert(1)</script>",
    "</pre></style></title><img src=x onerror=alert(1)>",
    "\"'><svg onload=alert(1)>",
    "{{ 7 * 7 }}{% raw %}",
    "]]>--><!--",
    "\x1b[2J\u202egnp.exe\u2066\x00\x9b31m",
    "`````\n# heading\n[link](javascript:alert(1)) ![i](http://evil.example/x) https://evil.example @everyone",
    "&lt;b&gt; &#x3c;",
]


class Tags(HTMLParser):
    """The elements and attributes of a page, and its text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[str] = []
        self.text = ""
        self.feed(source)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [name for name, _value in attributes]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_what_is_wrong_where_and_what_to_do(tmp_path: Path, pages: Pages) -> None:
    path = tmp_path / "page.html"
    path.write_text(page(of_all_verdicts(), language="en").html)
    shown = pages.open(path)
    wrong = shown.locator("article[id='docker-4/wrong']")
    assert wrong.locator("mark").all_inner_texts() == ["12▶LINE\n"] * 2
    for text in ("docker/PLACE.yml:12", "expected EXPECTED", "FOUND", "do HINT", "docker-4/under-it"):
        assert text in wrong.inner_text()
    assert shown.locator("h2").all_inner_texts() == [
        "To correct 1",
        "Advice, and what is optional: costs nothing 2",
        "Our errors: not your fault, and nothing for you to do 1",
        "Could not be verified 2",
        "Right 2",
    ]
    assert shown.locator(".total").inner_text() == "1 of 2 verified, 5 in all"
    assert "Traceback" not in shown.content(), "what is ours is not the student's"
    assert "/machine/of/ours" not in shown.content()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("language", "width"), [("en", 1000), ("ru", 400)])
def test_everybody_can_read_it(tmp_path: Path, pages: Pages, dark: bool, language: str, width: int) -> None:
    path = tmp_path / "page.html"
    path.write_text(page(of_all_verdicts(), language=language).html)
    shown = pages.open(path, dark=dark, width=width)
    assert shown.evaluate("document.documentElement.lang") == language
    assert shown.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    assert violations(shown) == ""


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_of_a_submission_is_text(hostile: str) -> None:
    plain, attacked = (page(of_all_verdicts(mark), language="en") for mark in ("", hostile))
    before, after = Tags(plain.html), Tags(attacked.html)
    assert after.tags == before.tags
    assert after.attributes == before.attributes
    for text in (attacked.html, attacked.markdown.replace("@\u200b", "@")):
        assert not any(not sign.isprintable() and sign != "\n" for sign in text)
    tokens = [[token.type for token in MarkdownIt("commonmark").parse(each.markdown)] for each in (plain, attacked)]
    assert tokens[0] == tokens[1], attacked.markdown
    inline = [child for token in MarkdownIt("commonmark").parse(attacked.markdown) for child in token.children or []]
    assert not {token.type for token in inline} & {"link_open", "image", "html_inline"}


def test_a_browser_does_nothing_of_what_hostile_text_says(tmp_path: Path, pages: Pages) -> None:
    path = tmp_path / "page.html"
    path.write_text(page(of_all_verdicts("".join(HOSTILE)), language="en").html)
    shown = pages.open(path)
    assert shown.locator("article").count() == 8
    assert shown.locator("script, img, iframe, object").count() == 0
    assert "script" not in shown.locator("meta[http-equiv]").get_attribute("content")


def test_totals_and_overrides_are_those_of_the_gradebook() -> None:
    overrides = {"docker-4/wrong": Override(Verdict.PASSED, 1.0, "shown to me <b>", "the teacher", "2026-12-01")}
    made = page(of_all_verdicts(), language="en", totals=Totals(3, 1, 4, 5, True), overrides=overrides)
    assert '<p class="total">3 of 4 verified, 5 in all</p>' in made.html
    assert "bonus: 1 · total: 4" in made.html
    assert "bonus: 1 · total: 4" in made.markdown
    assert "not final" not in made.html
    assert "shown to me &lt;b&gt; · the teacher · 2026-12-01" in made.html
    assert "automatic verdict: failed, 0 of 1" in made.html
    assert "To correct" not in made.html
    assert "shown to me \\<b>" in made.markdown


def test_nothing_to_correct_is_said_of_what_was_verified() -> None:
    right, away = item("right", "passed"), item("away", "unverified", reason=_("no engine"))
    wrong = item("wrong", "failed", findings=[finding()])
    for results, said in (
        ([right], "Nothing to correct."),
        ([right, away], "Nothing to correct in what could be verified."),
        ([right, away, wrong], None),
        ([away], None),
    ):
        made = page(submission(*results), language="en")
        for text in (made.html, made.markdown):
            assert (said in text) if said else ("Nothing to correct" not in text)


def test_items_of_which_the_same_is_to_be_said_are_folded(tmp_path: Path, pages: Pages) -> None:
    labs = [item(f"lab-{at}", "passed", kind=Kind.LAB) for at in range(3)]
    away = [item(f"away-{at}", "unverified", reason=_("no engine <b>"), remedy=_("start one")) for at in range(2)]
    other = item("other", "unverified", reason=_("no endpoint"), remedy=_("name one"))
    made = page(submission(*labs, *away, other, item("right", "passed")), language="en")
    path = tmp_path / "page.html"
    path.write_text(made.html)
    shown = pages.open(path)
    assert [each.inner_text().split("\n") for each in shown.locator("details.fold > summary").all()] == [
        ["? items: 2 – no engine <b>", "start one"],
        ["✓ items: 3 – the docker host does what the exercises show"],
    ]
    assert shown.locator("h2").all_inner_texts() == ["Could not be verified 3", "Right 4"]
    assert shown.locator("[id='docker-4/lab-1']").count() == 1, "it can be linked to all the same"
    assert "- ✓ the docker host does what the exercises show (`docker-4/lab-0`, `docker-4/lab-1`," in made.markdown
    assert "no engine \\<b> – start one (`docker-4/away-0`, `docker-4/away-1`)" in made.markdown
    assert "(`docker-4/other`, 0 of 1): no endpoint – name one" in made.markdown
    assert violations(shown) == ""


def test_what_was_checked_is_said_once_where_it_is_the_same_for_all() -> None:
    result = submission(item("right", "passed"))
    result.revisions["docker-3"] = dict(result.revisions["docker-4"])
    assert "**ivanov** · aaaaaaaaaa (HEAD)\n" in page(result, language="en").markdown
    result.revisions["docker-3"]["commit"] = "b" * 40
    both = "**ivanov** · docker-4: aaaaaaaaaa (HEAD) · docker-3: bbbbbbbbbb (HEAD)\n"
    assert both in page(result, language="en").markdown


@pytest.mark.parametrize(
    ("totals", "said", "earned", "verified"),
    [
        (Totals(4, 2, 4, 6, False), "4 of 4 verified, 6 in all", 266.7, 266.7),
        (Totals(4, 0, 5, 5, True), "4 of 5", 320.0, 400.0),
        (Totals(0, 3, 0, 5, False), "0 of 0 verified, 5 in all", 0.0, 0.0),
        (Totals(9, 0, 5, 5, True), "9 of 5", 400.0, 400.0),
    ],
)
def test_a_score_reads_as_what_it_is(totals: Totals, said: str, earned: float, verified: float) -> None:
    """A bonus is not in the bar: who has one, and had required items unverified, has not got all."""
    made = page(submission(item("right", "passed")), language="en", totals=totals)
    assert f'<p class="total">{said}</p>' in made.html
    assert f'<rect class="earned" width="{earned}"' in made.html
    assert f'<rect class="lost" width="{verified}"' in made.html
    assert ("not final" in made.html) is not totals.is_final
    assert f"**{said}**" in made.markdown
