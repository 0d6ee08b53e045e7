"""Env files."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.budget import Budget
from pytest_dockerlab.submission.compose.cli import ComposeError, config
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.text.envfile import EnvFile, literal_variables

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")


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
    assert env.refused_at == 3


@pytest.mark.parametrize("value", ["<USERNAME>", " <your name> ", "", '""', " # the port (xxxx:xxxx)", "#version"])
def test_placeholders(value: str) -> None:
    assert EnvFile(".env", f"A={value}\n").variables["A"].is_placeholder


@pytest.mark.parametrize("value", ["a<b>", "your_name", "1.0"])
def test_values_that_are_none(value: str) -> None:
    assert not EnvFile(".env", f"A={value}\n").variables["A"].is_placeholder


def test_only_the_file_itself_is_asked_for_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET", "planted")
    env = EnvFile(".env", "A=1\nB=${A}2\nC=${SECRET}x\nD='${A}'\n")
    assert [env.variables[name].value for name in "BCD"] == ["12", "x", "${A}"]


# Every form of a line that compose-go's reader tells apart, alone or with what follows it.
FILES = [
    "A=1\n",
    "A=1",
    "\n \n# c\n  # c\n\tA=1\n",
    "A = 1 \nB= 2\n",
    "A=1 # c\nB=1#c\nC=1\t# c\n",
    "A= # c\nB=\t# c\nC=# c\nD=\n",
    "A: 1\nB : 'x y'\nC:=1\nD==1\n",
    "export A=1\nexport\tB=2\nexportC=3\n",
    "A\nB=2\n",
    "A='it # is' # c\nB=\"it # is\" # c\nC='x'y\nD=1\n",
    "A='$B'\nB=\"$A\"\n",
    'A=\'it\\\'s\'\nB="say \\"x\\""\nC=\'a\\\\\'\nD="a\\\\"\n',
    "A=\"a\\nb\\tc\\$B\\0101\\01\\0999\\x\"\nB='a\\nb'\n",
    'A="two\nlines"\nB=2\n',
    "A='two\n\nlines'\nB=2\n",
    "A=1\nB=${A}2\nC=$A$Z\nD=${Z:-x}${A:+y}$$A\n",
    "A=1\nA=2\nB=${A}\n",
    "\ufeffA=1\n",
    "A=1\r\nB='2'\r\n\r\n# c\r\nC=\"3\"\r\nD=4 \r\n",
    "A-B=1\nA.B=1\nA[0]=1\n1A=1\n=x\nB=2\n",
    "---\n[x]\nA=1\n",
    "A=\xa0x\u2003\n\u00a0B=2\n",
    "имя=1\nA=значение\n",
    "A=$(ls) $ {B} $\nB=a b\n",
    "A='x' B='y'\nC=3\n",
    "A=x\ty\nB=x\\ny\nC=\\$A\n",
]
REFUSED = [
    ("A=1\nno name here\nB=2\n", 2),
    ("<A>=1\n", 1),
    ("\n\nA B=1\n", 3),
    ("A=1\nB='x\nC=3\n", 2),
    ('A="x\n', 1),
    ("A=1\n$B=2\n", 2),
    ("A,B=2\n", 1),
    ("// A\n", 1),
]


def read_by_compose(folder: Path, data: bytes, env_file: str = "") -> dict[str, str]:
    """What the real compose makes of an env file: of the project's own, else of a service's."""
    (folder / "an.env").write_bytes(data)
    names = "" if env_file else "".join(f"      {name}: '${{{name}-unset}}'\n" for name in "ABCD")
    service = f"    env_file: {env_file}\n" if env_file else f"    environment:\n{names}"
    (folder / "compose.yml").write_text(f"services:\n  one:\n    image: x\n{service}")
    file = ["--env-file", str(folder / "an.env")] if not env_file else []
    loaded = config(["-f", str(folder / "compose.yml"), "-p", "one", *file], [], folder, Budget(), "compose.yml")
    found = loaded["services"]["one"].get("environment") or {}
    return {name: value.replace("$$", "$") for name, value in found.items() if value != "unset"}


@needs_compose
@pytest.mark.parametrize("text", FILES)
def test_it_reads_as_compose_does(tmp_path: Path, text: str) -> None:
    env = EnvFile("an.env", text)
    assert env.refused_at is None
    ours = {name: each.value for name, each in env.variables.items() if name in "ABCD" and each.value is not None}
    assert ours == read_by_compose(tmp_path, text.encode())


@needs_compose
@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_it_refuses_what_compose_refuses(tmp_path: Path, text: str, line: int) -> None:
    assert EnvFile("an.env", text).refused_at == line
    with pytest.raises(ComposeError):
        read_by_compose(tmp_path, text.encode())


@needs_compose
@pytest.mark.parametrize("data", ["A=1\n".encode("utf-16"), "A=1\nимя=1\n".encode("cp1251")])
def test_another_encoding_is_refused_where_compose_refuses_it(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "an.env").write_bytes(data)
    assert EnvFile.read(WorkTree(tmp_path), "an.env").refused_at is not None
    with pytest.raises(ComposeError):
        read_by_compose(tmp_path, data)


@needs_compose
def test_a_foreign_byte_in_a_comment_or_value_is_none_of_composes_business(tmp_path: Path) -> None:
    data = "# заметка\nA=1\n".encode("cp1251")
    (tmp_path / "an.env").write_bytes(data)
    assert EnvFile.read(WorkTree(tmp_path), "an.env").variables["A"].value == "1"
    assert read_by_compose(tmp_path, data) == {"A": "1"}


LITERAL = [
    "A='1'\nB=\"2\" # c\nC=${A}$A\n# D=1\n",
    "\n  A=1 \n\tB=\t2\nC=\nD\n",
    "\ufeffA=1\r\nB=2=3\r\n",
    "A.b-c=1\nA=1\\n\n",
]


@needs_compose
@pytest.mark.parametrize("text", LITERAL)
def test_the_literal_grammar_is_that_of_format_raw(tmp_path: Path, text: str) -> None:
    read = read_by_compose(tmp_path, text.encode(), "[{path: an.env, format: raw}]")
    assert literal_variables(text) == read


@needs_compose
@pytest.mark.parametrize("text", ["export A=1\n", "A =1\n", "=1\n"])
def test_a_line_that_is_refused_there_gives_nothing(tmp_path: Path, text: str) -> None:
    assert literal_variables(text) == {}
    with pytest.raises(ComposeError):
        read_by_compose(tmp_path, text.encode(), "[{path: an.env, format: raw}]")
