"""The digests of our own items: what changes them, in a copy of all our code."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

import pytest_dockerlab
from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.digests import items, stored
from pytest_dockerlab.homework import Level

ROOT = Path(pytest_dockerlab.__file__).parent
Digests = dict[str, dict[str, str]]
"""By item, then by what they are of."""
ASKED = ("docker-1/engine", "docker-3/hadolint", "docker-4/networks", "docker-4/app", "gitlab-ci-1/runner-config")


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Digests:
    """The digests of our code as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        return digests()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Our code, which may be changed, and no other cache than the test's."""
    shutil.copytree(ROOT, tmp_path / "code", ignore=shutil.ignore_patterns("__pycache__", "locale", "*.md"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(items, "_sources", lambda package: items.Sources(package, tmp_path / "code"))
    return tmp_path / "code"


def digests(course: Course | None = None) -> Digests:
    known = catalogue.load()
    return items.Digests(known.homeworks).of([known.items[id] for id in ASKED], course or Course())


def changed(before: Digests, part: str = "check", course: Course | None = None) -> set[str]:
    after = digests(course)
    return {id for id in ASKED if before[id][part] != after[id][part]}


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))


def test_comments_and_docstrings_are_no_change_at_all(before: Digests, copy: Path) -> None:
    for file in copy.rglob("*.py"):
        file.write_text(f'"""Another docstring."""\n# and a comment\n\n{file.read_text()}')
    assert changed(before) == set()


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("checks/docker_4/networks.py", "\ndef ", "\nLIMIT = 1\n\ndef ", {"docker-4/networks"}),
        ("checks/docker_4/__init__.py", '"networks",', '"networks", "one-more",', set()),
        ("submission/gitlab_runner/keys.csv", "\n", "\n\n", {"gitlab-ci-1/runner-config"}),
        ("hadolint.json", "{", "{ ", {"docker-3/hadolint"}),
        ("submission/submission.py", "\n    def compose(", "\n    def services(", set(ASKED) - {"docker-1/engine"}),
        ("deployment/running.py", "\nclass ", "\nSECONDS = 1\n\nclass ", {"docker-4/app"}),
        ("run/verdict.py", "MAX_FINDINGS = 50", "MAX_FINDINGS = 51", set(ASKED)),
        ("report/terminal.py", "\nclass ", "\nWIDTH = 1\n\nclass ", set()),
    ],
)
def test_what_is_changed_changes_the_items_that_come_to_it(
    before: Digests, copy: Path, file: str, old: str, new: str, expected: set[str]
) -> None:
    edit(copy / file, old, new)
    assert changed(before) == expected


def test_settings_count_for_the_items_that_they_are_for(before: Digests, copy: Path) -> None:
    course = Course(levels={"docker-4/networks": Level.ADVISORY})
    assert changed(before, "settings", course) == {"docker-4/networks"}
    assert changed(before, "settings", Course(images={"ruby:2.2": "ruby:3"})) == {"docker-4/app"}
    assert changed(before, "settings", Course(runner_version="17.5")) == {"gitlab-ci-1/runner-config"}
    assert changed(before, "settings", Course(time_limits={"files": 7.0})) == set(ASKED) - {"docker-1/engine"}
    assert changed(before, "settings", replace(Course(), name="Other", points={"docker-4/app": 7.0})) == set()


def test_it_is_kept_until_a_file_changes(before: Digests, copy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert digests() == before
    [file] = stored.folder().iterdir()
    with monkeypatch.context() as patch:
        patch.setattr(items, "read_module", None)
        assert digests() == before
    file.write_text("{")
    assert digests() == before
    edit(copy / "checks" / "docker_4" / "networks.py", "def networks(", "LIMIT = 1\n\n\ndef networks(")
    assert changed(before) == {"docker-4/networks"}
