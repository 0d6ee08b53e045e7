"""What those who wait see, and what Ctrl-C leaves: on a terminal of its own."""

from __future__ import annotations

import contextlib
import io
import json
import re
import socket
import time
from pathlib import Path

import pytest

from pytest_dockerlab.activity import Activity, at_work, now, working_on
from pytest_dockerlab.messages import _
from pytest_dockerlab.report.lines import Lines
from pytest_dockerlab.report.status import LogLines, describe
from tests.courses import install_course

from .conftest import Student
from .terminals import Terminal

SLOW_COURSE = """
import os, threading
from pathlib import Path
from pytest_dockerlab.activity import now, working_on
from pytest_dockerlab.homework import Homework, check
from pytest_dockerlab.messages import _

HOMEWORK = Homework("slow", 93, "for those who wait", items=("before", "long"))

@check("slow/before", "before")
def before():
    print("this is captured")

@check("slow/long", "it takes its time", needs=["slow/before"])
def long():
    with working_on(_("the image is built")):
        now(_("step {number}: {instruction}", number=3, instruction="RUN \\x1b[2J" + "gem install " * 20))
        while not Path(os.environ["DEMO"], "go").exists():
            threading.Event().wait(0.05)
"""


@pytest.fixture
def slow(student: Student) -> Student:
    install_course(student.site, "slow_course", SLOW_COURSE)
    return student


@pytest.mark.parametrize(("columns", "arguments"), [(80, []), (60, ["-v"]), (60, ["-n", "2"])])
def test_the_step_of_the_item_is_shown_while_it_lasts(slow: Student, arguments: list[str], columns: int) -> None:
    command = ["-m", "pytest", "--hw=slow", *arguments]
    with Terminal(command, slow.path, columns) as terminal:
        shown = terminal.read_until(r"([01])/2 slow/long  \d:\d\d  (step 3: RUN [^\x1b\r\n]*)")
        assert not any("this is captured" in line for line in terminal.screen())
        line = next(line for line in terminal.screen() if "  step 3" in line)
        assert len(line) < columns, "it is not broken by the terminal, which nobody could take back"
        assert line.endswith("…")
        (slow.path / "go").touch()
        assert terminal.wait() == 0
    assert r"\x1b[2J" in shown[2], "control characters are shown, and not obeyed"
    assert not any("step 3" in line for line in terminal.screen()), "it leaves no trace"
    assert terminal.screen()[0] or terminal.screen()[1], "nor does it take anything away"


def test_an_interrupt_is_one_line_and_keeps_what_is_done(slow: Student) -> None:
    results = slow.folder / "results.json"
    with Terminal(["-m", "pytest", "--hw=slow", f"--hw-results={results}"], slow.path) as terminal:
        terminal.read_until(r"slow/long  \d:")
        terminal.interrupt()
        assert terminal.wait() == 2
    text = " ".join(" ".join(terminal.screen()).split())
    assert "Interrupted: 1 of 2 items have their verdicts, which are kept in" in text
    assert f"{results}." in text.replace(" ", ""), "a path may be longer than the terminal is wide"
    assert "!! interrupted !!" in text
    assert not TRACEBACK.search(text)
    data = json.loads(results.read_text("utf-8"))
    assert data["exit"] == 2
    assert [item["verdict"] for item in data["submissions"][0]["items"]] == ["passed", "unverified"]


TRACEBACK = re.compile(r"Traceback|KeyboardInterrupt|\.py\b")


def test_workers_are_interrupted_alike_and_it_is_said_how_to_keep_what_is_done(slow: Student) -> None:
    with Terminal(["-m", "pytest", "--hw=slow", "-n", "2"], slow.path) as terminal:
        terminal.read_until(r"slow/long  \d:")
        terminal.interrupt()
        assert terminal.wait() == 2
    text = " ".join(" ".join(terminal.screen()).split())
    assert "Interrupted: 1 of 2 items have their verdicts. --hw-results FILE would keep them." in text
    assert not TRACEBACK.search(text)


def test_an_isolated_run_shows_it_too_and_is_interrupted_alike(
    student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A docker host that accepts the connection and never answers: the wait is long on any machine."""
    command = ["-m", "pytest_dockerlab.cli", "check", "--hw", "docker-1", "--hw-lang=ru"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{silent.getsockname()[1]}")
        with Terminal(command, student.path) as terminal:
            terminal.read_until(r"\d/\d+ docker-1/\S+  \d:")
            terminal.interrupt()
            silent.close()  # nor does the clean-up wait for it
            assert terminal.wait() == 2
    text = " ".join(" ".join(terminal.screen()).split())
    assert "Прервано" in text
    assert not TRACEBACK.search(text)


@pytest.mark.parametrize("module", ["pytest_dockerlab.isolated", "pytest_dockerlab.cli"])
def test_an_interrupt_before_anything_began(
    module: str, student: Student, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What is imported first, or done first, is interrupted: by a module of ours in its place."""
    (tmp_path / "pytest.py").write_text("raise KeyboardInterrupt\n")
    interrupt = "import os\n\ndef interrupt(*_):\n    raise KeyboardInterrupt\n\nos.execve = interrupt\n"
    (tmp_path / "sitecustomize.py").write_text(interrupt)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with Terminal(["-m", module, *(["check"] if module.endswith("cli") else [])], student.path) as terminal:
        assert terminal.wait() == 2
    assert [line for line in terminal.screen() if line] == ["dockerlab: interrupted"]


def test_a_log_has_a_line_now_and_then() -> None:
    log = io.StringIO()
    often = LogLines(log, every=0)
    often.show("1/2 ", ["a", "b"])
    often.hide()
    LogLines(log, every=3600).show("2/2 ", ["c"])
    assert log.getvalue() == "1/2 a · b\n"


def test_what_is_not_on_a_terminal_has_nothing_of_it(slow: Student) -> None:
    (slow.path / "go").touch()
    outcome = slow.run(hw="slow")
    assert outcome.code == 0
    assert "step 3" not in outcome.out + outcome.junit.read_text("utf-8") + json.dumps(outcome.results)


def test_an_activity_ends_with_what_began_it() -> None:
    with working_on(_("item")):
        with contextlib.suppress(KeyError), working_on(_("image")):
            now(_("step {number}", number=1))
            assert [str(each.what) for each in at_work()] == ["item", "step 1"]
            raise KeyError
        assert [str(each.what) for each in at_work()] == ["item"]
    assert at_work() == ()
    now(_("nothing is at work, and nothing comes of it"))
    assert at_work() == ()


def test_a_line_has_the_item_its_time_and_the_innermost_step() -> None:
    began = time.time() - 75
    activities = [Activity(_("a/b"), began), Activity(_("image"), began + 9), Activity(_("step\nsix"), began + 70)]
    assert describe(activities, Lines("en")) == "a/b  1:15  step six"
