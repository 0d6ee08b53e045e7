"""Outside programs: what they see, what they leave, and that nothing outlives its limit."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.errors import LimitExceeded, ToolFailed, ToolMissing, ToolTimeout
from pytest_dockerlab.tools import run

# A child of the shell holds the fifo open for as long as it lives, and says so.
HOLD = "(exec 3>{fifo}; echo x >&3; sleep 60) & sleep 60"


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


class Fifo:
    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.path = path
        self.descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_for(self, expected: bytes) -> bool:
        """``b""`` is what is read once nobody has it open for writing."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if os.read(self.descriptor, 2) == expected:
                    return True
            except BlockingIOError:
                pass
            time.sleep(0.01)
        return False


@pytest.fixture
def fifo(tmp_path):
    fifo = Fifo(tmp_path / "fifo")
    yield fifo
    os.close(fifo.descriptor)


def test_environment_is_clean(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", "secret")
    monkeypatch.setenv("PYTHONPATH", "/somewhere")
    output = run(["env"], timeout=10, env={"ONLY": "this"}).stdout
    assert "secret" not in output
    assert {line.split("=")[0] for line in output.splitlines()} == {"PATH", "HOME", "LANG", "ONLY"}
    home = next(line.removeprefix("HOME=") for line in output.splitlines() if line.startswith("HOME="))
    assert not Path(home).exists()


def test_streams_are_kept_apart():
    completed = run(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout=10)
    assert (completed.stdout, completed.stderr, completed.returncode) == ("out\n", "err\n", 3)
    assert completed.argv[0] == "sh"


def test_no_shell(tmp_path):
    assert run(["echo", f"; touch {tmp_path}/marker"], timeout=10).stdout == f"; touch {tmp_path}/marker\n"
    assert not (tmp_path / "marker").exists()


def test_session_of_its_own():
    """So that a program cannot ask on our terminal."""
    assert run([sys.executable, "-c", "import os; print(os.getsid(0) == os.getpid())"], timeout=10).stdout == "True\n"


def test_working_directory(tmp_path):
    assert run(["pwd", "-P"], timeout=10, cwd=tmp_path).stdout == f"{tmp_path.resolve()}\n"


def test_failure_has_fields():
    with pytest.raises(ToolFailed) as caught:
        run(["sh", "-c", "echo out; echo err >&2; exit 3"], timeout=10, check=True)
    error = caught.value
    assert error.command is not None
    assert (error.command[0], error.returncode, error.stdout, error.stderr) == ("sh", 3, "out\n", "err\n")


@pytest.mark.parametrize("name", ["no-such-program", "/no/such/program"])
def test_missing(name):
    with pytest.raises(ToolMissing) as caught:
        run([name, "--version"], timeout=10)
    assert caught.value.command == (name, "--version")


def test_what_cannot_be_started_is_an_error_of_ours(tmp_path):
    with pytest.raises(ToolFailed):
        run(["echo", "a\0b"], timeout=10)
    with pytest.raises(ToolFailed):
        run(["echo"], timeout=10, cwd=tmp_path / "missing")


def test_stdin_is_empty_unless_given():
    assert run(["cat"], timeout=10).stdout_bytes == b""


def test_large_stdin_does_not_deadlock():
    data = os.urandom(1024) * 4096
    assert run(["cat"], timeout=20, stdin=data, max_output=len(data)).stdout_bytes == data


def test_stdin_that_is_not_read():
    assert run(["true"], timeout=10, stdin=b"x" * 1_000_000, check=True).stdout == ""


@pytest.mark.parametrize("redirect", ["", ">&2"])
def test_flood_is_cut(redirect):
    begin = time.monotonic()
    with pytest.raises(LimitExceeded) as caught:
        run(["sh", "-c", f"yes {redirect}"], timeout=30, max_output=100_000)
    assert time.monotonic() - begin < 10
    assert len(caught.value.stdout or "") + len(caught.value.stderr or "") < 300_000


def test_timeout_kills_grandchildren(fifo):
    with pytest.raises(ToolTimeout):
        run(["sh", "-c", HOLD.format(fifo=fifo.path)], timeout=2)
    assert fifo.wait_for(b"x\n"), "the grandchild never ran, so the test shows nothing"
    assert fifo.wait_for(b"")


def test_program_that_closed_its_streams_is_timed_out():
    with pytest.raises(ToolTimeout):
        run(["sh", "-c", "exec >&- 2>&-; sleep 60"], timeout=0.2)


def test_timeout_keeps_the_output_and_leaves_no_zombie():
    with pytest.raises(ToolTimeout) as caught:
        run(["sh", "-c", "echo $$; sleep 60"], timeout=2)
    with pytest.raises(ProcessLookupError):
        os.kill(int(caught.value.stdout or "0"), 0)


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside are Linux'")
def test_a_program_has_no_more_memory_than_it_may_have():
    code = "import time; time.sleep(0.3); print(len(bytearray({} << 20)))"  # until then it is limited
    assert run([sys.executable, "-c", code.format(50)], timeout=10, memory=256 << 20).returncode == 0
    assert run([sys.executable, "-c", code.format(500)], timeout=10, memory=256 << 20).returncode != 0


@pytest.mark.skipif(sys.platform != "linux", reason="limits from outside are Linux'")
def test_processor_time_is_limited_too():
    code = "import time, resource; time.sleep(0.3); print(resource.getrlimit(resource.RLIMIT_CPU))"
    assert run([sys.executable, "-c", code], timeout=9.5, memory=1 << 30).stdout == "(10, 10)\n"


def test_what_a_program_leaves_in_the_background_is_killed(fifo):
    command = (
        f"(exec 3>{fifo.path} >&- 2>&-; echo x >&3; sleep 60) & while [ ! -e {fifo.path}.go ]; do sleep 0.01; done"
    )
    threading.Thread(target=lambda: fifo.wait_for(b"x\n") and Path(f"{fifo.path}.go").touch()).start()
    assert run(["sh", "-c", command], timeout=10).returncode == 0
    assert fifo.wait_for(b"")


def test_interrupt_kills_the_group(fifo):
    def interrupt() -> None:
        if fifo.wait_for(b"x\n"):
            time.sleep(0.2)
            os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(KeyboardInterrupt):
        run(["sh", "-c", HOLD.format(fifo=fifo.path)], timeout=50)
    assert fifo.wait_for(b"")


def test_find_beside_python(tmp_path, monkeypatch):
    program = script(tmp_path / "venv/bin/our-tool", "true")
    assert tools.find("our-tool") is None
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    assert tools.find("our-tool") == str(program)
    before = script(tmp_path / "path/our-tool", "true")
    monkeypatch.setenv("PATH", f"{before.parent}:{os.environ['PATH']}")
    assert tools.find("our-tool") == str(before)


@pytest.mark.parametrize("entry", ["", ".", "bin"])
def test_current_directory_is_no_place_for_programs(tmp_path, monkeypatch, entry):
    script(tmp_path / entry / "our-tool", "true")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{entry}:/usr/bin:/bin")
    assert tools.find("our-tool") is None
    assert run(["env"], timeout=10).stdout.count("PATH=/usr/bin:/bin\n") == 1


@pytest.fixture
def no_compose(tmp_path, monkeypatch):
    """A machine without any compose; the folder of its PATH."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "docker"))
    monkeypatch.setattr(tools, "_PLUGIN_FOLDERS", ())
    monkeypatch.setattr(sys, "executable", str(tmp_path / "venv/bin/python"))
    monkeypatch.setattr(
        tools,
        "_installed",
        lambda name, real=tools._installed: (
            found for found in real(name) if name != "docker-compose" or found.startswith(str(tmp_path))
        ),
    )
    forget()
    yield tmp_path
    forget()


def forget() -> None:
    tools.compose_command.cache_clear()
    tools._version_of.cache_clear()


def test_no_compose(no_compose):
    assert tools.compose_command() is None
    assert tools.compose_version() is None


def test_compose_plugin_is_found_without_running_it(no_compose):
    plugin = script(no_compose / "docker/cli-plugins/docker-compose", f"touch {no_compose}/ran; echo v2.39.1")
    script(no_compose / "bin/docker-compose", "echo 9.9.9")
    assert tools.compose_command() == [str(plugin)]
    assert not (no_compose / "ran").exists()
    assert tools.compose_version() == "2.39.1"


def test_compose_of_version_1_is_refused(no_compose):
    script(no_compose / "bin/docker-compose", "echo 1.29.2")
    assert tools.compose_command() is None
    forget()
    second = script(no_compose / "venv/bin/docker-compose", f"echo x >> {no_compose}/ran; echo 5.6.1")
    assert tools.compose_command() == [str(second)]
    assert (tools.compose_version(), tools.compose_version()) == ("5.6.1", "5.6.1")
    assert (no_compose / "ran").read_text() == "x\n"


def test_compose_that_does_not_work_is_none(no_compose):
    script(no_compose / "bin/docker-compose", "exit 1")
    assert tools.compose_command() is None
