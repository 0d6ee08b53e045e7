"""Follows docs/packs.md in an environment where pytest-dockerlab is installed: what it makes is a pack that works."""

from __future__ import annotations

import re
from pathlib import Path

from tests.packs.environment import ROOT, Environment, build_wheel

from .markdown import blocks, is_shown
from .test_contributing import translate, write

GUIDE = list(blocks(ROOT / "docs" / "packs.md"))
FILES = {block.notes["file"]: block.text for block in GUIDE if "file" in block.notes}
CATALOGUE = "my_course/locale/ru/LC_MESSAGES/my_course.po"


def test_the_steps_lead_to_what_they_promise(tmp_path: Path) -> None:
    environment = Environment(tmp_path / "environment")
    environment.install(build_wheel(ROOT, tmp_path / "wheel"))
    course = tmp_path / "my-course"
    course.mkdir()
    followed = 0
    for block in GUIDE:
        if block.notes.get("file") == "the catalogue":
            translate(course / CATALOGUE, block.text)
        elif "file" in block.notes:
            write(course, {block.notes["file"]: block.text})
        for step in block.steps if block.language == "console" else ():
            words = step.words
            if words[:3] == ["python", "-m", "pip"]:  # what it builds with is here already
                words = [*words, "--no-build-isolation", "--no-deps", "--no-index"]
            done = environment.run(*words, cwd=course, DOCKER_HOST="unix:///nowhere")
            printed = done.stdout + done.stderr
            # the doctor's exit code is about this machine, whose programs are not on the search path
            expected = {int(block.notes.get("exit", "0"))} | ({1} if "doctor" in words else set())
            assert done.returncode in expected, f"{block}: {step.command}\n{printed}"
            stale = is_shown(step.shown, printed)
            assert stale is None, f"{block}: {step.command} does not print\n{stale}\nbut\n{printed}"
            followed += 1
    assert followed == 11


def test_the_steps_are_all_there() -> None:
    titles = re.findall(r"^## (\d)\. ", (ROOT / "docs" / "packs.md").read_text("utf-8"), re.MULTILINE)
    assert titles == ["1", "2", "3", "4", "5", "6", "7"]
    assert len(FILES) == 12
