"""Stages that an image is made without."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.plans.builds.stages import needless_lines
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission


@pytest.mark.parametrize(
    ("text", "target", "expected"),
    [
        ("FROM x\nRUN a\n", None, set()),
        ("FROM x AS a\nFROM y AS b\nRUN c\nFROM A\n", None, {2, 3}),
        ("FROM x AS a\nFROM y AS b\nFROM z\nCOPY --from=B c d\n", None, {1}),
        ("FROM x AS a\nFROM a AS b\nFROM b AS c\nFROM y\n", "C", {4, 5}),
        ("FROM x AS a\nFROM y\nRUN --mount=type=bind,from=a,target=/b c\n", None, set()),
        ("FROM x AS a\nFROM y\nONBUILD COPY --from=a b c\n", None, set()),
        ("ARG B=a\nFROM x AS a\nFROM y AS c\nFROM $B\n", None, {3}),
        # a stage's own name is an image's above it, and in its own FROM
        ("FROM a AS b\nFROM x AS c\nFROM b AS b2\n", None, {2}),
        # called by its number, which would be another one's: all stay
        ("FROM x\nFROM y\nFROM z\nCOPY --from=1 a b\n", None, set()),
        ("FROM x\nFROM y\n", "0", set()),
        ("FROM x AS a\nFROM y\n", "nowhere", set()),
    ],
)
def test_the_lines_of_stages_that_nobody_needs(text: str, target: str | None, expected: set[int]) -> None:
    assert needless_lines(Dockerfile("Dockerfile", text), target, {}) == expected


def test_they_are_not_sent_and_every_other_line_stays_where_it_is(tmp_path: Path) -> None:
    text = "FROM x AS test\nRUN --network=host a\nRUN <<E\nFROM it\nE\n\nFROM y\nRUN \\\n  b\n"
    (tmp_path / "Dockerfile").write_text(text)
    made = plan_build(Submission("x", WorkTree(tmp_path)), "ui", "Dockerfile", "")
    assert made.content({"a": "1"}).decode().split("\n") == [
        *["#"] * 6, "FROM y", 'LABEL a="1"', "RUN \\", "  b", "",
    ]  # fmt: skip
    assert [each.line for each in made.steps() if each is not None] == [7, 8]
    assert made.original_line(10) == 9
    assert made.buildkit is None
