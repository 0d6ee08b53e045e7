"""Finds and runs outside programs: git, compose, hadolint and the rest.

An argument list only, never a shell. A program sees an environment that holds nothing of ours but the search path,
lives in a session of its own, and is killed with all its children at its time limit, when it writes too much, and when
we are interrupted.
"""

from __future__ import annotations

import contextlib
import functools
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from .errors import DockerlabError, LimitExceeded, ToolFailed, ToolMissing, ToolTimeout
from .messages import _

__all__ = [
    "MAX_OUTPUT",
    "Completed",
    "compose_command",
    "compose_version",
    "end",
    "find",
    "find_all",
    "limit",
    "run",
    "start",
]

MAX_OUTPUT = 4 * 1024 * 1024

# Where the docker CLI looks for its plugins; the last one belongs to Docker Desktop for macOS.
_PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/Applications/Docker.app/Contents/Resources/cli-plugins",
)

# Not even root can make a folder there, and some programs make their home where it is missing.
_NO_HOME = "/proc/nonexistent" if sys.platform == "linux" else "/nonexistent"

_running: set[subprocess.Popen[bytes]] = set()


@dataclass(frozen=True, slots=True)
class Completed:
    """What a program that ended by itself left behind."""

    argv: tuple[str, ...]
    returncode: int
    stdout_bytes: bytes
    stderr_bytes: bytes

    @property
    def stdout(self) -> str:
        """What it wrote to stdout, as UTF-8."""
        return self.stdout_bytes.decode("utf-8", "replace")

    @property
    def stderr(self) -> str:
        """What it wrote to stderr, as UTF-8."""
        return self.stderr_bytes.decode("utf-8", "replace")


def find(name: str) -> str | None:
    """The full path of a program: from PATH, else beside our Python, where an unactivated virtualenv has it."""
    return next(_installed(name), None)


def find_all(name: str) -> list[str]:
    """The full paths of every program of this name, in the order in which :func:`find` prefers them."""
    folders = (*_search_path().split(os.pathsep), str(Path(sys.executable).parent))
    found = (shutil.which(name, path=folder) for folder in folders)
    return list(dict.fromkeys(str(Path(each).absolute()) for each in found if each is not None))


def _installed(name: str) -> Iterator[str]:
    for folders in (_search_path(), str(Path(sys.executable).parent)):
        found = shutil.which(name, path=folders)
        if found is not None:
            yield str(Path(found).absolute())


def _search_path() -> str:
    # Relative entries are left out: the current directory may be a submission, and it may hold a file named git.
    entries = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.pathsep.join(entry for entry in entries if Path(entry).is_absolute())


@functools.cache
def compose_command() -> list[str] | None:
    """How to call compose 2 or newer without the docker CLI, ``None`` where there is none.

    A plugin is never version 1, so nothing needs to be run to accept it. Treat the answer as read-only: it is cached.
    """
    own = Path(os.environ.get("DOCKER_CONFIG") or os.environ.get("HOME", "") + "/.docker", "cli-plugins")
    plugin = shutil.which("docker-compose", path=os.pathsep.join((str(own), *_PLUGIN_FOLDERS)))
    if plugin is not None:
        return [str(Path(plugin).absolute())]
    for program in _installed("docker-compose"):
        version = _version_of(program)
        if version is not None and not version.startswith("1."):
            return [program]
    return None


def compose_version() -> str | None:
    """The version of :func:`compose_command`, as ``2.39.1``."""
    command = compose_command()
    return None if command is None else _version_of(command[0])


@functools.cache
def _version_of(program: str) -> str | None:
    try:
        completed = run([program, "version", "--short"], timeout=20, check=True)
    except DockerlabError:
        return None
    return completed.stdout.strip().removeprefix("v") or None


def run(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    timeout: float,
    stdin: bytes | None = None,
    max_output: int = MAX_OUTPUT,
    memory: int | None = None,
    file_size: int | None = None,
    check: bool = False,
    hear: Callable[[bytes], None] | None = None,
) -> Completed:
    """Run a program to its end.

    :param env: what the program sees besides PATH, an empty HOME and LANG.
    :param timeout: seconds; then the program and its children are killed, and :class:`ToolTimeout` is raised.
    :param max_output: the most bytes of stdout, and of stderr; beyond it :class:`LimitExceeded`.
    :param memory: the most bytes that it may have, on Linux; beyond it the program ends as it likes.
    :param file_size: the most bytes of a file that it writes, likewise, together with ``memory``.
    :param check: raise :class:`ToolFailed` unless the program returns 0.
    :param hear: called with each piece of stderr as it comes, in a thread of its own.
    """
    deadline = time.monotonic() + timeout
    flooded = threading.Event()
    outputs = (bytearray(), bytearray())

    def drain(stream: IO[bytes], output: bytearray) -> None:
        with stream:
            while chunk := os.read(stream.fileno(), 65536):
                output += chunk
                if hear is not None and output is outputs[1]:
                    hear(chunk)
                if len(output) > max_output:
                    flooded.set()
                    _kill(process)
                    return

    def feed(stream: IO[bytes], data: bytes) -> None:
        # A program may end without reading all that it is given.
        with contextlib.suppress(OSError), stream:
            stream.write(data)

    late = False
    threads: list[threading.Thread] = []
    process = start(argv, cwd=cwd, env=env, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
    try:
        if memory is not None:
            limit(process, memory, timeout, file_size)
        # Threads, not selectors, which know no pipes on Windows. Each closes its own stream; nobody else may meanwhile.
        for function, stream, data in (
            (drain, process.stdout, outputs[0]),
            (drain, process.stderr, outputs[1]),
            (feed, process.stdin, stdin),
        ):
            if stream is None:
                continue
            thread = threading.Thread(target=function, args=(stream, data), daemon=True)
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        late = any(thread.is_alive() for thread in threads)
        if not late:
            process.wait(max(0.01, deadline - time.monotonic()))
    except subprocess.TimeoutExpired:
        late = True
    finally:
        end(process)
        for thread in threads:
            # A grandchild that left the session may hold a pipe open for ever; its thread is then left behind.
            thread.join(1.0)
    completed = Completed(tuple(argv), process.returncode, bytes(outputs[0]), bytes(outputs[1]))
    if flooded.is_set():
        raise _error(LimitExceeded, f"{argv[0]} wrote more than {max_output} bytes", completed)
    if late:
        raise _error(ToolTimeout, f"{argv[0]} ran longer than {timeout:g} s", completed)
    if check and completed.returncode != 0:
        raise _error(ToolFailed, f"{argv[0]} returned {completed.returncode}", completed)
    return completed


def start(
    argv: Sequence[str],
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    stdin: int = subprocess.DEVNULL,
    stderr: int = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start a program as :func:`run` does and leave it to the caller, who must :func:`end` it."""
    program = find(argv[0])
    if program is None:
        raise ToolMissing(_("the program {program} is not installed", program=argv[0]), command=argv)
    try:
        process = subprocess.Popen(
            [program, *argv[1:]],
            cwd=cwd,
            env=_environment(env or {}),
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=stderr,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        raise ToolFailed(
            _("{program} cannot be started: {why}", program=argv[0], why=str(error)), command=argv
        ) from error
    _running.add(process)
    return process


def limit(process: subprocess.Popen[bytes], memory: int, seconds: float, file_size: int | None = None) -> None:
    """Limit its memory and processor time from outside: to do it between fork and exec is unsafe with threads.

    Writable memory (RLIMIT_DATA), not addresses (RLIMIT_AS): the runtimes of Go and Haskell reserve gigabytes of those.
    """
    if sys.platform != "linux":
        return  # there the time limit has to do
    import resource

    whole = math.ceil(seconds)
    with contextlib.suppress(OSError, ValueError):  # it has ended already, or may have less than that
        resource.prlimit(process.pid, resource.RLIMIT_DATA, (memory, memory))
        resource.prlimit(process.pid, resource.RLIMIT_CPU, (whole, whole))
        resource.prlimit(process.pid, resource.RLIMIT_CORE, (0, 0))
        if file_size is not None:
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (file_size, file_size))


def end(process: subprocess.Popen[bytes]) -> None:
    """Kill what is left of a started program and its children, and collect its return code."""
    _kill(process)
    process.wait()
    _running.discard(process)


def kill_all() -> None:
    """Kill every program that this process runs now: for a time limit. Whoever waits for one of them sees it end."""
    for process in list(_running):
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    # The group outlives its leader, so it is signalled even after the leader has ended.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)


def _environment(extra: Mapping[str, str]) -> dict[str, str]:
    clean = {"PATH": _search_path(), "HOME": _NO_HOME, "LANG": "C.UTF-8"}
    if os.name == "nt" and "SYSTEMROOT" in os.environ:
        clean["SYSTEMROOT"] = os.environ["SYSTEMROOT"]  # without it Windows starts nothing
    return {**clean, **extra}


def _error(kind: type[DockerlabError], message: str, completed: Completed) -> DockerlabError:
    return kind(
        message,
        command=completed.argv,
        returncode=completed.returncode,
        stdout=completed.stdout,
        stderr=completed.stderr,
    )
