"""Dockerfiles."""

from __future__ import annotations

import builtins
import signal
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Location, Unverified
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.dockerfiles.image import Image
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError
from pytest_dockerlab.submission.files.worktree import WorkTree

MULTI = """\
ARG TAG=3.9
FROM alpine:${TAG} AS Base
ENV APP_HOME /app
ENV A=1 B="two words" \\
    C='$A'
WORKDIR $APP_HOME
FROM base
ARG SUB=code
WORKDIR ${SUB}
ENV D=${A}${B} E=a\\ b
RUN <<EOF
FROM nothing
EOF
EXPOSE 80 ${A}90/udp
ENTRYPOINT puma
CMD ["-w", "2"]
"""


def values(image: Image) -> Mapping[str, str]:
    return {name: each.value for name, each in image.environment.items()}


def test_the_final_image_has_what_its_stages_give() -> None:
    dockerfile = Dockerfile("Dockerfile", MULTI)
    assert [(stage.name, stage.base, stage.line) for stage in dockerfile.stages] == [
        ("Base", "alpine:3.9", 2),
        (None, "base", 7),
    ]
    image = dockerfile.image()
    assert values(image) == {
        "APP_HOME": "/app", "A": "1", "B": "two words", "C": "$A", "D": "1two words", "E": "a b",
    }  # fmt: skip
    assert image.environment["C"].line == 5
    assert image.workdir is not None and (image.workdir.value, image.workdir.line) == ("/app/code", 9)
    assert image.exposed == ("80", "190/udp")
    assert image.entrypoint == ("/bin/sh", "-c", "puma")
    assert image.command == ("-w", "2")


def test_a_target_and_build_arguments() -> None:
    dockerfile = Dockerfile("Dockerfile", MULTI)
    assert "D" not in dockerfile.image("base").environment
    assert dockerfile.image(build_args={"SUB": "lib"}).workdir.value == "/app/lib"  # type: ignore[union-attr]


def test_an_argument_ends_with_its_stage_and_a_new_entrypoint_resets_the_command() -> None:
    text = 'FROM x AS a\nARG V=1\nCMD ["a"]\nFROM a\nENV W=[$V]\nENTRYPOINT ["b"]\n'
    image = Dockerfile("Dockerfile", text).image()
    assert values(image) == {"W": "[]"}
    assert image.command is None


def test_a_command_of_the_same_stage_outlives_its_entrypoint() -> None:
    image = Dockerfile("Dockerfile", 'FROM x\nCMD ["a"]\nENTRYPOINT ["b"]\n').image()
    assert (image.entrypoint, image.command) == (("b",), ("a",))


def test_an_argument_above_from_is_empty_where_the_stage_does_not_declare_it() -> None:
    """As both builders take it: ``COPY $V /x`` copies the whole build context then."""
    text = "ARG V=1\nFROM x:$V AS a\nENV A=[$V]\nARG V\nENV B=[$V]\nFROM a\nENV C=[$V] D=$E\n"
    dockerfile = Dockerfile("Dockerfile", text)
    assert dockerfile.bases()[0] == "x:1"
    assert values(dockerfile.image()) == {"A": "[]", "B": "[1]", "C": "[]", "D": ""}
    assert [step.expand("$V$E") for step in dockerfile.steps()][-1] == "$V$E"
    assert [step.expand("$V") for step in dockerfile.steps()][-1] == ""


def test_a_byte_order_mark_and_crlf(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_bytes(b"\xef\xbb\xbfFROM x\r\nENV A \\\r\n  b\r\nWORKDIR /w\r\n")
    image = Dockerfile.read(WorkTree(tmp_path), "Dockerfile").image()
    assert values(image) == {"A": "b"}
    assert image.workdir is not None and image.workdir.line == 4


def test_instructions_have_their_lines() -> None:
    found = {each.name: (each.line, each.end_line) for each in Dockerfile("Dockerfile", MULTI).instructions}
    assert found["RUN"] == (11, 13)


@pytest.mark.parametrize("text", ["", "# nothing\n", "FROM x\nENV a\n", "FROM x\nRUN <<EOF\nnever ends\n"])
def test_what_does_not_parse(text: str) -> None:
    with pytest.raises(DockerfileError) as caught:
        Dockerfile("ui/Dockerfile", text)
    assert caught.value.finding.at is not None
    assert caught.value.finding.at.file == "ui/Dockerfile"


def test_without_from_there_is_an_empty_image() -> None:
    assert Dockerfile("Dockerfile", "RUN x\n").image().environment == {}


def test_without_the_parser_it_is_unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == "dockerfile":
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(Unverified):
        Dockerfile("Dockerfile", MULTI)


def test_a_backslash_at_the_end_of_the_file() -> None:
    assert [each.name for each in Dockerfile("Dockerfile", "FROM x\n\\").instructions] == ["FROM", ""]


def test_a_nul_byte_is_no_end_of_file() -> None:
    with pytest.raises(DockerfileError, match="NUL") as caught:
        Dockerfile("Dockerfile", "FROM x\nRUN a\0\nRUN b\n")
    assert caught.value.finding.at == Location("Dockerfile", 2)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("FROM x\nRUNN a\n", 2, "RUNN is not an instruction of Dockerfiles: did you mean RUN?"),
        ("RUN a\nFROM x\n", 1, "RUN is above the first FROM"),
        ("ARG A\n", 1, "there is no FROM"),
        (
            "FORM a AS b\nFROM c\nCOPY --from=b d e\n",
            1,
            "FORM is not an instruction of Dockerfiles: did you mean FROM?",
        ),
        ("FROM x\nCOPY a\n", 2, "COPY is missing an argument"),
        ("FROM\n", 1, "FROM is missing an argument"),
    ],
)
def test_what_parses_and_does_not_build(text: str, line: int, said: str) -> None:
    assert [(each.at, str(each.found)) for each in Dockerfile("Dockerfile", text).problems()] == [
        (Location("Dockerfile", line), said)
    ]


def test_what_builds_has_no_problems() -> None:
    assert Dockerfile("Dockerfile", MULTI).problems() == []
    assert (
        Dockerfile("Dockerfile", 'ARG A=x\nfrom ${A} as B\ncopy <<E /f\nhi\nE\nonbuild run c\nRUN ["a"]\n').problems()
        == []
    )


def test_a_chain_of_aliases_in_other_letters() -> None:
    dockerfile = Dockerfile("Dockerfile", "FROM alpine AS One\nFROM one AS TWO\nFROM x\nFROM two AS three\n")
    assert [stage.base for stage in dockerfile.line_of()] == ["alpine", "one", "two"]
    assert [stage.base for stage in dockerfile.line_of("two")] == ["alpine", "one"]
    assert [stage.base for stage in Dockerfile("D", "FROM a AS a\nFROM a AS a\n").line_of()] == ["a", "a"]


def test_five_hundred_instructions() -> None:
    text = "FROM x AS a0\n" + "".join(f"ENV V{n}=${{V{n - 1}}}x W=1\nRUN true $W\n" for n in range(20)) * 12
    dockerfile = Dockerfile("Dockerfile", text)
    assert sum(1 for _step in dockerfile.steps()) == 480
    assert dockerfile.image().environment["W"].value == "1"
    assert dockerfile.problems() == []


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("FROM x\n" + "RUN true\n" * 600, "f:501: more than 500 instructions"),
        ("FROM x\nRUN true \\\n" + "\\\n" * 600_000, r"f:\d+: larger than 40000 bytes"),
        ("FROM x\n" + "\n" * 3_000, "f:2001: more than 2000 lines"),
        ("FROM x\nENV A=xx\n" + "ENV A=$A$A\n" * 60, "f:15: more than 10000 characters once its variables"),
        ("FROM x\nENV A=" + "${A:-" * 4_000 + "}" * 4_000, "f:2: variables nested deeper than 10"),
        ("FROM x\nENV A=" + "$B" * 2_000, "f:2: more than 1000 variables in one text"),
    ],
)
def test_what_is_beyond_the_limits_has_a_place(text: str, reason: str) -> None:
    with pytest.raises(LimitExceeded, match=reason):
        Dockerfile("f", text).image()


def test_chained_stages_take_no_more_than_their_number() -> None:
    text = "FROM x AS a0\n" + "".join(f"FROM a{n} AS a{n + 1}\n" for n in range(499))
    dockerfile = Dockerfile("Dockerfile", text)
    assert len(dockerfile.line_of()) == 500
    assert len(list(dockerfile.all_steps())) == 0


def test_an_interrupt_inside_the_parser_stays_one() -> None:
    text = "FROM a\n" + "RUN true\n" * 1900

    def interrupt(*_about: object) -> None:
        raise KeyboardInterrupt

    def read_on() -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.001)
        while True:
            Dockerfile("Dockerfile", text)

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        for _try in range(5):
            with pytest.raises(KeyboardInterrupt):
                read_on()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
