"""Build plans: the Dockerfile as it is sent, its steps and lines, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.plans.builds.plan import BuildPlan, plan_build
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

LABELS = {"b": "2", "a": "1"}
LABEL = 'LABEL a="1" b="2"'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def plan(folder: Path, text: str | bytes, **more: Mapping[str, str]) -> BuildPlan:
    (folder / "Dockerfile").write_bytes(text if isinstance(text, bytes) else text.encode())
    return plan_build(Submission("x", WorkTree(folder)), "ui", "Dockerfile", "", **more)  # type: ignore[arg-type]


def sent(made: BuildPlan) -> list[str]:
    return made.content(LABELS).decode().split("\n")


# every way to spread an instruction over lines
MANY = """\
ARG A=x
ARG B C=1

FROM ${A} \\
  # a comment inside
  As One
RUN true \\

  && true
ONBUILD RUN false
from one
# FROM nothing
RUN <<EOF
FROM nothing
EOF
COPY a \\
  # another
  b
"""


def test_the_steps_are_those_the_builder_counts(folder: Path) -> None:
    # seen of Docker Engine 20.10: an ARG before the first FROM is a step, a comment and a trigger are none
    text = "ARG A=x\nARG B C=1\nFROM ${A} as One\n# c\nENV A \\\n # c\n\n b\nONBUILD RUN a\nFROM one\nMAINTAINER x\n"
    made = plan(folder, text)
    assert [each.original.split()[0] if each is not None else "ours" for each in made.steps()] == [
        "ARG", "ARG", "FROM", "ours", "ENV", "ONBUILD", "FROM", "ours", "MAINTAINER",
    ]  # fmt: skip
    assert [each.line for each in made.steps() if each is not None] == [1, 2, 3, 5, 9, 10, 11]


@pytest.mark.parametrize(
    "text",
    [
        MANY,
        MANY.replace("\n", "\r\n"),
        "\ufeff" + MANY,
        "# escape=`\n" + MANY.replace("\\", "`"),
        "# syntax=a/b\n# escape=`\n" + MANY.replace("\\", "`"),
        "FROM x",
        "FROM x\nFROM y\nFROM z",
        "FROM x \\\n\n\n",
        "FROM x \\\n# the end\n",
        "\n\n# c\n\nFROM x\n\n\nRUN a\n\n",
    ],
    ids=["plain", "crlf", "bom", "escape", "syntax and escape", "one", "three", "open end", "open comment", "gaps"],
)
def test_every_line_sent_is_led_back_to_the_students(folder: Path, text: str) -> None:
    made = plan(folder, text)
    lines = sent(made)
    assert lines.count(LABEL) == sum(1 for each in made.instructions if each.name == "FROM")
    # what is sent reads as the same instructions, each where original_line says, and ours in between
    found = [(each.name, made.original_line(each.line), made.original_line(each.end_line))
             for each in Dockerfile("", made.content(LABELS).decode()).instructions]  # fmt: skip
    expected: list[tuple[str, int, int]] = []
    for each in made.instructions:
        end = each.line if each.name == "FROM" and each.end_line > each.line else each.end_line
        expected.append((each.name, each.line, end))
        if each.name == "FROM":
            expected.append(("LABEL", each.end_line, each.end_line))
    assert found == expected
    assert len(found) == len(made.steps())


@pytest.mark.parametrize(
    "directive", ["# syntax=a/b", "#syntax=a/b", "#  SYNTAX = a/b  ", "# Syntax=docker/dockerfile:1", "  # syntax=a/b"]
)
def test_a_frontend_of_its_own_is_left_out_and_said(folder: Path, directive: str) -> None:
    made = plan(folder, f"{directive}\nFROM x\n")
    assert sent(made) == ["#", "FROM x", LABEL, ""]
    assert [str(each) for each in made.remarks] == ["Dockerfile:1: a custom frontend is not used"]


@pytest.mark.parametrize("first", ["# escape=`\n", "#check=skip=all\n", "#!/usr/bin/env docker\n"])
def test_a_frontend_below_another_directive(folder: Path, first: str) -> None:
    made = plan(folder, f"{first}# syntax=a/b\nFROM x\n")
    assert "a/b" not in made.content({}).decode()
    assert str(made.remarks[0]).startswith("Dockerfile:2:")


def test_the_escape_directive_still_counts_where_a_frontend_stood_above_it(folder: Path) -> None:
    lines = sent(plan(folder, "# syntax=a/b\n# escape=`\nFROM x `\n  AS y\nRUN a `\n  b\n"))
    assert lines[:2] == ["# escape=`", "#"]
    assert len(lines) == 8


@pytest.mark.parametrize("text", ["# a\n# syntax=a/b\nFROM x\n", "\n# syntax=a/b\nFROM x\n", "FROM x\n# syntax=a/b\n"])
def test_what_is_no_directive_stays(folder: Path, text: str) -> None:
    made = plan(folder, text)
    assert "# syntax=a/b" in sent(made)
    assert made.remarks == ()


def test_build_arguments_that_choose_the_builder_are_left_out(folder: Path) -> None:
    made = plan(folder, "FROM x\n", args={"BUILDKIT_SYNTAX": "a/b", "buildkit_inline_cache": "1", "A": "BUILDKIT_X"})
    assert made.args == {"A": "BUILDKIT_X"}


def test_build_arguments_that_no_request_can_hold(folder: Path) -> None:
    assert plan(folder, "FROM x\n", args={"A": "x" * 64_000}).args
    with pytest.raises(Unverified, match="the build arguments of ui take 70001 characters"):
        plan(folder, "FROM x\n", args={"A": "x" * 70_000})


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("RUN --security=insecure a", "privileged"),
        ("RUN --network=host a", "network"),
        ('run --network="host" a', "network"),
        ("RUN --mount=type=cache,target=/a --network=host a", "network"),
        ("RUN --network=$NET a", "network"),
        ("RUN --mount=type=ssh a", "ssh"),
        ("RUN --mount=id=a,type=ssh,required a", "ssh"),
        ('RUN --mount="type=ssh,target=/a b" a', "ssh"),
        ("RUN --mount=TYPE=SSH a", "ssh"),
        ("RUN --mount=type=$KIND a", "ssh"),
        ("RUN --mount=type=secret,id=a a", "secret"),
        ("RUN --mount=id=a,type=secret \\\n  a", "secret"),
        ("RUN --device=vendor/gpu a", "device"),
        ("ONBUILD RUN --network=host a", "network"),
        ('onbuild run --mount=type=cache,target="/a b" --mount=type=ssh a', "ssh"),
        ("LABEL org.pytest-dockerlab.kind=container", "label"),
        ('LABEL a=b \\\n  org.py"test"-dockerlab.run=c', "label"),
        ("LABEL org.pytest\\-dockerlab.run=c", "label"),
        ("LABEL org.pytest-dockerlab.run c", "label"),
        ("LABEL $NAME=c", "label"),
        ("ONBUILD LABEL org.pytest-dockerlab.run=c", "label"),
        ("ADD http://127.0.0.1:8080/a b", "downloads"),
        ("ADD --chown=a:b https://example.org/a b", "downloads"),
        ('ADD ["c", "https://example.org/a", "b"]', "downloads"),
        ('ADD ht"tp:"//example.org/a b', "downloads"),
        ("ADD $WHAT b", "downloads"),
        ("ADD http${COLON}//example.org/a b", "downloads"),
        ("ADD https://github.com.example.org/a b", "downloads"),
        ("ADD https://github.com@example.org/a b", "downloads"),
        ("ADD http://github.com/a b", "downloads"),
        ("ADD git@example.org:a/b.git b", "downloads"),
        ("ONBUILD ADD http://127.0.0.1/a b", "downloads"),
    ],
)
def test_what_nobodys_build_is_given(folder: Path, line: str, what: str) -> None:
    with pytest.raises(Unverified) as caught:
        plan(folder, f"FROM x\nRUN true\n{line}\n")
    assert str(caught.value.reason).startswith("Dockerfile:3 asks for")
    assert what in str(caught.value.reason)


@pytest.mark.parametrize(
    "line",
    ["RUN curl --network=host", "RUN echo --mount=type=ssh", "RUN --network=none a",
     "RUN --mount=type=cache,target=/ssh a",
     "RUN --mount=type=bind,source=type=ssh.txt,target=/a a", "ONBUILD RUN a --device=b --network=host",
     "COPY --chown=a:b c d", "# RUN --network=host a", "LABEL version=$VERSION org.pytest=dockerlab",
     "LABEL maintainer org.pytest-dockerlab.run", "ADD . $HOME", "ADD a/$B c", "ADD a.tar.gz http://b",
     "ADD https://github.com/a/b/releases/download/v$VERSION/c.zip d", "ONBUILD ADD a b", "ONBUILD LABEL a=b"],
)  # fmt: skip
def test_what_only_looks_like_it(folder: Path, line: str) -> None:
    assert plan(folder, f"FROM x\n{line}\n").lines[1] == line


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("RUN --mount=type=cache,target=/a b", True),
        ("COPY --link a b", True),
        ("COPY --chmod=755 a b", True),
        ("ADD --checksum=sha256:0 a b", True),
        ("ONBUILD RUN --mount=type=cache,target=/a b", True),
        ("RUN <<E\na\nE", True),
        ("COPY <<E /a\na\nE", True),
        ("ARG TARGETARCH", True),
        ("FROM --platform=$BUILDPLATFORM y", True),
        ("FROM y-${TARGETARCH}", True),
        ("FROM --platform=linux/amd64 y", False),
        ("ARG TARGETARCH=amd64", False),
        ("COPY --from=y --chown=a a b", False),
        ("RUN a --link <b", False),
    ],
)
def test_what_needs_buildkit_is_known_with_its_place(folder: Path, line: str, needs: bool) -> None:
    place = plan(folder, f"FROM x\n{line}\n").buildkit
    assert (str(place) if place is not None else None) == ("Dockerfile:2" if needs else None)


@pytest.mark.parametrize(
    ("text", "error", "place"),
    [
        ("FROM x\nRUNN a\n", "RUNN is not an instruction", "Dockerfile:2"),
        ("RUN a\n", "there is no FROM", "Dockerfile:1"),
        ("FROM x\nENV a\n", "ENV", "Dockerfile:2"),
    ],
)
def test_what_docker_refuses_is_the_students(folder: Path, text: str, error: str, place: str) -> None:
    with pytest.raises(Mismatch) as caught:
        plan(folder, text)
    finding = caught.value.finding
    assert error in str(finding.found)
    assert (str(finding.at), finding.hint is not None) == (place, True)


def test_a_dockerfile_that_is_not_there_is_the_students(folder: Path) -> None:
    with pytest.raises(Mismatch) as caught:
        plan_build(Submission("x", WorkTree(folder)), "ui", "ui/Dockerfile.2", "ui")
    assert str(caught.value.finding.expected) == "ui/Dockerfile.2 is in the repository"


def test_the_command_is_the_last_one(folder: Path) -> None:
    made = plan(folder, 'FROM x\nCMD a\nFROM y\nENTRYPOINT ["b"]\nRUN c\n')
    assert str(made.at(made.command())) == "Dockerfile:4"
    assert str(plan(folder, "FROM x\n").at(None)) == "Dockerfile"
