"""The commands of RUN instructions, with their lines, and what they remove."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.dockerfiles.runlines import is_removed, layers, removals


def found(text: str) -> list[tuple[tuple[str, ...], int]]:
    dockerfile = Dockerfile("Dockerfile", f"FROM x\n{text}")
    return [(command.words, command.line) for layer in layers(dockerfile) for command in layer.commands]


def test_a_string_over_several_lines() -> None:
    text = "RUN --mount=type=cache,target=/c \\\n  --network=none \\\n  a && \\\n  # said\n\n  b \\ \n   c\n"
    assert found(text) == [(("a",), 4), (("b", "c"), 7)]


def test_windows_line_ends() -> None:
    assert found("RUN a \\\r\n && b\r\n") == [(("a",), 2), (("b",), 3)]


def test_another_escape_character() -> None:
    dockerfile = Dockerfile("Dockerfile", "# escape=`\nFROM x\nRUN a `\n && b\n")
    [layer] = layers(dockerfile)
    assert [(command.words, command.line) for command in layer.commands] == [(("a",), 3), (("b",), 4)]


def test_a_list() -> None:
    assert found('RUN ["apt-get", "install", "a b"]\n') == [(("apt-get", "install", "a b"), 2)]
    assert found('RUN ["sh", "-c", "a; b"]\n')[1:] == [(("a",), 2), (("b",), 2)]


@pytest.mark.parametrize(
    ("head", "body", "expected"),
    [
        ("<<EOF", "a\nb", [(("a",), 3), (("b",), 4)]),
        ("<<-'EOF' bash", "\ta", [(("bash",), 2), (("a",), 3)]),
        ("/bin/sh -e <<EOF", "a", [(("/bin/sh", "-e"), 2), (("a",), 3)]),
        ("<<EOF", "#!/bin/bash\na", [(("a",), 4)]),
        ("<<\\EOF", "a", [(("a",), 3)]),
        ('<<"EOF"', "a", [(("a",), 3)]),
        ("<<-'E'OF bash", "a", [(("bash",), 2), (("a",), 3)]),
        ("cat <<\\EOF >/f && b", "apt-get install x", [(("cat",), 2), (("b",), 2)]),
        ("<<EOF", "#!/usr/bin/env bash\na", [(("a",), 4)]),
        ("<<EOF", "#!/usr/bin/env python3\na()", []),
        ("python3 <<EOF", "a()", [(("python3",), 2)]),
        ("cat <<EOF > /f && b", "apt-get install x", [(("cat",), 2), (("b",), 2)]),
    ],
)
def test_heredocs(head: str, body: str, expected: list[tuple[tuple[str, ...], int]]) -> None:
    assert found(f"RUN {head}\n{body}\nEOF\n") == expected


def test_two_heredocs() -> None:
    assert found("RUN <<A <<B\na\nA\nb\nb2\nB\nRUN c\n") == [(("a",), 3), (("b",), 5), (("b2",), 6), (("c",), 8)]


def test_variables_of_the_build() -> None:
    assert found('ARG P="a b"\nENV Q=c\nRUN x $P "$P" $Q $R\n') == [(("x", "a", "b", "a b", "c", "$R"), 4)]


def test_only_the_stages_of_the_final_image() -> None:
    dockerfile = Dockerfile("Dockerfile", "FROM x AS a\nRUN a\nFROM x AS b\nRUN b\nFROM A\nRUN c\n")
    assert [layer.commands[0].words for layer in layers(dockerfile)] == [("a",), ("c",)]
    assert [layer.commands[0].words for layer in layers(dockerfile, dockerfile.all_steps())] == [("a",), ("b",), ("c",)]


@pytest.mark.parametrize(
    ("command", "paths"),
    [
        ("rm -rf /a/* b", ["/a/*", "b"]),
        ("cd /var/lib && rm -r apt", ["/var/lib/apt"]),
        ("rm -r /v/{a,b}", ["/v/a", "/v/b"]),
        ("find /v -type f -delete", ["/v"]),
        ("find /v -name '*.gem' -exec rm {} +", ["/v/*.gem"]),
        ("find /v -type f", []),
        ("echo rm -rf /a", []),
        ("a && b || rm -rf /a", []),
        ("a || (b; rm -rf /a)", []),
        ("a || { b && rm -rf /a; }", []),
        ('a || sh -c "rm -rf /a"', []),
        ("! a && rm -rf /a", []),
        ("false && rm -rf /a", []),
        ("exit 0; rm -rf /a", []),
        ("(exit 0; rm -rf /a)", []),
        ("a || b && rm -rf /a", ["/a"]),
        ("a; rm -rf /a || true", ["/a"]),
        ("[ ! -d /a ] || rm -rf /a", ["/a"]),
        ("false || rm -rf /a", ["/a"]),
        ("(rm -rf /a; exit 0)", ["/a"]),
        ("if [ -d /a ]; then exit 0; fi; rm -rf /a", ["/a"]),
    ],
)
def test_removals(command: str, paths: list[str]) -> None:
    [layer] = layers(Dockerfile("Dockerfile", f"FROM x\nRUN {command}\n"))
    assert [path for _at, path in removals(layer.commands)] == paths


@pytest.mark.parametrize(
    ("pattern", "answer"),
    [
        ("/var/lib/apt/lists", True),
        ("/var/lib/apt/lists/", True),
        ("/var/lib/apt/lists/*", True),
        ("/var/lib/apt/lists/*_*", True),
        ("/var/lib/apt/*", True),
        ("/var/lib/apt", True),
        ("/var/lib/apt/lists/partial", False),
        ("/var/lib/apt/listsx", False),
        ("/var/cache/apt", False),
        ("/", False),
        ("*", False),
        ("$LISTS/*", False),
    ],
)
def test_what_empties_a_folder(pattern: str, answer: bool) -> None:
    assert is_removed(pattern, "/var/lib/apt/lists") is answer
