"""Opens pages that lie in files or are served here. What such a page asks of others, or says of its errors, fails the
test."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urljoin, urlsplit

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

_OWN = ("file:", "data:", "blob:", "about:")
_WIDE = (1280, 900)


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A browser. Without the program the test is skipped."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium")
    if program is None:
        pytest.skip("no chromium here: it is Debian's package of that name")
    # root has no sandbox; containers have a small /dev/shm
    args = ["--disable-dev-shm-usage", *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright, playwright.chromium.launch(executable_path=program, args=args) as browser:
        yield browser


class Pages:
    """Opens pages, each in a window of its own, and keeps what went wrong in them."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self.wrong: list[str] = []
        """Requests to anybody but the page's own server, errors of scripts, what the console says of errors."""

    def open(
        self,
        address: Path | str,
        *,
        width: int = _WIDE[0],
        dark: bool = False,
        scripts: bool = True,
        media: Literal["print", "screen"] = "screen",
    ) -> Page:
        """The page in a window of this width, in the reader's choice of colours, with scripts or without.

        It is a file, or what a server of the test's has at an address: of that server it may ask for more.
        """
        url = address.resolve().as_uri() if isinstance(address, Path) else address
        name = url.rpartition("/")[2] if isinstance(address, Path) else urlsplit(url).path
        context = self._browser.new_context(
            viewport={"width": width, "height": _WIDE[1]},
            color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )
        context.route("**", partial(self._asked, (*_OWN, *([] if isinstance(address, Path) else [urljoin(url, "/")]))))
        page = context.new_page()
        page.emulate_media(media=media)
        page.on("pageerror", lambda error: self.wrong.append(f"{name}: {error}"))
        page.on("console", lambda said: said.type == "error" and self.wrong.append(f"{name}: {said.type}: {said.text}"))
        page.goto(url)
        return page

    def _asked(self, own: tuple[str, ...], route: Route) -> None:
        if route.request.url.startswith(own):
            route.continue_()
        else:
            self.wrong.append(f"asks for {route.request.url}")
            route.abort()


def violations(page: Page) -> str:
    """What axe has against the page as it stands, a line for each rule and element; empty where it has nothing."""
    from axe_playwright_python.sync_playwright import Axe

    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return "\n".join(
        f"{rule['id']} ({rule['impact']}): {rule['help']}: {', '.join(map(str, node['target']))}: {node['html'][:200]}"
        for rule in found
        for node in rule["nodes"]
    )
