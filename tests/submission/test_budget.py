"""The budget of one submission: what it stops, and that it stops nothing else."""

from __future__ import annotations

import re
import signal
import sys
import time
from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.budget import Allowance, Budget, Limits, reading, within
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

needs_timer = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="no such timer here")


def work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_what_is_spent_is_added_up() -> None:
    budget = Budget(Limits(total_bytes=10))
    budget.spend("total_bytes", 6, _("too much"))
    budget.spend("total_bytes", 4, _("too much"))
    with pytest.raises(LimitExceeded, match=r"^a/b:3: too much$"):
        budget.spend("total_bytes", 1, _("too much"), Location("a/b", 3))


def test_a_limit_without_a_place_gets_the_one_that_is_read() -> None:
    with pytest.raises(LimitExceeded, match=r"^f:1: x$"), reading(Location("f", 1)):
        raise LimitExceeded("x")
    with pytest.raises(LimitExceeded, match=r"^g: x$"), reading(Location("f", 1)):
        raise LimitExceeded("x", at=Location("g"))


@needs_timer
def test_processor_time_is_limited_and_nothing_is_left_of_it() -> None:
    before = signal.getsignal(signal.SIGPROF)
    with pytest.raises(LimitExceeded, match="late"), within(0.1, _("late")):
        work(20)
    with within(0.1, _("late")):
        time.sleep(0.3)  # no work
    assert signal.getsignal(signal.SIGPROF) is before
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


@needs_timer
def test_a_block_inside_another_ends_alone() -> None:
    with within(20, _("outer")):
        with pytest.raises(LimitExceeded, match="inner"), within(0.1, _("inner")):
            work(20)
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 1
    with pytest.raises(LimitExceeded, match="outer"), within(0.2, _("outer")):
        work_after_another()


def work_after_another() -> None:
    with within(20, _("inner")):
        pass
    work(20)


@needs_timer
def test_an_expression_that_backtracks_is_interrupted() -> None:
    with pytest.raises(LimitExceeded), within(0.1, _("late")):
        re.search("(a+)+b", "a" * 40)


@needs_timer
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_what_a_destructor_swallows_is_told_again() -> None:
    class Careless:
        def __del__(self) -> None:
            work(0.3)

    def careless() -> None:
        Careless()
        work(20)

    with pytest.raises(LimitExceeded), within(0.1, _("late")):
        careless()


@needs_timer
def test_a_reader_that_took_too_long_is_not_started_again(tmp_path: Path) -> None:
    submission = Submission("x", WorkTree(tmp_path, Limits(reader_seconds=0.1)))
    begun = []

    def make() -> None:
        begun.append(1)
        work(20)

    for _number in range(3):
        with pytest.raises(LimitExceeded, match=r"^the scripts: reading it takes more than 0.1 s of processor time"):
            submission._once(_("the scripts"), make)
    assert len(begun) == 1
    assert submission._once("other", lambda: 5) == 5


def test_programs_have_one_time_together(tmp_path: Path) -> None:
    budget = Budget(Limits(program_seconds=1.0))
    for _number in range(2):
        with pytest.raises(LimitExceeded, match=r"^f: python\S* takes more than 1 s"):
            budget.run([sys.executable, "-c", "import time; time.sleep(30)"], cwd=tmp_path, on="f")


def test_what_git_took_the_other_programs_do_not_have(tmp_path: Path) -> None:
    budget = Budget(Limits(program_seconds=0.1))
    budget.git.begin()
    while budget.git.spent < 0.1:
        pass
    budget.git.end()
    with pytest.raises(LimitExceeded, match=r"^f: python\S* takes more than 0.1 s"):
        budget.run([sys.executable, "-c", ""], cwd=tmp_path, on="f")


def test_runs_at_once_take_their_time_once() -> None:
    allowance = Allowance(30.0)
    begun = time.monotonic()
    allowance.begin()
    allowance.begin()
    while allowance.spent < 0.1:
        pass
    allowance.end()
    allowance.end()
    assert 0.1 <= allowance.spent <= time.monotonic() - begun


def test_what_a_program_says_of_a_file_is_the_callers(tmp_path: Path) -> None:
    code = "import sys; print('services.panic: must be a mapping', file=sys.stderr); sys.exit(15)"
    assert Budget().run([sys.executable, "-c", code], cwd=tmp_path, on="f").returncode == 15
