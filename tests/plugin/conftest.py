"""A course of our own beside the built-in one, found by its entry point, and the installed pytest run on it."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.courses import install_course

COURSE = '''
import os, time
from pytest_dockerlab.findings import Location, NotAttempted, Unverified, expect, note, require
from pytest_dockerlab.homework import Homework, check, planned
from pytest_dockerlab.messages import _

HOMEWORK = Homework(
    "demo", 90, "a course for tests",
    items=(
        "base", "built-on", "further", "required", "advisory", "optional", "elsewhere", "trouble", "lab", "app",
        planned("later", "a thing to come", level="optional"),
    ),
)

def says(name):
    """What the submission's file NAME says; a submission decides nothing else here."""
    path = os.path.join(os.environ["DEMO"], name)
    return open(path).read().strip() if os.path.exists(path) else ""

@check("demo/base", "the base is there")
def base(request):
    if says("base") == "crash":
        os._exit(9)
    require(says("base") != "wrong", found="wrong", at=Location("base", 1), hint=_("write it right"))

@check("demo/built-on", "it is built on the base", needs=["demo/base"])
def built_on():
    note("seen", "built")

@check("demo/further", "it is built further", needs=["demo/built-on"])
def further():
    pass

@check("demo/required", "a required thing")
def required():
    expect(says("required") != "wrong", found=says("required"), at=Location("required", 1), hint=_("write it right"))
    expect(says("required") != "wrong", _("nothing else is wrong"), found="much", at=Location("required", 2))

@check("demo/advisory", "an advised thing", level="advisory")
def advisory():
    expect(says("advisory") != "wrong", found="wrong", at=Location("advisory"), hint=_("write it better"))

@check("demo/optional", "an optional thing", level="optional")
def optional():
    if not says("optional"):
        raise NotAttempted(_("there is none"))
    expect(says("optional") != "wrong", found="wrong", at=Location("optional", 3))

@check("demo/elsewhere", "a thing that cannot be seen from here")
def elsewhere():
    if says("elsewhere") != "here":
        raise Unverified(_("it is elsewhere"), _("bring it here"))

@check("demo/trouble", "our own trouble", level="advisory")
def trouble(request):
    if says("trouble") == "left behind":
        from pytest_dockerlab.engine.hosts.errors import LeftBehind
        request.addfinalizer(lambda: (_ for _ in ()).throw(LeftBehind("tcp://there", "it is gone")))
    if says("trouble") == "broken clean-up":
        request.addfinalizer(lambda: 1 / 0)
    if says("trouble") == "ours":
        raise RuntimeError("we broke \\x1b[31mit")
    if says("trouble") == "crash":
        os._exit(7)

@check("demo/lab", "a lab", kind="lab")
def lab():
    expect(says("lab") != "wrong", found="odd")

@check("demo/app", "the application runs", tier="app")
def app():
    pass
'''

OTHER = """
from pytest_dockerlab.homework import Homework, check

HOMEWORK = Homework("other", 91, "another homework", items=("required",), aliases=("autre",))

@check("other/required", "the same name in another homework")
def required():
    pass
"""


@dataclass
class Outcome:
    """What a run left."""

    code: int
    out: str
    results: dict[str, Any] | None
    junit: Path

    def verdicts(self) -> dict[str, str]:
        assert self.results is not None, self.out
        return {item["id"]: item["verdict"] for item in self.results["submissions"][0]["items"]}

    def item(self, id: str) -> dict[str, Any]:
        assert self.results is not None, self.out
        return next(item for item in self.results["submissions"][0]["items"] if item["id"] == id)


class Student:
    """A student's repository, and pytest in it as a student runs it."""

    def __init__(self, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
        self.pytester = pytester
        self.path = folder / "repository"
        self.path.mkdir()
        (self.path / "homework.txt").touch()
        self.folder = folder
        self.monkeypatch = monkeypatch
        self.site = site = folder / "site"
        install_course(site, "demo_course", COURSE)
        install_course(site, "other_course", OTHER)
        monkeypatch.setenv("PYTHONPATH", str(site))
        monkeypatch.setenv("DEMO", str(self.path))
        monkeypatch.setenv("LANG", "C.UTF-8")
        monkeypatch.setenv("PYTHONUTF8", "1")
        for name in list(os.environ):
            if name == "CI" or name.startswith(("DOCKERLAB_", "GITHUB_", "CI_", "PYTEST_", "LC_", "LANGUAGE")):
                monkeypatch.delenv(name)

    def write(self, **files: str) -> Student:
        for name, text in files.items():
            (self.path / name).write_text(text)
        return self

    def run(self, *arguments: str, hw: str = "demo") -> Outcome:
        self.monkeypatch.chdir(self.path)
        results, junit = self.folder / "results.json", self.folder / "junit.xml"
        results.unlink(missing_ok=True)
        # Hypothesis, which is ours and no student's, imports itself as a whole at the end of each run
        words = ["-p", "no:hypothesispytest", *(["--hw", hw] if hw else [])]
        done = self.pytester.runpytest_subprocess(
            *words, f"--hw-results={results}", f"--junitxml={junit}", *arguments, timeout=300
        )
        found = json.loads(results.read_text("utf-8")) if results.exists() else None
        return Outcome(int(done.ret), done.stdout.str() + done.stderr.str(), found, junit)


@pytest.fixture
def student(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Student:
    return Student(pytester, monkeypatch, tmp_path)
