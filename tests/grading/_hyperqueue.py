"""A server and workers of HyperQueue, each a process of its own, out of its Python package, which brings no command.

Its ``LocalCluster`` keeps a server and its workers in one process, without keys. A worker of our server is one of a
cluster whose access file we put another in the place of.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.engine.killing import eventually

_SERVER = """
import sys
from hyperqueue.ffi.cluster import Cluster
cluster = Cluster(sys.argv[1])
sys.stdin.read()
"""

_WORKER = """
import sys
from pathlib import Path
from hyperqueue.ffi.cluster import Cluster
cluster = Cluster(sys.argv[2])
link = Path(sys.argv[2], "hq-current")
link.unlink()
link.symlink_to(Path(sys.argv[1], "hq-current"))
cluster.add_worker(1)
Path(sys.argv[2], "up").touch()
sys.stdin.read()
"""


class Cluster:
    """What was started in ``folder``, by its processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "server"
        self.workers: list[subprocess.Popen[bytes]] = []
        self._around = folder
        self.servers: list[subprocess.Popen[bytes]] = []
        self.start_server()

    @property
    def server(self) -> "subprocess.Popen[bytes]":
        return self.servers[-1]

    def start_server(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        before = _target(self.folder)
        self.servers.append(_process(_SERVER, self.folder))
        eventually(lambda: _target(self.folder) != before and (self.folder / "hq-current/access.json").exists(), 60)

    def start_worker(self) -> None:
        own = self._around / f"worker-{len(self.workers)}"
        own.mkdir()
        self.workers.append(_process(_WORKER, self.folder, own))
        eventually((own / "up").exists, 60)

    def stop(self) -> None:
        for process in (*self.workers, *self.servers):
            process.kill()
            process.wait()
            process.stdin.close()


@contextlib.contextmanager
def cluster(folder: Path, workers: int) -> Iterator[Cluster]:
    one = Cluster(folder)
    try:
        for _ in range(workers):
            one.start_worker()
        yield one
    finally:
        one.stop()


def _process(program: str, *arguments: Path) -> "subprocess.Popen[bytes]":
    words = [sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)


def _target(folder: Path) -> Path | None:
    link = folder / "hq-current"
    return link.readlink() if link.is_symlink() else None
