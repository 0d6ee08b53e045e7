"""Dockerfiles."""

from __future__ import annotations

import builtins
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.submission.dockerfiles import Dockerfile, DockerfileError, Image
from pytest_dockerlab.submission.worktree import WorkTree

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
    assert image.environment["C"].line == 4
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
    assert caught.value.at.file == "ui/Dockerfile"


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
