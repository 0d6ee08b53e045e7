"""The shell lexer: words as a program would get them, each command with its line, whatever the text."""

from __future__ import annotations

import builtins
import contextlib
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.submission.text.shell import braces, commands, followed, with_inner


def words(text: str, **values: str) -> list[tuple[str, ...]]:
    return [command.words for command in commands(text, values)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a && b; c || d | e & f", [("a",), ("b",), ("c",), ("d",), ("e",), ("f",)]),
        ("(a; b) && { c; }", [("a",), ("b",), ("c",)]),
        ("if ! a x; then b; fi; for i in 1 2; do c $i; done", [("a", "x"), ("b",), ("c", "$i")]),
        ("a \\\n  b \\\n\tc", [("a", "b", "c")]),
        ("a 'b c' \"d e\" f\\ g h'i'\"j\"", [("a", "b c", "d e", "f g", "hij")]),
        ('a "x \\"y\\" \\$Z"', [("a", 'x "y" $Z')]),
        ("a > out 2>&1 < in", [("a",)]),
        ("a 'ruby>2' b<3", [("a", "ruby>2", "b")]),
        ("A=1 B='2 3' a # said", [("a",)]),
        ("cat <<EOF\napt-get install x\nEOF\nb", [("cat",), ("b",)]),
        ("a $(b c) `d`", [("a", "$(b c)", "`d`"), ("b", "c"), ("d",)]),
        ("a --x=$V \"$V\" ${V} '$V' $W ${W:-d}", [("a", "--x=p q", "p q", "p", "q", "$V", "$W", "d")]),
        ("docker run -d it's broken", [("docker", "run", "-d", "it")]),
        ("", []),
        ("# nothing", []),
    ],
)
def test_the_words_of_commands(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text, V="p q") == expected


def test_every_command_knows_its_line() -> None:
    found = commands("a && \\\n b \\\n  c\n\nd", first_line=10)
    assert [(command.words[0], command.line) for command in found] == [("a", 10), ("b", 11), ("d", 14)]


def test_assignments() -> None:
    found = commands("A=1\nexport B='x y'\nC=2 run")
    assert [dict(command.assignments) for command in found] == [{"A": "1"}, {"B": "x y"}, {"C": "2"}]


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("sh -c 'apt update'", ("apt", "update")),
        ('bash -exc "a; apt update"', ("apt", "update")),
        ("sudo -u root -E env A=1 nice -n 5 apt update", ("apt", "update")),
        ("timeout -k 5 10 apt update", ("apt", "update")),
        ("gosu app apt update", ("apt", "update")),
        ("runuser -u app -- apt update", ("apt", "update")),
        ("eval \"sh -c 'apt update'\"", ("apt", "update")),
        ("su -c 'apt update' root", ("apt", "update")),
        ("xargs -n 1 rm -f", ("rm", "-f")),
        ("sh script.sh", ("sh", "script.sh")),
        ("sudo", ("sudo",)),
    ],
)
def test_what_a_command_runs_in_turn(text: str, last: tuple[str, ...]) -> None:
    assert list(with_inner(commands(text)))[-1].words == last


def test_what_stands_in_single_quotes_is_known() -> None:
    [command] = commands("echo 'cd $A' \"$B\"")
    assert command.single_quoted == ("cd $A",)


def test_braces() -> None:
    assert braces("/var/{lib,cache}/{a,b}") == ["/var/lib/a", "/var/lib/b", "/var/cache/a", "/var/cache/b"]
    assert braces("${A}/x") == ["${A}/x"]
    assert len(braces("{a,b}" * 40)) <= 201


@pytest.mark.parametrize(
    "text",
    [
        "(" * 50_000,
        "$(" * 20_000 + ")" * 20_000,
        '"$(' * 10_000,
        "a && " * 40_000 + "a",
        "if a; then " * 10_000,
        "a\0b " * 10_000,
        "x " * 1_000_000,
        "x" * 2_000_000,
        "{a,b}" * 10_000,
        "<<EOF " * 5_000,
        "sh -c '" * 5_000,
        "eval " * 10_000,
        "\udc80\U0001f600 'é" * 1_000,
    ],
    ids=lambda text: text[:10].strip().replace("\0", "NUL").encode("ascii", "replace").decode(),
)
def test_hostile_text_is_read_quickly(text: str) -> None:
    started = time.monotonic()
    for command in with_inner(commands(text)):
        for word in command.words[:3]:
            braces(word)
    assert time.monotonic() - started < 20


def test_a_command_in_backquotes_hides_no_other() -> None:
    build = "docker build -t u/`echo {} | sed -e 's/\\// /g' | awk '{{ print $NF }}'` . ; \\\n\tcd - ; \\\n"
    text = "".join(f"cd {folder}; \\\n\t{build.format(folder)}" for folder in ("./a", "./b", "./c"))
    assert [each.words[1] for each in followed(text) if each.words[0] in ("docker", "cd")] == [
        *("./a", "build", "-"),
        *("./b", "build", "-"),
        *("./c", "build", "-"),
    ]


@pytest.mark.parametrize(
    ("text", "echoed"),
    [
        ('for n in a b; do m=$n; [ "$n" = b ] && m=c; echo $m; done', ["a", "c"]),
        ("for n in a b; do if [ $n != b ]; then m=c; else m=d; fi; echo $m; done", ["c", "d"]),
        ("m=a; [[ x == y ]] || m=b; echo $m; [ x = x ] || echo c", ["b"]),
        ('m=a; [ -d src ] && m=b; echo $m; [ "$X" = x ] && echo c', ["b", "c"]),
    ],
)
def test_a_test_of_two_known_words_says_what_is_reached(text: str, echoed: list[str]) -> None:
    reached = [each.words[1] for each in followed(text) if each.words[:1] == ("echo",) and each.is_reached]
    assert reached == echoed


@pytest.mark.parametrize("part", ["((`'\"", "`\\`'", '"`\\"#', "`$(`"])
def test_hostile_backquotes_are_read_quickly(part: str) -> None:
    started = time.monotonic()
    with contextlib.suppress(LimitExceeded):
        followed(part * 10_000)
    assert time.monotonic() - started < 20


@settings(max_examples=200)
@given(st.text(alphabet="ab \n\\'\"$(){}`<>|&;#=-!", max_size=60))
def test_any_text_is_read(text: str) -> None:
    for command in with_inner(commands(text, {"a": "b"})):
        assert command.line >= 1


def test_without_the_parser_it_is_unverified(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def missing(name: str, *arguments: Any, **keywords: Any) -> Any:
        if name == "tree_sitter_bash":
            raise ImportError(name)
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(Unverified):
        commands("asked by nobody else")
