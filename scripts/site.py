"""Build the documentation site: python scripts/site.py FOLDER leaves it in FOLDER/site.

The pages are copied into the folders that they have here, so a link from one to another leads where it does on GitHub.
A link to anything else of the repository leads to GitHub.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("*.md", "docs/*.md", "checks/*/docs/*.md", "examples/*/README.md")
_TARGET = re.compile(r"(?<=\]\()(?!\w+:|#)[^)#\s]+")


def lay_together(folder: Path, repository: str) -> None:
    """Copy every page below ``folder``."""
    pages = {page for pattern in PAGES for page in ROOT.glob(pattern)}
    for page in pages:

        def led(match: re.Match[str], start: Path = page.parent) -> str:
            target = Path(os.path.normpath(start / match[0]))
            if target in pages or not target.exists():  # the generator says what is broken
                return match[0]
            return f"{repository}/blob/HEAD/{target.relative_to(ROOT).as_posix()}"

        copy = folder / page.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(_TARGET.sub(led, page.read_text("utf-8")), "utf-8")


def main(folder: Path) -> int:
    """Make everything in ``folder`` anew; a broken link is an error."""
    for name in ("pages", "site", "theme"):
        shutil.rmtree(folder / name, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "site", folder, dirs_exist_ok=True)
    configuration = tomllib.loads((folder / "zensical.toml").read_text("utf-8"))
    [repository] = configuration["project"]["extra"]["social"]
    lay_together(folder / "pages", repository["link"])
    words = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    return subprocess.run(words, cwd=folder, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
