"""Texts recorded from a terminal."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.submission.text.terminal import visible


@pytest.mark.parametrize(
    ("recorded", "seen"),
    [
        ("\x1b[1mIMAGE\x1b[0m   ID", "IMAGE   ID"),
        ("\x1b[38;5;12malpine\x1b[m", "alpine"),
        ("\x1b]0;user@host: ~\x07$ docker images", "$ docker images"),
        ("\x1b]8;;https://x.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b[?2004hdocker imagse\b\b\x1b[Kes\r\n", "docker images\n"),
        ("abc\b \bd", "abd"),
        ("a\r\r\nb\rc", "a\nb\nc"),
        ("\x1b(B\x0fplain\tkept", "plain\tkept"),
        ("\x1b]never ends\nnext", "never ends\nnext"),
    ],
)
def test_what_is_seen(recorded: str, seen: str) -> None:
    assert visible(recorded) == seen


@given(st.text(alphabet="\x1b[]0;m\x07\\\b\ra\n", max_size=60))
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    assert not set(visible(text)) & set("\x1b\x07\b\r")
    assert visible(text).count("\n") >= text.count("\n")


@pytest.mark.parametrize("unit", ["\x1b[", "\x1b]0;", "\x1b", "a\b", "\b", "\x1b[0", "\r", "\x1b("])
def test_a_text_twice_as_long_takes_twice_as_long(unit: str) -> None:
    def seconds(times: int) -> float:
        started = time.process_time()
        visible(unit * times)
        return time.process_time() - started

    assert seconds(400_000) < 20 * max(seconds(40_000), 0.01)
