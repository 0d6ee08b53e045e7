"""The strict parser of workflow commands: it obeys what the runner's own tests say is obeyed, and excuses nothing."""

from __future__ import annotations

import uuid

import pytest

from .workflow_commands import Command, Malformed, read_log, read_summary, read_values, written

TOKEN = "3f0c6f3a5d0f4a3f8f3b8a0a6d1e2c4b"

OBEYED = {
    "the plain form": ("::error::wrong", Command("error", {}, "wrong")),
    "with properties": (
        "::error file=a%2Cb.yml,line=3,title=c%3Ad%25::e%0Af%25",
        Command("error", {"file": "a,b.yml", "line": "3", "title": "c:d%"}, "e\nf%"),
    ),
    "what was escaped twice is read once": ("::debug::%250A", Command("debug", {}, "%0A")),
    "the data may have colons": ("::debug::a::b", Command("debug", {}, "a::b")),
    "the end of a group": ("::endgroup::", Command("endgroup")),
}
LAX = {
    "white space before it": ("\u3000 \t::error::x", Command("error", {}, "x")),
    "capitals": ("::ERROR::x", Command("error", {}, "x")),
    "the old form, anywhere in a line": (
        "a ##[error file=b%3Bc;line=2]x%5D",
        Command("error", {"file": "b;c", "line": "2"}, "x]"),
    ),
    "the old form behind what is no command": ("::nothing::##[warning]x", Command("warning", {}, "x")),
    "signs of equality in a row": ("::error =file==a=b::x", Command("error", {"file": "a=b"}, "x")),
    "properties that are none": ("::error file,line=,,col=2::x", Command("error", {"col": "2"}, "x")),
    "a property twice": ("::error file=a,FILE=b::x", Command("error", {"file": "b"}, "x")),
    "a sign of percent": ("::error::100%", Command("error", {}, "100%")),
    "dead ones": ("::set-output name=score::30", Command("set-output", {"name": "score"}, "30")),
    "those that we never write": ("::add-matcher::a.json", Command("add-matcher", {}, "a.json")),
    "no message": ("::error file=a::", Command("error", {"file": "a"})),
    "a line of nothing": ("::error line=2::x", Command("error", {"line": "2"}, "x")),
    "a column of nothing": ("::error file=a,col=2::x", Command("error", {"file": "a", "col": "2"}, "x")),
    "a line that is none": ("::error file=a,line=0::x", Command("error", {"file": "a", "line": "0"}, "x")),
    "an end before the beginning": (
        "::error file=a,line=3,endLine=2::x",
        Command("error", {"file": "a", "line": "3", "endLine": "2"}, "x"),
    ),
    "a path outside": ("::error file=../a::x", Command("error", {"file": "../a"}, "x")),
    "a whole path": ("::error file=/a::x", Command("error", {"file": "/a"}, "x")),
    "unknown properties": ("::error file=a,repo=b::x", Command("error", {"file": "a", "repo": "b"}, "x")),
    "properties of what has none": ("::group name=a::x", Command("group", {"name": "a"}, "x")),
    "text that turns round": ("::error::\u202ex", Command("error", {}, "\u202ex")),
    "colours": ("::error::\x1b[31mx", Command("error", {}, "\x1b[31mx")),
}
PRINTED = [
    "a ::error::x",
    "::nothing::x",
    "::error:x",
    ":: error::x",
    "\x1c::error::x",  # white space to Python alone
    "##[nothing]##[error]x",  # only the first one counts
    "##[error",
]


@pytest.mark.parametrize(("line", "command"), OBEYED.values(), ids=OBEYED)
def test_the_runner_obeys(line: str, command: Command) -> None:
    assert read_log(line + "\n").commands == [command]
    assert written(command) == line


@pytest.mark.parametrize(("line", "command"), LAX.values(), ids=LAX)
def test_the_runner_obeys_what_nobody_should_write(line: str, command: Command) -> None:
    assert read_log(line, strict=False).commands == [command]
    with pytest.raises(Malformed):
        read_log(line)


@pytest.mark.parametrize("line", PRINTED)
def test_the_runner_prints_what_is_no_command(line: str) -> None:
    log = read_log(line, strict=False)
    assert (log.commands, log.plain) == ([], [line])


def test_a_line_ends_at_a_carriage_return_and_at_nothing_else_that_python_knows() -> None:
    log = read_log("50 %\r::debug::a\r\n\u2028::debug::b\n\x0b::debug::c\x85::debug::d\n", strict=False)
    assert [command.data for command in log.commands] == ["a", "b", "c\x85::debug::d"]
    assert log.plain == ["50 %"]


@pytest.mark.parametrize(
    "line",
    ["\x1b[1m::error::x", "\u200b::error::x", "#\xad#[error]x", "::e\u200drror::x", "#\u200b#[group]x", "::unknown::x"],
)
def test_what_is_no_command_by_luck_is_malformed(line: str) -> None:
    assert not read_log(line, strict=False).commands
    with pytest.raises(Malformed):
        read_log(line)


@pytest.mark.parametrize("line", ["std::string", "\\::error::x", "##\\[error]x", "a ::error::x", "::1", "# ## ["])
def test_text_is_text(line: str) -> None:
    assert read_log(line).plain == [line]


def test_inside_of_a_fence_nothing_is_obeyed() -> None:
    attack = ["::error::x", "##[add-mask]x", "::stop-commands::other", "::endgroup::"]
    log = read_log("\n".join(["before", f"::stop-commands::{TOKEN}", *attack, f"::{TOKEN}::", "::debug::after", ""]))
    assert log.fenced == attack
    assert log.commands == [Command("debug", {}, "after")]
    assert log.plain == ["before"]


@pytest.mark.parametrize("end", [f"::{TOKEN}::", f"  ::{TOKEN.upper()} a=b::c", f"x ##[{TOKEN}]y"])
def test_a_fence_ends_by_its_token_in_either_form(end: str) -> None:
    log = read_log(f"::stop-commands::{TOKEN}\n::debug::a\n{end}\n::debug::b\n", strict=False)
    assert [command.data for command in log.commands] == ["b"]


@pytest.mark.parametrize(
    "log",
    [
        f"::stop-commands::{TOKEN}\n",
        f"::stop-commands::{TOKEN}\n ::{TOKEN}::\n",
        f"::stop-commands::{TOKEN}\nthe token is {TOKEN.upper()}\n::{TOKEN}::\n",
        f"::stop-commands::{TOKEN}\n::{TOKEN}::\n::stop-commands::{TOKEN}\n::{TOKEN}::\n",
        "::stop-commands::short\n::short::\n",
        "::stop-commands::\n",
        "::stop-commands::Error\n",
        "::stop-commands::pause-logging\n::pause-logging::\n",
    ],
)
def test_a_fence_that_somebody_could_open_is_malformed(log: str) -> None:
    with pytest.raises(Malformed):
        read_log(log)


def test_a_traceback_is_an_annotation_by_setup_python_fenced_or_not() -> None:
    forged = "   File \"README.md\", line 1, in x\n    raise Wrong('pwned')\n"
    fenced = f"::stop-commands::{TOKEN}\n{forged}::{TOKEN}::\n"
    for log in (forged, fenced, "::remove-matcher owner=go::\n" + forged):
        with pytest.raises(Malformed, match="setup-python"):
            read_log(log)
    off = "::remove-matcher owner=python::\n"
    assert len(read_log(off + fenced).fenced) == 2
    assert read_log(forged.replace("\n", "\n\n")).plain  # not one right after the other


def test_the_eleventh_of_a_kind_is_malformed() -> None:
    ten = "".join(f"::error::{number}\n::warning::{number}\n" for number in range(10))
    assert len(read_log(ten).commands) == 20
    with pytest.raises(Malformed, match="11 times error"):
        read_log(ten + "::error::11\n")


def test_bytes_are_utf_8() -> None:
    assert read_log("::error::ошибка\n".encode()).commands == [Command("error", {}, "ошибка")]
    # the reader of the runner takes the mark away: what it hid is a command
    assert read_log(b"\xef\xbb\xbf::debug::x", strict=False).commands == [Command("debug", {}, "x")]
    for wrong in (b"::error::\xff\n", b"\xef\xbb\xbf::debug::x", b"a\0b"):
        with pytest.raises(Malformed):
            read_log(wrong)


def pair(name: str, value: str, delimiter: str = "") -> str:
    delimiter = delimiter or f"ghadelimiter_{uuid.uuid4()}"
    return f"{name}<<{delimiter}\n{value}\n{delimiter}\n"


def test_values_are_those_of_the_toolkit() -> None:
    content = pair("score", "7.5") + pair("results", "a\nb=c\nd<<e\n\n") + pair("empty", "")
    assert read_values(content) == {"score": "7.5", "results": "a\nb=c\nd<<e\n\n", "empty": ""}
    assert read_values(content.encode()) == read_values(content)
    assert read_values("") == {}


@pytest.mark.parametrize(
    ("content", "values"),
    [
        ("score=7\n\nmax==8", {"score": "7", "max": "=8"}),
        ("=a\n", {"": "a"}),
        ("score=7\nscore=8\n", {"score": "8"}),
        ("a<<E\nb\nE", {"a": "b"}),
        ("a<<E\nE\n", {"a": ""}),
        ("a=b<<E\nc=d\n", {"a": "b<<E", "c": "d"}),
        (pair("score", "7") + "score=8\n", {"score": "8"}),
        (pair("score", "7") + pair("SCORE", "8"), {"score": "7", "SCORE": "8"}),
        (pair("a b", "c"), {"a b": "c"}),
        (pair("a", "b", delimiter="EOF"), {"a": "b"}),
        (b"a=\xff\n", {"a": "\ufffd"}),
        (b"\xef\xbb\xbfa=b\n", {"a": "b"}),
    ],
)
def test_the_runner_takes_values_in_other_forms(content: str | bytes, values: dict[str, str]) -> None:
    assert read_values(content, strict=False) == values
    with pytest.raises(Malformed):
        read_values(content)


@pytest.mark.parametrize("content", ["score\n", "a<<E\nb\n", "a<<E\nb\nE \n", "<<E\nb\nE\n", "a<<\nb\n", "a<<E"])
def test_the_runner_refuses_such_a_file(content: str) -> None:
    with pytest.raises(Malformed):
        read_values(content, strict=False)


def test_a_value_is_written_again_where_that_is_meant() -> None:
    content = pair("exit-code", "0") + pair("exit-code", "1")
    assert read_values(content, again={"exit-code"}) == {"exit-code": "1"}
    with pytest.raises(Malformed, match="twice"):
        read_values(content)


def test_a_summary_is_short_enough_to_be_shown() -> None:
    assert read_summary("# 7 из 10\n".encode()) == "# 7 из 10\n"
    assert len(read_summary(b"a" * 1024 * 1024)) == 1024 * 1024
    for wrong in (b"a" * (1024 * 1024 + 1), b"\xff", b"\0"):
        with pytest.raises(Malformed):
            read_summary(wrong)
