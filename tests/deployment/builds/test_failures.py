"""What a failed build means, and where in the student's Dockerfile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.deployment.builds.contract import BuildEnd, BuildLimits, ImageBuildFailed
from pytest_dockerlab.deployment.builds.failures import explain
from pytest_dockerlab.findings import Finding, Mismatch, Unverified
from pytest_dockerlab.plans.builds.plan import BuildPlan, plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

TEXT = """\
ARG A=x
FROM $A
RUN apt-get update
RUN apt-get install -y \\
    ruby
COPY start.sh /
"""
LIMITS = BuildLimits(seconds=100.0)
INSTALL, COPY = 5, 6
"""The steps in the builder's counting, in which our labels are one."""


@pytest.fixture
def plan(tmp_path: Path) -> BuildPlan:
    return planned(tmp_path, TEXT)


def planned(folder: Path, text: str) -> BuildPlan:
    (folder / "Dockerfile").write_text(text)
    return plan_build(Submission("x", WorkTree(folder)), "ui", "Dockerfile", "")


def finding(plan: BuildPlan, end: BuildEnd, reason: str, **more: Any) -> Finding:
    told = explain(ImageBuildFailed(end, reason, **more), plan, (), LIMITS)
    assert isinstance(told, Mismatch)
    assert told.finding.hint is not None
    return told.finding


def unverified(plan: BuildPlan, end: BuildEnd, reason: str, left_out: tuple[str, ...] = (), **more: Any) -> str:
    told = explain(ImageBuildFailed(end, reason, **more), plan, left_out, LIMITS)
    assert isinstance(told, Unverified)
    assert told.remedy is not None
    return str(told.reason)


FAILED = "The command '/bin/sh -c apt-get install -y ruby' returned a non-zero code: 100"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({"step": 1}, "Dockerfile:1"),
        ({"step": 2}, "Dockerfile:2"),
        ({"step": 3}, "Dockerfile"),  # our own labels
        ({"step": INSTALL}, "Dockerfile:4"),
        ({"step": COPY}, "Dockerfile:6"),
        ({"step": 99}, "Dockerfile"),
        ({"line": 2}, "Dockerfile:2"),
        ({"line": 6}, "Dockerfile:4"),  # the continuation of what was sent as lines 5 and 6
        ({"line": 99}, "Dockerfile"),
        ({"instruction": "RUN apt-get install -y     ruby"}, "Dockerfile:4"),
        ({"instruction": "RUN something else"}, "Dockerfile"),
        ({}, "Dockerfile"),
    ],
)
def test_the_place(plan: BuildPlan, where: dict[str, Any], place: str) -> None:
    assert str(finding(plan, BuildEnd.STEP, "invalid reference format", **where).at) == place


def test_a_line_that_the_builder_refuses(plan: BuildPlan) -> None:
    for reason in (
        "dockerfile parse error line 4: Unknown flag: bad",
        "dockerfile parse error on line 4: unknown flag",
    ):
        assert str(finding(plan, BuildEnd.STEP, reason).at) == "Dockerfile:3"


def test_a_failed_step_says_why_before_its_last_lines(plan: BuildPlan) -> None:
    tail = "E: Unable to locate package rubby\n" + "\n".join(f"line {number}" for number in range(30))
    told = finding(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail=tail)
    first, second, *last = str(told.found).splitlines()
    assert first == "E: Unable to locate package rubby"
    assert second == "the step ended with exit code 100; what it wrote last:"
    assert last == [f"line {number}" for number in range(18, 30)]
    assert "the package's name" in str(told.hint)


def test_a_step_of_which_nobody_knows_why_it_failed(plan: BuildPlan) -> None:
    told = finding(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail="one\ntwo")
    assert str(told.found) == "two\nthe step ended with exit code 100; what it wrote last:\none\ntwo"
    assert str(told.hint) == "docker build shows the same at “RUN apt-get install -y ruby”: correct it there"
    assert str(finding(plan, BuildEnd.STEP, "no words of ours", step=INSTALL).found) == "no words of ours"
    silent = finding(plan, BuildEnd.STEP, FAILED, step=INSTALL)
    assert str(silent.found) == "the step ended with exit code 100"


@pytest.mark.parametrize(
    "reason",
    [
        "COPY failed: file not found in build context or excluded by .dockerignore: stat a/Gemfile: file does not",
        'failed to compute cache key: failed to calculate checksum of ref x::y: "/a/Gemfile": not found',
    ],
)
def test_a_file_that_is_not_there_to_copy(plan: BuildPlan, reason: str) -> None:
    told = finding(plan, BuildEnd.STEP, reason, step=COPY)
    assert str(told.at) == "Dockerfile:6"
    assert str(told.hint).startswith("commit a/Gemfile to the root of the repository, or correct its path")


def test_a_long_instruction_is_cut_in_the_hint(tmp_path: Path) -> None:
    told = finding(planned(tmp_path, f"FROM x\nRUN {'a' * 500}\n"), BuildEnd.STEP, "it failed", step=3)
    assert len(str(told.hint)) < 200


def test_the_world_is_at_fault(plan: BuildPlan) -> None:
    told = unverified(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail="Temporary failure resolving 'archive.example'")
    assert "not its author's fault" in told
    assert "(Dockerfile:4)" in told


def test_a_base_image_that_cannot_be_had_is_nobodys_fault(plan: BuildPlan) -> None:
    told = unverified(plan, BuildEnd.STEP, "words of a registry that nobody has seen yet", step=2)
    assert "its base image is not available: words of a registry that nobody has seen yet (Dockerfile:2)" in told
    finding(plan, BuildEnd.STEP, "base name ($A) should not be blank", step=2)


def test_what_apt_get_update_said_earlier_explains_a_package_that_is_not_found(plan: BuildPlan) -> None:
    log = "W: Failed to fetch http://archive.example/x  Temporary failure resolving 'archive.example'\n"
    tail = "E: Unable to locate package ruby"
    assert "did not resolve" in unverified(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail=tail, log=log + tail)
    # and of a fault of another kind it explains nothing
    finding(plan, BuildEnd.STEP, "COPY failed: no such file", step=COPY, tail="", log=log)


@pytest.mark.parametrize("reason", ["... returned a non-zero code: 137", "process did not complete: exit code: 137"])
def test_a_step_that_our_limit_may_have_killed(plan: BuildPlan, reason: str) -> None:
    assert "was killed" in unverified(plan, BuildEnd.STEP, reason, step=INSTALL)


def test_what_was_not_sent_may_be_what_is_missing(plan: BuildPlan) -> None:
    reason = "COPY failed: file not found in build context: stat start.sh: file does not exist"
    assert "start.sh" in unverified(plan, BuildEnd.STEP, reason, left_out=("large", "start.sh"), step=COPY)
    assert str(finding(plan, BuildEnd.STEP, reason, step=COPY).at) == "Dockerfile:6"
    # another file that was not sent is no excuse
    for left_out in ("large", "start.shx"):
        told = explain(ImageBuildFailed(BuildEnd.STEP, reason, step=COPY), plan, (left_out,), LIMITS)
        assert isinstance(told, Mismatch)


def test_a_program_that_misses_what_was_not_sent(plan: BuildPlan) -> None:
    told = unverified(plan, BuildEnd.STEP, FAILED, ("lib/a.bin",), step=INSTALL, tail="sum: /app/lib/a.bin: not there")
    assert "could not be sent: lib/a.bin" in told
    other = ImageBuildFailed(BuildEnd.STEP, FAILED, tail="java.bin a.binary", step=INSTALL)
    assert isinstance(explain(other, plan, ("a.bin",), LIMITS), Mismatch)


@pytest.mark.parametrize(
    "tail",
    ["g++: fatal error: Killed signal terminated program cc1plus", "Killed\nmake: *** [all] Error 137",
     "/bin/sh: line 1:    12 Killed"],
)  # fmt: skip
def test_a_process_of_a_step_that_was_killed(plan: BuildPlan, tail: str) -> None:
    assert "or a process in it" in unverified(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail=tail)


def test_a_process_that_the_engine_says_was_killed(plan: BuildPlan) -> None:
    failure = ImageBuildFailed(BuildEnd.STEP, FAILED, step=INSTALL, tail="it failed", container="c")
    assert isinstance(explain(failure, plan, (), LIMITS), Mismatch)
    failure.is_out_of_memory = True
    assert isinstance(explain(failure, plan, (), LIMITS), Unverified)


def test_a_step_that_kills_itself(plan: BuildPlan) -> None:
    """Where the kernel killed nobody, it is the step's own doing; where nobody knows, it is no fault."""
    failure = ImageBuildFailed(BuildEnd.STEP, "returned a non-zero code: 137", step=INSTALL, tail="Killed")
    assert isinstance(explain(failure, plan, (), LIMITS), Unverified)
    failure.is_out_of_memory = False
    assert isinstance(explain(failure, plan, (), LIMITS), Mismatch)


@pytest.mark.parametrize(
    "tail",
    ["make: vfork: Resource temporarily unavailable", "RuntimeError: can't start new thread",
     "[Errno 11] Resource temporarily unavailable: cannot start new thread",
     "Resource temporarily unavailable - fork(2) (Errno::EAGAIN)", "Cannot fork: Resource temporarily unavailable"],
)  # fmt: skip
def test_a_step_that_gets_no_more_processes(plan: BuildPlan, tail: str) -> None:
    assert "processes and threads" in unverified(plan, BuildEnd.STEP, FAILED, step=INSTALL, tail=tail)


def test_a_pull_that_stalls_is_nobodys_fault(plan: BuildPlan, tmp_path: Path) -> None:
    for more in ({"step": 2}, {"step": COPY}, {}):
        told = unverified(plan, BuildEnd.TIME, "more than 100 s", silent=100.0, **more)
        assert "was waiting for something outside" in told
    assert "at Dockerfile:2" in unverified(plan, BuildEnd.TIME, "more than 100 s", step=2, silent=100.0)


def test_buildkit_names_no_containers(tmp_path: Path) -> None:
    plan = planned(tmp_path, "FROM x\nRUN <<E\nsleep 1000\nE\n")
    assert plan.buildkit is not None
    run = {"line": 3, "silent": 100.0}
    assert "does not finish" in str(finding(plan, BuildEnd.TIME, "more than 100 s", **run).found)
    assert "was waiting for" in unverified(plan, BuildEnd.TIME, "more than 100 s", line=1, silent=100.0)


@pytest.mark.parametrize("source", ["./start.sh", "/start.sh", "*.sh", "$NAME", '["start.sh", "/"]', "a start.sh"])
def test_ways_to_name_what_was_not_sent(tmp_path: Path, source: str) -> None:
    copy = f"COPY {source}" if source.startswith("[") else f"COPY {source} /"
    told = unverified(planned(tmp_path, f"FROM x\n{copy}\n"), BuildEnd.STEP, "COPY failed", ("start.sh",), step=3)
    assert "start.sh" in told


def test_a_builder_that_is_too_old_is_not_the_students(tmp_path: Path) -> None:
    reason = "dockerfile parse error line 3: unknown flag: parents"
    newer = planned(tmp_path, "FROM x\nCOPY --parents a b\n")
    assert "newer builder" in unverified(newer, BuildEnd.STEP, reason)
    with pytest.raises(Mismatch) as misspelt:  # what no builder knows is not sent to one
        planned(tmp_path, "FROM x\nCOPY --parent a b\n")
    assert str(misspelt.value.finding.at) == "Dockerfile:2"


def test_a_step_that_serves_instead_of_ending(plan: BuildPlan) -> None:
    told = finding(plan, BuildEnd.TIME, "more than 100 s", step=INSTALL, silent=90.0, container="c")
    assert str(told.at) == "Dockerfile:4"
    assert "does not finish" in str(told.found)


def test_a_step_that_is_only_slow_is_unverified(plan: BuildPlan) -> None:
    told = unverified(plan, BuildEnd.TIME, "more than 100 s", step=INSTALL, silent=10.0, container="c")
    assert "still working at Dockerfile:4" in told


@pytest.mark.parametrize(
    "tail",
    ["sh: 1: Cannot fork", "/bin/sh: can't fork: Resource temporarily unavailable",
     "bash: fork: retry: Resource temporarily unavailable"],
)  # fmt: skip
def test_a_step_that_forks_without_end(plan: BuildPlan, tail: str) -> None:
    told = finding(plan, BuildEnd.TIME, "more than 100 s", step=INSTALL, tail=tail, silent=1.0, container="c")
    assert "processes without end" in str(told.found)


def test_one_line_of_many_forks_is_read_to_its_end(plan: BuildPlan) -> None:
    told = finding(plan, BuildEnd.TIME, "more", step=INSTALL, tail="fork " * 40_000, silent=100.0, container="c")
    assert "does not finish" in str(told.found)  # backwards and forwards it would take minutes


@pytest.mark.parametrize(("end", "said"), [(BuildEnd.LOG, "to its log"), (BuildEnd.DISK, "the build writes")])
def test_what_passes_a_limit(plan: BuildPlan, end: BuildEnd, said: str) -> None:
    told = finding(plan, end, "more than 9 bytes", step=INSTALL)
    assert (str(told.at), said in str(told.found)) == ("Dockerfile:4", True)
