"""Sentences and clauses beside commands."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.submission.text.prose import NEGATIONS, Words, sentences


def read(text: str) -> list[tuple[int, list[str], tuple[str, ...]]]:
    """Line, clauses and commands of every sentence."""
    found = sentences(enumerate(text.split("\n"), start=1))
    return [(each.line, [" ".join(clause) for clause in each.clauses], each.commands) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One goes\non here. Two", [(1, ["one goes on here"], ()), (2, ["two"], ())]),
        ("# Title\ntext", [(1, ["title"], ()), (2, ["text"], ())]),
        ("- a\n- b\n1. c", [(1, ["a"], ()), (2, ["b"], ()), (3, ["1 c"], ())]),
        ("a, b; c: d", [(1, ["a", "b"], ()), (1, ["c", "d"], ())]),
        ("this and that", [(1, ["this", "and that"], ())]),
        ("образ, т.к. слои есть", [(1, ["образ", "т к слои есть"], ())]),
        ("State.Pid, v. 1.2", [(1, ["state pid", "v 1 2"], ())]),
        ("`docker run -ti htop` shows one", [(1, ["shows one"], ("run",))]),
        ("docker run --pid host -ti a/b - всё", [(1, ["все"], ("run",))]),
        ("$ docker inspect my_image", [(1, [], ("inspect",))]),
        ("docker image ls: a list", [(1, ["a list"], ("ls",))]),
        ("docker image has layers", [(1, ["docker image has layers"], ())]),
        ("create a docker machine, run it", [(1, ["create a docker machine", "run it"], ())]),
        ("with --pid host or pid=host all", [(1, ["with", "or all"], ())]),
        (
            "text\n```sh\na\nb\n```\nc\nd",
            [(1, ["text"], ()), (3, ["a"], ()), (4, ["b"], ()), (6, ["c d"], ())],
        ),
        ("", []),
        ("---\n***\n```", []),
    ],
)
def test_sentences(text: str, expected: list[tuple[int, list[str], tuple[str, ...]]]) -> None:
    assert read(text) == expected


def test_names_keep_their_letters() -> None:
    (sentence,) = sentences([(7, "* `NetworkSettings` ещё есть")])
    assert sentence.names == ("NetworkSettings", "ещё", "есть")
    assert sentence.words == ("networksettings", "еще", "есть")


def test_vocabularies() -> None:
    words = Words("name имен* layer")
    assert "имени" in words
    assert "layers" not in words
    assert (words | NEGATIONS).among(["a", "not"])
    assert not Words("").among(["a", ""])


@given(st.text(alphabet="docker run`-(.,:# \nаб1\0", max_size=80))
def test_any_text(text: str) -> None:
    lines = text.count("\n") + 1
    assert all(1 <= sentence.line <= lines for sentence in sentences(enumerate(text.split("\n"), start=1)))


@pytest.mark.parametrize("unit", ["a ", "`", "docker run ", "docker ", "- ", ". ", "a\n", "#\n", "--pid ", "(" * 50])
def test_a_text_twice_as_long_takes_twice_as_long(unit: str) -> None:
    def seconds(times: int) -> float:
        text = unit * times
        started = time.process_time()
        list(sentences([(1, text), *enumerate(text.split("\n"))]))
        return time.process_time() - started

    assert seconds(40_000) < 20 * max(seconds(4_000), 0.01)
