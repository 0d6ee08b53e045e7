"""Build the documentation site: python scripts/site.py FOLDER leaves it in FOLDER/site.

The pages are copied into the folders that they have here, so a link from one to another leads where it does on GitHub.
A link to anything else of the repository leads to GitHub. An item gets its title below its id: reports call it so,
and people search for what they have read.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from pytest_dockerlab import catalogue
from pytest_dockerlab.messages import Message

ROOT = Path(__file__).resolve().parents[1]
PAGES = {
    page
    for pattern in ("*.md", "docs/*.md", "checks/*/docs/*.md", "examples/*/README.md")
    for page in ROOT.glob(pattern)
}
ITEMS = catalogue.load().items

_PATTERN = re.compile(r'(?m)^( *)"(\S*\*\S*)",\n')
_TARGET = re.compile(r"(?<=\]\()(?!\w+:|#)[^)#\s]+")
_ITEM = re.compile(r"(?m)^## (?P<id>\S+/\S+)$")


def laid(page: Path, repository: str) -> str:
    """The text of ``page`` as the site has it."""

    def where_it_leads(link: re.Match[str]) -> str:
        target = Path(os.path.normpath(page.parent / link[0]))
        if target in PAGES or not target.exists():  # the generator says what is broken
            return link[0]
        return f"{repository}/blob/HEAD/{target.relative_to(ROOT).as_posix()}"

    def with_title(heading: re.Match[str]) -> str:
        return f"{heading[0]}\n\n*{Message(ITEMS[heading['id']].title).render(page.stem)}*"

    text = _TARGET.sub(where_it_leads, page.read_text("utf-8"))
    return _ITEM.sub(with_title, text) if page.is_relative_to(ROOT / "checks") else text


def with_pages(settings: str) -> str:
    """The settings with the pages that their patterns mean: whoever adds a homework has nothing to add to the menu."""

    def fitting(line: re.Match[str]) -> str:
        names = sorted(page.relative_to(ROOT).as_posix() for page in ROOT.glob(line[2]))
        return "".join(f'{line[1]}"{name}",\n' for name in names)

    return _PATTERN.sub(fitting, settings)


def main(folder: Path) -> int:
    """Make everything in ``folder`` anew; a broken link is an error."""
    for name in ("pages", "site", "theme"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "site", folder, dirs_exist_ok=True)
    settings = folder / "zensical.toml"
    settings.write_text(with_pages(settings.read_text("utf-8")), "utf-8")
    [repository] = tomllib.loads(settings.read_text("utf-8"))["project"]["extra"]["social"]
    for page in PAGES:
        copy = folder / "pages" / page.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(laid(page, repository["link"]), "utf-8")
    words = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(words, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
