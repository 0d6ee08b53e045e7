"""``.dockerignore``: what of a context is left out. Expected is what ``docker build`` was seen to send (28.2)."""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.dockerfiles.dockerignore import Ignore

FILES = (
    "a", "a.md", ".md", "b.log", ".hidden", "#x", "d#/x", "!y", "README.md", "README-secret.md", "temp", "temp1/x",
    "x/temp2", "x/y/temp3", "x/y/z/a.md", "src/a/b", "src/b", "foo/bar/baz", "foo/bar2", "q/a*b", "q/acb", "my file",
)  # fmt: skip


def left_out(text: str) -> set[str]:
    ignore = Ignore(text.splitlines())
    return {path for path in FILES if ignore.matches(path)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # the examples of docker's own pages
        ("# comment\n*/temp*\n*/*/temp*\ntemp?\n", {"x/temp2", "x/y/temp3", "temp1/x"}),
        ("*.md\n!README*.md\nREADME-secret.md", {"a.md", ".md", "README-secret.md"}),
        ("*.md\nREADME-secret.md\n!README*.md", {"a.md", ".md"}),
        ("**/*.md", {"a.md", ".md", "README.md", "README-secret.md", "x/y/z/a.md"}),
        ("/foo/bar", {"foo/bar/baz"}),
        ("foo/bar/", {"foo/bar/baz"}),
        ("foo/bar/baz/..", {"foo/bar/baz"}),
        ("./a", {"a"}),
        ("  my file  ", {"my file"}),
        ("*\n!src", set(FILES) - {"src/a/b", "src/b"}),
        ("*\n!src\nsrc/a", set(FILES) - {"src/b"}),
        ("src/**\n!src/b", {"src/a/b"}),
        ("! a\n*\n!  src/b", set(FILES) - {"src/b"}),
        ("foo\n!foo/bar", {"foo/bar2"}),
        ("src\n!src/a\nsrc/a/b", {"src/a/b", "src/b"}),
        ("**", set(FILES)),
        ("**/y", {"x/y/temp3", "x/y/z/a.md"}),
        ("x/**/a.md", {"x/y/z/a.md"}),
        ("foo/**/baz", {"foo/bar/baz"}),
        ("**.md", {"a.md", ".md", "README.md", "README-secret.md", "x/y/z/a.md"}),
        ("x**", {"x/temp2", "x/y/temp3", "x/y/z/a.md"}),
        ("[^a-zA-Z.]*", {"#x", "!y"}),
        ("[!a]*", {"a", "a.md", "!y"}),
        ("q/a\\*b", {"q/a*b"}),
        ("q/a*b", {"q/a*b", "q/acb"}),
        ("\\!y", {"!y"}),
    ],
)
def test_what_a_pattern_leaves_out(text: str, expected: set[str]) -> None:
    assert left_out(text) == expected


@pytest.mark.parametrize("text", ["", ".", "/", "!", "#x", "# x\n\n", "a/..", "nowhere", "../a", "Temp", "x/temp"])
def test_what_leaves_nothing_out(text: str) -> None:
    assert left_out(text) == set()


def test_only_the_first_character_begins_a_comment() -> None:
    assert left_out(" #x\n") == {"#x"}
    assert left_out("d#\n") == {"d#/x"}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends(end: str) -> None:
    assert left_out(end.join(["a", "src/", ""])) == {"a", "src/a/b", "src/b"}


def test_patterns_that_make_others_go_back_and_forth() -> None:
    started = time.monotonic()
    ignore = Ignore(["*a" * 400 + "b", "**/*a" * 150 + "/b", "[a" * 300, "a" * 2_000])
    assert not ignore.matches("a" * 200 + "/" + "/".join("a" * 20 for _ in range(30)))
    assert time.monotonic() - started < 10


def test_many_different_patterns_for_many_files() -> None:
    started = time.monotonic()
    ignore = Ignore([f"*{number}*.txt" for number in range(5_000)])
    found = [ignore.matches(f"a/{number}.txt/b") for number in range(500)]
    assert not any(found)
    assert ignore.matches("999.txt")
    assert not ignore.matches("x1500.log")
    assert time.monotonic() - started < 30


def test_patterns_that_would_take_hours_are_given_up() -> None:
    ignore = Ignore(["**/" + "a/**/" * 120 + "b"] * 1_000)
    path = "/".join(["a"] * 60) + "/c"
    with pytest.raises(LimitExceeded, match="dockerignore"):
        any(ignore.matches(path) for _file in range(10_000))


def test_a_hundred_patterns_for_ten_thousand_files_are_not_too_many() -> None:
    ignore = Ignore([f"**/*{number}*.txt" for number in range(100)])
    assert not any(ignore.matches(f"src/app/{number}.rb") for number in range(10_000))
