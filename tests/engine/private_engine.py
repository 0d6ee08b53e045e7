"""A dockerd for one test module alone, to be restarted, filled up and emptied, as must not be done to the one in use.

In a network namespace of its own: two of one namespace would overwrite each other's firewall rules.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from .servers import _unmount_below, running, wait_until

_NAME_SERVER = "192.0.2.53"
# It knows no name, and says so. Without one, every name that nobody has costs 4 s.
_KNOWS_NOTHING = f"""
import socket
server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
server.bind(("{_NAME_SERVER}", 53))
while True:
    query, address = server.recvfrom(512)
    server.sendto(query[:2] + bytes([0x81, 0x83]) + query[4:6] + bytes(6) + query[12:], address)
"""
_SETUP = f"""\
ip link set lo up && ip address add {_NAME_SERVER}/32 dev lo || exit
"$1" -c "$2" &
shift 2
exec "$@"
"""


class PrivateEngine:
    """A dockerd of ours on a socket of its own. It is started by :meth:`start`, again after :meth:`stop`."""

    def __init__(self, program: str, folder: Path, short: Path) -> None:
        self.folder = folder
        self.log = folder / "dockerd.log"
        self.socket = short / "d.sock"
        self.data = folder / "data"
        self._argv = [
            *("unshare", "--net", "--", "sh", "-c", _SETUP, "sh", sys.executable, _KNOWS_NOTHING),
            *(program, "--data-root", str(self.data), "--exec-root", str(short / "exec")),
            *("--pidfile", str(short / "pid")),
            *("--host", self.url, "--storage-driver", "overlay2", "--dns", _NAME_SERVER, "--shutdown-timeout", "1"),
        ]
        self._life = contextlib.ExitStack()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        process = self._life.enter_context(running(self._argv, self.log))
        wait_until(self._answers, process, self.log)

    def stop(self) -> None:
        """End it as a service manager does: containers are killed, what they left stays."""
        self._life.close()
        _end_rest(self.socket.parent)
        # Where nobody buries the dead, the next dockerd would take the one of this number for a living containerd.
        (self.socket.parent / "exec" / "containerd" / "containerd.pid").unlink(missing_ok=True)

    def restart(self) -> None:
        self.stop()
        self.start()

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client, contextlib.suppress(OSError):
            client.settimeout(2)
            client.connect(str(self.socket))
            client.sendall(b"GET /_ping HTTP/1.0\r\n\r\n")
            return b"200 OK" in client.recv(4096)
        return False


@contextlib.contextmanager
def private_engine(folder: Path, *, megabytes: int | None = None) -> Iterator[PrivateEngine]:
    """A running engine for the block; with ``megabytes`` its disk has no more. Without dockerd the test is skipped."""
    program = shutil.which("dockerd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or os.geteuid() != 0:
        pytest.skip("a dockerd can be started by root only")
    folder.mkdir(parents=True, exist_ok=True)
    # The path of a socket, containerd's too, has at most 107 characters, and pytest's folders are long.
    short = Path(tempfile.mkdtemp(prefix="dl-", dir="/tmp"))
    try:
        engine = PrivateEngine(program, folder, short)
        engine.data.mkdir()
        if megabytes is not None:
            size = ["-o", f"size={megabytes}m"]
            subprocess.run(["mount", "-t", "tmpfs", *size, "tmpfs", engine.data], check=True, timeout=30)
        try:
            engine.start()
            yield engine
        finally:
            engine.stop()
            _unmount_below(folder, short)
    finally:
        shutil.rmtree(short, ignore_errors=True)


def _end_rest(short: Path) -> None:
    # A dockerd that had to be ended by force leaves its containerd behind, and that the containers; they are known by
    # our own folder in what they were started with.
    rest = set()
    parents = {}
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError, IndexError):
            words = (process / "cmdline").read_bytes().split(b"\0")
            parents[int(process.name)] = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if b"containerd" in words[0] and any(str(short).encode() in word for word in words):
                rest.add(int(process.name))
    rest |= {pid for pid, parent in parents.items() if parent in rest}
    for pid in rest:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while any(is_alive(pid) for pid in rest):
        assert time.monotonic() < deadline, f"still there: {rest}"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    """Whether there is such a process, and not only what is left of one."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False
