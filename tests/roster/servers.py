"""Real git servers on 127.0.0.1: git's own daemon, and its CGI program behind Python's web server."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.engine.servers import free_port, listens, running, wait_until

__all__ = ["GitOverHttp", "commit", "git", "git_daemon", "git_over_http", "says", "talks"]


def git(folder: Path, *words: str) -> str:
    """Run git as a student would; nothing of this machine's settings."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{who}_{what}": "a@b.example" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(
        ["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path, name: str, branch: str = "main") -> str:
    """Another commit, in a repository that is made where there is none; its id."""
    if not (folder / ".git").exists():
        folder.mkdir(parents=True, exist_ok=True)
        git(folder, "init", "-q", "-b", branch)
    (folder / name).write_text(name)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", name)
    return git(folder, "rev-parse", "HEAD")


@contextlib.contextmanager
def git_daemon(folder: Path, log: Path) -> Iterator[str]:
    """Serves the repositories of a folder; the URL before their names."""
    for _attempt in range(5):
        port = free_port()
        words = [
            "daemon",
            f"--base-path={folder}",
            "--export-all",
            "--listen=127.0.0.1",
            f"--port={port}",
            "--reuseaddr",
        ]
        with running(["git", *words, "--informative-errors", str(folder)], log) as process:
            try:
                wait_until(lambda: listens(port), process, log)  # noqa: B023 - it is asked now
            except AssertionError:
                if "in use" in log.read_text():
                    continue
                raise
            yield f"git://127.0.0.1:{port}"
            return
    raise AssertionError("no free port")


@dataclass
class GitOverHttp:
    """git-http-backend, which may be told to misbehave first."""

    url: str
    asked: list[str] = field(default_factory=list)
    """Paths, in their order."""
    before: list[Callable[[BaseHTTPRequestHandler], bool]] = field(default_factory=list)
    """Asked once each, in their order: whether it has answered itself."""


@contextlib.contextmanager
def git_over_http(folder: Path) -> Iterator[GitOverHttp]:
    """Serves the repositories of a folder over HTTP."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            state.asked.append(self.path)
            if state.before and state.before.pop(0)(self):
                return
            self._backend()

        do_POST = do_GET  # noqa: N815 - http.server's name

        def _backend(self) -> None:
            path, _mark, query = self.path.partition("?")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            env = {
                "PATH": os.environ["PATH"],
                "GIT_PROJECT_ROOT": str(folder),
                "GIT_HTTP_EXPORT_ALL": "1",
                "GIT_CONFIG_GLOBAL": os.devnull,
                "GIT_CONFIG_COUNT": "1",
                "GIT_CONFIG_KEY_0": "safe.directory",
                "GIT_CONFIG_VALUE_0": "*",
                "PATH_INFO": path,
                "QUERY_STRING": query,
                "REQUEST_METHOD": self.command,
                "CONTENT_TYPE": self.headers.get("Content-Type", ""),
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
                "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            }
            done = subprocess.run(["git", "http-backend"], input=body, env=env, capture_output=True, check=False)
            head, _blank, answer = done.stdout.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if ": " in line)
            self.send_response(int(headers.pop("Status", "200").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state = GitOverHttp(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


@contextlib.contextmanager
def says(*lines: bytes) -> Iterator[str]:
    """A server of git's protocol that has these lines for everybody."""
    packets = b"".join(b"%04x%s" % (len(line) + 4, line) for line in lines) + b"0000"

    def talk(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(packets)
        connection.recv(4096)

    with talks(talk) as url:
        yield url


@contextlib.contextmanager
def talks(talk: Callable[[socket.socket], object]) -> Iterator[str]:
    """A server that talks so to everybody, one after another; the URL of a repository there."""

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _address = listening.accept()
                with connection, contextlib.suppress(OSError):
                    talk(connection)

    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"git://127.0.0.1:{listening.getsockname()[1]}/a.git"
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    assert not thread.is_alive()
