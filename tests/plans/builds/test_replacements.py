"""The course's replacements of base images in a Dockerfile."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.plans.builds.plan import BuildPlan, plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

IMAGES = {"ruby:2.2": "ruby:3.3", "ui": "me/ui:1", "alpine": "alpine:3.20"}


def plan(folder: Path, text: str, **args: str) -> BuildPlan:
    (folder / "Dockerfile").write_text(text)
    return plan_build(Submission("x", WorkTree(folder)), "ui", "Dockerfile", "", args=args, images=IMAGES)


def remarks(made: BuildPlan) -> list[str]:
    return [str(each) for each in made.remarks]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FROM ruby:2.2\nRUN a\n", "FROM ruby:3.3\nRUN a\n"),
        ("from docker.io/library/ruby:2.2 as Build\n", "FROM ruby:3.3 as Build\n"),
        ("FROM --platform=linux/amd64 ruby:2.2 AS b\n", "FROM --platform=linux/amd64 ruby:3.3 AS b\n"),
        ("ARG V=2.2\nFROM ruby:${V}\n", "ARG V=2.2\nFROM ruby:3.3\n"),
        ("ARG I=ruby:2.2\nFROM $I \\\n  # c\n  AS b\nRUN a\n", "ARG I=ruby:2.2\nFROM ruby:3.3 AS b\n#\n#\nRUN a\n"),
        ("FROM alpine\n", "FROM alpine:3.20\n"),
        ("FROM x\nCOPY --from=ruby:2.2 /a /b\n", "FROM x\nCOPY --from=ruby:3.3 /a /b\n"),
        ('FROM x\nCOPY --chown=a --from="ruby:2.2" \\\n  ["a b", "/c"]\nRUN a\n',
         'FROM x\nCOPY --chown=a --from=ruby:3.3   ["a b", "/c"]\n#\nRUN a\n'),
        # an image may have the name of a stage: above the stage, and in its own FROM
        ("FROM alpine AS alpine\nFROM alpine\n", "FROM alpine:3.20 AS alpine\nFROM alpine\n"),
        ("FROM ui AS a\nFROM x AS ui\nFROM UI\nCOPY --from=a b c\n",
         "FROM me/ui:1 AS a\nFROM x AS ui\nFROM UI\nCOPY --from=a b c\n"),
    ],
)  # fmt: skip
def test_what_is_replaced_and_what_is_a_stage(tmp_path: Path, text: str, expected: str) -> None:
    made = plan(tmp_path, text)
    assert "\n".join(made.lines) == expected
    assert len(made.remarks) == 1


@pytest.mark.parametrize(
    "text",
    [
        "FROM ruby:2.3\n",
        "FROM x AS ui\nFROM y\nCOPY --from=ui /a /b\nCOPY --from=UI /a /b\nCOPY --from=0 /a /b\n",
        "FROM x\nRUN echo FROM ruby:2.2 --from=ruby:2.2\n# FROM ruby:2.2\n",
        "FROM x\nRUN <<E\nFROM ruby:2.2\nE\n",
    ],
)
def test_what_stays(tmp_path: Path, text: str) -> None:
    made = plan(tmp_path, text)
    assert "\n".join(made.lines) == text
    assert made.remarks == ()


def test_build_arguments_decide_which_image_it_is(tmp_path: Path) -> None:
    text = "ARG V=2.3\nFROM ruby:$V\n"
    assert plan(tmp_path, text).remarks == ()
    made = plan(tmp_path, text, V="2.2")
    assert made.lines[1] == "FROM ruby:3.3"
    assert remarks(made) == ["Dockerfile:2: ruby:2.2 is replaced by ruby:3.3, as the course file says"]


def test_every_replacement_is_said_and_lines_stay_where_they_are(tmp_path: Path) -> None:
    made = plan(tmp_path, "FROM ruby:2.2 \\\n AS b\n\nFROM alpine\nCOPY --from=b a b\nRUN c\n")
    assert remarks(made) == [
        "Dockerfile:1: ruby:2.2 is replaced by ruby:3.3, as the course file says",
        "Dockerfile:4: alpine is replaced by alpine:3.20, as the course file says",
    ]
    sent = made.content({"a": "1"}).decode().split("\n")
    assert {line: made.original_line(at) for at, line in enumerate(sent, start=1) if line[:4] in ("COPY", "RUN ")} == {
        "COPY --from=b a b": 5,
        "RUN c": 6,
    }
