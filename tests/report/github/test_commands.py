"""Workflow commands, read again as the runner reads them, and the fence around everything else."""

from __future__ import annotations

import pytest

from pytest_dockerlab.report.github.commands import command, is_github, resume, stop, stop_token


def test_a_command_without_properties() -> None:
    assert command("endgroup") == "::endgroup::"
    assert command("notice", "said") == "::notice::said"


def test_escaped_as_the_toolkit_does() -> None:
    """What its own tests expect: packages/core/__tests__/command.test.ts of actions/toolkit."""
    assert command("some-command", "percent % percent % cr \r cr \r lf \n lf \n") == (
        "::some-command::percent %25 percent %25 cr %0D cr %0D lf %0A lf %0A"
    )
    assert command("some-command", "%25 %25 %0D %0D %0A %0A") == ("::some-command::%2525 %2525 %250D %250D %250A %250A")
    value = "percent % percent % cr \r cr \r lf \n lf \n colon : colon : comma , comma ,"
    assert command("some-command", "", name=value) == (
        "::some-command name=percent %25 percent %25 cr %0D cr %0D lf %0A lf %0A colon %3A colon %3A comma %2C comma"
        " %2C::"
    )


def test_properties_that_are_empty_are_left_out() -> None:
    assert command("error", "said", file="a,b", line=None, title="") == "::error file=a%2Cb::said"


@pytest.mark.parametrize("value", ["::error::x", "a\n::error::x", "a\r::error::x", "##[error]x", "%0A::error::x"])
def test_whatever_is_said_is_one_line_and_one_command(value: str) -> None:
    line = command("error", value, file=value, title=value)
    assert line.splitlines() == [line]
    assert line.startswith("::error file=")
    head, _separator, _data = line.removeprefix("::").partition("::")
    assert [each.partition("=")[0] for each in head.removeprefix("error ").split(",")] == ["file", "title"]


def test_a_fence_is_left_by_its_own_token_only() -> None:
    token = stop_token()
    assert stop(token) == f"::stop-commands::{token}"
    assert resume(token) == f"::{token}::"
    assert token != stop_token()
    assert len(token) > 32


@pytest.mark.parametrize("value", ["1", "TRUE", ""])
def test_a_runner_says_that_it_is_there(value: str) -> None:
    assert is_github({"GITHUB_ACTIONS": "true"})
    assert not is_github({"GITHUB_ACTIONS": value})
    assert not is_github({})
