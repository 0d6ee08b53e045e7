"""Env files."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.text.envfile import EnvFile


def test_variables_have_values_and_lines() -> None:
    env = EnvFile(".env", "# a comment\n\nA=1\nexport B='two' # more\n\n\nC=\"three\"\nD\nE=\n")
    assert {name: (each.value, each.line) for name, each in env.variables.items()} == {
        "A": ("1", 3),
        "B": ("two", 4),
        "C": ("three", 7),
        "D": (None, 8),
        "E": ("", 9),
    }
    assert str(env.location("C")) == ".env:7"
    assert env.location("Z").line is None


def test_crlf_and_the_last_one_of_two() -> None:
    env = EnvFile(".env", "A=1\r\nA=2\r\n")
    assert env.variables["A"].value == "2"
    assert env.variables["A"].line == 2


def test_names_and_lines_that_nobody_can_use() -> None:
    env = EnvFile(".env", "UI-VERSION=1\n1A=2\nnonsense here=3\nOK=1\n")
    assert list(env.variables) == ["OK"]
    assert [(each.name, each.line) for each in env.problems][:2] == [("UI-VERSION", 1), ("1A", 2)]
    assert len(env.problems) == 3


@pytest.mark.parametrize("value", ["<USERNAME>", " <your name> ", "", '""'])
def test_placeholders(value: str) -> None:
    assert EnvFile(".env", f"A={value}\n").variables["A"].is_placeholder


@pytest.mark.parametrize("value", ["a<b>", "your_name", "1.0"])
def test_values_that_are_none(value: str) -> None:
    assert not EnvFile(".env", f"A={value}\n").variables["A"].is_placeholder


def test_only_the_file_itself_is_asked_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "planted")
    env = EnvFile(".env", "A=1\nB=${A}2\nC=${SECRET}x\nD='${A}'\n")
    assert [env.variables[name].value for name in "BCD"] == ["12", "x", "${A}"]
