"""The page: what stands in it, and that nothing in it is more than text."""

import pytest

from pytest_dockerlab.grading.calibration.agreement import agreement
from pytest_dockerlab.grading.calibration.page import page
from pytest_dockerlab.grading.calibration.past import ALL, Past, PastGrade
from pytest_dockerlab.grading.calibration.proposal import propose
from tests.browser import violations
from tests.grading._results import graded, item
from tests.grading.gradebook._books import HOSTILE


@pytest.fixture
def opened(pages, tmp_path):
    def open_page(language="en", **how):
        rows = [graded(f"s{n}", item("networks", "failed" if n < 5 else "passed"), item("app")) for n in range(20)]
        past = Past({ALL: {row.id: PastGrade(1.0, HOSTILE, is_number=False) for row in rows}}, {}, ["gone"], [HOSTILE])
        made = agreement(rows, past, lambda id: None, 0.6)
        proposal = propose(made, 0.1)
        toml = proposal.toml(language, [])
        html = page(made, proposal, toml, language, lambda id: f"pages/{id}.html" if id != "s4" else "", [HOSTILE])
        file = tmp_path / "calibration.html"
        file.write_text(html, "utf-8")
        return pages.open(file, **how)

    return open_page


def test_each_disagreement_is_a_link_to_what_the_check_found(opened):
    page = opened()
    row = page.locator("tr[id='docker-4/networks']")
    assert [link.get_attribute("href") for link in row.locator("a").all()] == [
        f"pages/s{number}.html#docker-4/networks" for number in range(4)
    ]
    assert "15 / 20" in row.inner_text()
    assert "required → advisory" in row.inner_text()
    assert "it objects to 5 of 20 that were accepted" in row.inner_text()
    assert "s4" in row.inner_text()  # without a page of its own
    assert '"docker-4/networks" = "advisory"' in page.locator("pre").inner_text()
    assert "gone" in page.locator("main").inner_text()


def test_what_people_wrote_stays_text(opened):
    page = opened()
    assert page.title() == "Checks and grades of the past"
    assert page.locator("img, script").count() == 0


@pytest.mark.parametrize("how", [{}, {"dark": True}, {"width": 400}])
def test_it_can_be_read_by_everybody(opened, how):
    assert violations(opened(**how)) == ""


def test_it_is_in_russian_too(opened):
    page = opened("ru")
    assert "Проверки и прежние оценки" in page.locator("h1").inner_text()
    assert "обязательный → совет" in page.locator("tr[id='docker-4/networks']").inner_text()
