"""The logs of jobs."""

from __future__ import annotations

import time

import pytest

from pytest_dockerlab.gitlab.traces import MAX_LENGTH, Outcome, plain, read_log

from . import logs


def test_a_log_of_2018():
    log = read_log(logs.OF_10)

    assert (log.runner_version, log.runner_name, log.short_token) == ("10.5.0", "my-autoscale-runner", "be2265a1")
    assert (log.executor, log.instance) == (None, None)
    assert log.host == "runner-be2265a1-gitlab-runner-1519281417-b8c4439c"
    assert log.outcome is Outcome.SUCCEEDED
    assert [(each.tool, each.run, each.failed) for each in log.tests] == [("test-unit", 1, 0)]
    assert log.is_whole


def test_a_log_with_sections_for_the_executor():
    log = read_log(logs.OF_13)

    assert (log.runner_version, log.executor) == ("13.12.0-rc1", "docker+machine")
    assert log.host == "runner-ih9xd9p3-org-ci-1621524292-bb661501"
    assert log.outcome is Outcome.FAILED
    assert [(each.tool, each.run, each.failed) for each in log.tests] == [("rspec", 2, 0)]


def test_a_log_with_times_on_an_instance_of_docker_autoscaler():
    log = read_log(logs.OF_18)

    assert (log.runner_name, log.short_token) == ("autoscale", "t9Wkyj-HG")
    assert (log.executor, log.instance, log.host) == ("docker-autoscaler", "i-0abc", "manager.example")
    assert log.outcome is Outcome.SUCCEEDED
    assert [(each.tool, each.run, each.failed) for each in log.tests] == [("pytest", 4, 0)]


def test_an_instance_that_is_only_dialed():
    assert read_log("Dialing instance i-0abc...\n").instance == "i-0abc"
    assert read_log("Dialing instance projects/x/i-0.b, 10.0.0.7, 192.0.2.1...\n").instance == "projects/x/i-0.b"


@pytest.mark.parametrize(
    ("line", "tool", "run", "failed"),
    [
        ("1 runs, 1 assertions, 0 failures, 0 errors, 0 skips", "minitest", 1, 0),
        ("5 runs, 7 assertions, 1 failures, 2 errors, 1 skips", "minitest", 4, 3),
        ("0 runs, 0 assertions, 0 failures, 0 errors, 0 skips", "minitest", 0, 0),
        ("3 tests, 3 assertions, 0 failures, 0 errors, 0 skips", "minitest", 3, 0),
        ("2 tests, 2 assertions, 0 failures, 0 errors", "test-unit", 2, 0),
        ("4 tests, 2 assertions, 1 failures, 0 errors, 1 pendings, 2 omissions, 0 notifications", "test-unit", 1, 1),
        ("1 example, 0 failures", "rspec", 1, 0),
        ("0 examples, 0 failures, 1 error occurred outside of examples", "rspec", 0, 1),
        ("=== 1 failed, 2 passed, 1 error in 0.10s ===", "pytest", 4, 2),
        ("3 passed in 0.02 seconds", "pytest", 3, 0),
        ("=== no tests ran in 0.01s ===", "pytest", 0, 0),
        ("=== 2 skipped, 1 warning in 0.01s ===", "pytest", 0, 0),
        ("Ran 3 tests in 0.001s", "unittest", 3, 0),
        ("3 scenarios (1 failed, 2 passed)", "cucumber", 3, 1),
        ("#12 0.912 1 runs, 1 assertions, 0 failures, 0 errors, 0 skips", "minitest", 1, 0),
        ("test_1  | 1 runs, 1 assertions, 0 failures, 0 errors, 0 skips", "minitest", 1, 0),
    ],
)
def test_summaries(line: str, tool: str, run: int, failed: int):
    (summary,) = read_log(f"$ x\n{line}\n").tests

    assert (summary.tool, summary.run, summary.failed) == (tool, run, failed)
    assert summary.text in line


@pytest.mark.parametrize(
    "line", ["v1.2 runs", "3 runs, 1 assertion", "the 3 examples here", "12 passed tests", "1.1 examples, 0 failures"]
)
def test_no_summary(line: str):
    assert read_log(line).tests == ()


@pytest.mark.parametrize(
    ("end", "failed"), [("OK", 0), ("FAILED (failures=2)", 2), ("FAILED (errors=1, failures=1)", 1)]
)
def test_the_summary_of_unittest_has_two_lines(end: str, failed: int):
    (summary,) = read_log(f"Ran 3 tests in 0.001s\n\n{end}\n").tests

    assert (summary.tool, summary.run, summary.failed) == ("unittest", 3, failed)
    assert "\n" not in summary.text


def test_what_a_command_only_echoes_is_no_summary():
    said = "1 runs, 1 assertions, 0 failures, 0 errors, 0 skips"
    shown = f"\x1b[32;1m$ echo '{said}'\x1b[0;m\n{said}\n"

    assert read_log(shown).tests == ()
    assert read_log(f"\x1b[32;1m$ ruby simpletest.rb\x1b[0;m\n{said}\n").tests


@pytest.mark.parametrize(
    ("ending", "outcome"),
    [
        ("Job succeeded\n", Outcome.SUCCEEDED),
        ("ERROR: Job failed: exit code 1\n", Outcome.FAILED),
        ("ERROR: Job failed: canceled\n", Outcome.CANCELED),
        ("ERROR: Job failed (system failure): no free machines\n", Outcome.SYSTEM_FAILURE),
        ("$ echo Job succeeded\n", Outcome.UNKNOWN),
        ("Job succeeded\nERROR: Job failed: exit code 1\n", Outcome.FAILED),
    ],
)
def test_endings(ending: str, outcome: Outcome):
    assert read_log(f"\x1b[32;1m{ending}\x1b[0;m").outcome is outcome


def test_a_log_that_the_runner_cut():
    text = logs.OF_10.replace("Loaded suite", "\x1b[33;1mJob's log exceeded limit of 4194304 bytes.\n")

    assert not read_log(text).is_whole
    assert not read_log(logs.OF_10, is_whole=False).is_whole


def test_control_characters_are_gone():
    hostile = "\x1b]0;title\x07a\x1b[2J\x1b[1;1H\x9b31mb\x00\x08\x1bPq#\x1b\\c\r::error::d\n\x1b]8;;http://x\x1b\\e"

    assert plain(hostile) == "a31mbc\n::error::d\ne"


def test_what_is_taken_out_is_short_and_printable():
    name = f"a\u202eb\u2066{'c' * 250}"
    log = read_log(f"Running with gitlab-runner {'9' * 5000}\n  on {name} be2265a1\nRunning on x via y\u202ez...\n")

    assert log.runner_version is not None
    assert len(log.runner_version) <= 60
    assert log.runner_name is not None
    assert (log.runner_name + str(log.host)).isprintable()


@pytest.mark.parametrize(
    "unit",
    [
        "\x1b[", "\x1b]", "\x1b[0m", "section_start:1:", "section_start:1:a[", "9 runs, ", "9", "9 passed, ", "=", "\r",
        "\n", "2026-01-01T00:00:00.000000Z 00O+\n", "  on ", "Ran 9 tests in 1", "9 scenarios (", "Running on x via ",
        "Dialing instance ", "a",
    ],
)  # fmt: skip
def test_a_hostile_log_takes_time_by_its_length_alone(unit: str):
    def seconds(length: int) -> float:
        begun = time.process_time()
        read_log(unit * (length // len(unit)))
        return time.process_time() - begun

    seconds(1000)
    assert seconds(400_000) < 40 * max(seconds(40_000), 0.002)


def test_of_a_log_without_an_end_the_beginning_is_read():
    log = read_log(logs.OF_10 + "x" * (MAX_LENGTH * 2))

    assert log.host is not None
    assert not log.is_whole
