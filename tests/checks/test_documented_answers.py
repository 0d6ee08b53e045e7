"""The answers that the explanations show as right and as wrong are read as that, in each language."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.checks import __file__ as _checks
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask

ITEMS = ("docker-1/image-vs-container", "docker-2/pid-answer", "docker-3/build-answers", "docker-4/project-name")


def documented(id: str, language: str) -> list[str]:
    """The blocks of text in an item's explanation: the right one, then the wrong one."""
    folder = id.partition("/")[0].replace("-", "_")
    text = (Path(_checks).parent / folder / "docs" / f"{language}.md").read_text("utf-8")
    section = text.partition(f"## {id}\n")[2].partition("\n## ")[0]
    return [block.partition("```")[0] for block in section.split("```text\n")[1:]]


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("id", ITEMS)
def test_what_is_shown_as_right_passes(id: str, language: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    right, wrong = documented(id, language)[:2]
    item = catalogue.load().items[id]
    for text, passes in ((right, True), (wrong, False)):
        (tmp_path / "README.md").write_text(text, "utf-8")
        result = ask(item, Submission("shown", WorkTree(tmp_path)), request=request)
        assert (result.verdict is Verdict.PASSED) is passes, text
