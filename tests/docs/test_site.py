"""The documentation site: built as it is published, and read as its readers do."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
import tomllib
from collections import Counter
from collections.abc import Iterator
from html import escape
from html.parser import HTMLParser
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from markdown_it import MarkdownIt

from pytest_dockerlab import catalogue
from pytest_dockerlab.messages import Message
from tests.browser import Pages, violations

from .markdown import ITEM_PAGES, PAGES, ROOT

BASE = tomllib.loads((ROOT / "docs" / "site" / "zensical.toml").read_text("utf-8"))["project"]["site_url"]
SHOWN = [*PAGES, *ITEM_PAGES, ROOT / "SECURITY.md", ROOT / "examples" / "reddit" / "README.md"]
AS_ON_GITHUB = ("h1", "h2", "h3", "h4", "p", "ol", "ul", "li", "pre", "table", "tr", "strong", "em", "code")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built without a warning: a link to a page or a heading that is not there is one."""
    folder = tmp_path_factory.mktemp("site")
    words = [sys.executable, ROOT / "scripts" / "site.py", folder]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    assert "No issues found" in said
    assert "Warning" not in said
    return folder / "site"


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """The site as GitHub hands it out, in a folder of its own: the page for what is not there knows it."""
    folder = urlsplit(BASE).path
    (site.parent / folder.strip("/")).symlink_to(site)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=site.parent)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}{folder}"
        server.shutdown()


class Html(HTMLParser):
    """What a page refers to, what can be referred to on it, and the elements and the text of its article."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.ids: set[str] = set()
        self.elements: Counter[str] = Counter()
        self.text = ""
        self.menu: list[str] = []
        self._open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        self.ids.add(has.get("id") or "")
        is_link = tag == "a" or has.get("rel") in ("canonical", "prev", "next")
        (self.links if is_link else self.loads).extend(has[name] or "" for name in ("href", "src") if name in has)
        if tag == "article":
            self._open.append(tag)
        if self._open:
            self.elements[tag] += 1
        if tag == "a" and "md-nav__link" in (has.get("class") or ""):
            self.menu.append(has.get("href") or "")

    def handle_data(self, text: str) -> None:
        if self._open:
            self.text += "".join(text.split())

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._open.pop()


def at(page: Path) -> str:
    """Where the site has a page of ours."""
    name = page.relative_to(ROOT).with_suffix("").as_posix()
    return f"{name.removesuffix('README')}/".replace("//", "/").lstrip("/")


@pytest.fixture(scope="module")
def htmls(site: Path) -> dict[str, Html]:
    return {
        path.relative_to(site).as_posix().removesuffix("index.html"): Html(path.read_text("utf-8"))
        for path in site.rglob("*.html")
    }


def test_every_page_is_there_and_in_the_menu(htmls: dict[str, Html]) -> None:
    expected = {at(page) for page in SHOWN}
    assert set(htmls) == {*expected, "404.html"}
    assert {urljoin("/", link).lstrip("/") for link in htmls[""].menu if not link.startswith("#")} == expected


def test_every_link_leads_somewhere(site: Path, htmls: dict[str, Html]) -> None:
    broken = []
    for name, html in htmls.items():
        for link in {*html.links, *html.loads}:
            url, _hash, fragment = urljoin(f"{BASE}{name}", link).partition("#")
            if not url.startswith(BASE):
                assert urlsplit(url).scheme in ("https", "mailto") or urlsplit(url).hostname == "localhost", link
                continue
            path = unquote(url.removeprefix(BASE))
            target = htmls.get(path)
            if not (target or (site / path).is_file()) or (target and fragment and unquote(fragment) not in target.ids):
                broken.append(f"{name}: {link}")
    assert not broken


def test_nothing_is_loaded_from_anywhere_else(htmls: dict[str, Html]) -> None:
    assert [load for html in htmls.values() for load in html.loads if urlsplit(load).netloc] == []


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_reads_as_on_github(page: Path, site: Path, htmls: dict[str, Html]) -> None:
    """Two dialects of Markdown: a list that is one there and a paragraph here is found by the number of elements."""
    laid = site.parent / "pages" / page.relative_to(ROOT)
    markdown = MarkdownIt("commonmark").enable("table").render(laid.read_text("utf-8"))
    there, here = Html(f"<article>{markdown}</article>"), htmls[at(page)]
    assert {tag: here.elements[tag] for tag in AS_ON_GITHUB} == {tag: there.elements[tag] for tag in AS_ON_GITHUB}
    assert here.text.replace("¶", "") == there.text


# --- In a browser ---


@pytest.mark.parametrize(
    ("path", "language", "width", "dark"),
    [
        pytest.param("", "en", 1280, False, id="home"),
        pytest.param("", "en", 400, True, id="home-narrow-dark"),
        pytest.param("docs/options/", "en", 400, False, id="wide-table-narrow"),
        pytest.param("checks/docker_1/docs/en/", "en", 1280, True, id="items-dark"),
        pytest.param("checks/docker_1/docs/ru/", "ru", 1280, False, id="items-russian"),
        pytest.param("404.html", "en", 400, False, id="not-there"),
    ],
)
def test_everybody_can_read_it(address: str, pages: Pages, path: str, language: str, width: int, dark: bool) -> None:
    page = pages.open(address + path, dark=dark, width=width)
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.lang") == language
    assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing sticks out"
    assert violations(page) == ""


TITLE = "у ui нет общей сети с базой данных, а у post и comment есть общая сеть и с ui, и с базой"


@pytest.mark.parametrize(("words", "language"), [("docker-4/networks", "en"), (TITLE, "ru")])
def test_an_item_is_found(address: str, pages: Pages, words: str, language: str) -> None:
    page = pages.open(address)
    page.set_default_timeout(120_000)
    page.get_by_role("button", name="Search").click()
    page.get_by_role("combobox", name="Search").fill(words)
    found = page.locator(f"a[href*='/docker_4/docs/{language}/']", has_text="docker-4/networks").first
    found.click()
    page.wait_for_url(f"**/checks/docker_4/docs/{language}/**")
    heading = page.locator("[id='docker-4networks']")
    assert heading.inner_text().startswith("docker-4/networks")
    page.wait_for_function("heading => heading.getBoundingClientRect().top < innerHeight", arg=heading.element_handle())


def test_every_item_can_be_searched_in_both_languages(address: str, pages: Pages) -> None:
    index = pages.open(address).evaluate("fetch('search.json').then(answer => answer.json())")
    known = catalogue.load()
    for homework in known.homeworks:
        for item in known.items_of(homework):
            if homework.package.startswith("pytest_dockerlab.") and not item.is_planned:
                found = [(e["location"], e["text"]) for e in index["items"] if e["title"] == item.id]
                for language in ("en", "ru"):
                    title = escape(Message(item.title).render(language), quote=False)
                    assert [title in text for place, text in found if f"/docs/{language}/#" in place] == [True]
