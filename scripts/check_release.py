"""Says what a commit lacks to be the release that its tag names, and exits with 1 when something is.

It is the first step of ``.github/workflows/release.yml``, whose one argument is the tag.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def missing(tag: str, root: Path = ROOT) -> Iterator[str]:
    """What keeps the commit in ``root`` from being the release ``tag``."""
    source = (root / "pytest_dockerlab" / "__init__.py").read_text("utf-8")
    [version] = re.findall(r'^__version__ = "([^"]+)"$', source, re.MULTILINE)
    if tag != f"v{version}":
        yield f"the tag is {tag}, and pytest_dockerlab/__init__.py says {version}"
    if not re.search(rf"^## \[{re.escape(version)}\] - ", (root / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE):
        yield f"CHANGELOG.md has no section {version}: towncrier build"
    if left := sorted(path.name for path in (root / "changelog.d").glob("*.md") if path.name != "template.md"):
        yield f"changelog.d has changes that are in no section, {left[0]} for one: towncrier build"


if __name__ == "__main__":
    said = list(missing(sys.argv[1]))
    sys.exit("\n".join(said) or 0)
