"""The browser sees what it is there to see, and pages that are right pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import Pages, violations

_RIGHT = """<!doctype html><html lang="en"><head><title>Right</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body { color: #111; background: #fff } @media (prefers-color-scheme: dark) { body { background: #000 } }</style>
</head><body><main><h1>Right</h1></main></body></html>"""


def _page(folder: Path, text: str) -> Path:
    path = folder / "page.html"
    path.write_text(text, "utf-8")
    return path


def test_a_right_page(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(_page(tmp_path, _RIGHT))
    assert page.inner_text("h1") == "Right"
    assert violations(page) == ""


def test_what_axe_finds_is_named_with_its_element(pages: Pages, tmp_path: Path) -> None:
    page = pages.open(_page(tmp_path, _RIGHT.replace("<h1>", '<img src="data:," id="bare"><h1>')), dark=True)
    found = violations(page)
    assert "image-alt" in found and "#bare" in found
    assert "color-contrast" in found, "the colours of the dark page are judged"
    pages.wrong.clear()  # an empty picture is refused by the policy


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        pytest.param('<img alt="" src="https://example.com/a.png">', "asks for https://example.com/a.png", id="asked"),
        pytest.param("<script>absent()</script>", "absent is not defined", id="script"),
    ],
)
def test_a_wrong_page_is_told(pages: Pages, tmp_path: Path, tag: str, said: str) -> None:
    page = pages.open(_page(tmp_path, f"<!doctype html><title>Wrong</title>{tag}"))
    page.wait_for_load_state()
    assert said in "\n".join(pages.wrong)
    pages.wrong.clear()


def test_what_the_policy_forbids_is_told(pages: Pages, tmp_path: Path) -> None:
    pages.open(_page(tmp_path, _RIGHT.replace("<h1>", "<script>1</script><h1>")))
    assert "Content Security Policy" in "\n".join(pages.wrong)
    pages.wrong.clear()
