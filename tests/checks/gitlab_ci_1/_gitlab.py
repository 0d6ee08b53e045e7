"""A fake GitLab with the project of a homework, and what the checks say of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.findings import Finding, Unverified
from pytest_dockerlab.gitlab.instance import GitlabInstance
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, ask, said, write_homework
from tests.gitlab.fake import FakeGitlab
from tests.gitlab.state import TOKEN, Project, User

from ._homework import BASE

__all__ = ["READER", "Site", "words"]

READER = "glpat-of-a-reader"


class Site:
    """The fake, its one project, and the homework in ``folder``."""

    def __init__(self, fake: FakeGitlab, folder: Path) -> None:
        self.fake = fake
        self.folder = folder
        self.project: Project = fake.project(files=BASE)
        self.token: str | None = TOKEN
        self.url = fake.url
        fake.users[READER] = User(scopes=frozenset({"read_api"}))
        write_homework(folder, BASE)

    def edit(self, *edits: Edit) -> None:
        """Change the homework."""
        write_homework(self.folder, BASE, edits)

    def submission(self) -> Submission:
        """The homework as it is now."""
        return Submission("sample", WorkTree(self.folder))

    def judge(self, item: str, *needs: str, **given: Any) -> ItemResult:
        """What an item says; the ``needs`` are what its check asks for."""
        known = catalogue.load().items[item]
        return ask(known, self.submission(), **self._given(needs, given))

    def _given(self, needs: Sequence[str], given: dict[str, Any]) -> dict[str, Any]:
        instance = GitlabInstance(self.url, self.token, seconds=10)
        project = {"gitlab_project": instance.project(self.project.id)} if "gitlab_project" in needs else {}
        return {"gitlab_instance": instance, **project, **given}

    def findings(self, item: str, *needs: str, **given: Any) -> list[Finding]:
        """What an item finds that leaves the telling to another one, where that one has not failed."""
        known = catalogue.load().items[item]
        with pytest.raises(Unverified) as caught:
            known.function(self.submission(), self._given(needs, given)["gitlab_project"])
        return list(caught.value.findings)


def words(result: ItemResult) -> str:
    """All that a result says, in English; no token stands in it, in any language."""
    parts = [result.reason, result.remedy, result.details, *result.evidence.items()]
    texts = [text(part, language) for language in ("en", "ru") for part in parts if part is not None]
    assert not any(token in each for token in (TOKEN, READER) for each in texts)
    findings: Sequence[str] = [f"{each.at or ''} {said(each)}".strip() for each in result.findings]
    return "\n".join([*findings, *(text(part) for part in parts[:2] if part is not None)])
