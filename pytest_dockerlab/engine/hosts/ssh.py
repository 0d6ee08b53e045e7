"""An engine behind ssh: one OpenSSH connection, and a socket on this machine whose connections it carries.

The SDK's own ssh support is not used: its module imports paramiko even where the ssh program is asked for, it reads
pipes without a time limit, and options of the ssh program cannot be given. Here the SDK talks to a plain socket, and
each connection to it becomes one session ``docker system dial-stdio`` (what the docker command itself runs) of one
multiplexed ssh connection: sshd sees one client, whatever is done in parallel.
"""

from __future__ import annotations

import contextlib
import os
import random
import re
import shlex
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from ... import tools
from ...errors import LimitExceeded, ToolTimeout
from ...net.deadline import Deadline
from . import errors
from .endpoints import Endpoint
from .ssh_causes import SshdFull, connecting_failed, session_failed

__all__ = ["SshTunnel"]

_CONNECT_TIMEOUT = 5
_OPEN_TIMEOUT = 15.0
_COMMAND_TIMEOUT = 15.0
_MAX_OUTPUT = 1024 * 1024
_IDLE = 60
"""Seconds after which a connection without sessions ends by itself: if we are killed, it does not stay."""
_MAX_SOCKET_PATH = 80  # of about 104; ssh appends 17 characters while it makes the socket


class SshTunnel:
    """One ssh connection to the machine of a docker host; a context manager.

    ssh never asks: a key with a passphrase must be in the agent, the host's key must be known. Its configuration is the
    user's own (``~/.ssh/config``), or ``config``.
    """

    def __init__(self, endpoint: Endpoint, config: Path | None = None) -> None:
        self.endpoint = endpoint
        self.config = config
        self.folder: Path | None = None
        self._accepting: threading.Thread | None = None
        self._is_closing = False
        self._sessions: list[_Session] = []
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        self.open()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def socket_path(self) -> str:
        """The socket on this machine that leads to the engine."""
        assert self.folder is not None, "the tunnel is not open"
        return str(self.folder / "docker.sock")

    @property
    def options(self) -> list[str]:
        """The options for every ssh of this connection, so that it is used, and nothing is ever asked."""
        assert self.folder is not None, "the tunnel is not open"
        options = [
            "BatchMode=yes",
            f"ConnectTimeout={_CONNECT_TIMEOUT}",
            "ServerAliveInterval=5",
            "ServerAliveCountMax=3",
            "LogLevel=ERROR",
            "ClearAllForwardings=yes",
            "ForwardAgent=no",
            "ForwardX11=no",
            "PermitLocalCommand=no",
            "RemoteCommand=none",
            "RequestTTY=no",
            "ControlMaster=auto",
            f"ControlPersist={_IDLE}",
            f"ControlPath={self.folder / 'ssh'}",
        ]
        words = [word for option in options for word in ("-o", option)]
        return [*self._config_option, *words]

    @property
    def _config_option(self) -> list[str]:
        return ["-F", str(self.config)] if self.config else []

    @property
    def _target(self) -> list[str]:
        user = ["-l", self.endpoint.user] if self.endpoint.user else []
        port = ["-p", str(self.endpoint.port)] if self.endpoint.port else []
        return [*user, *port, "--", self.endpoint.host]

    def open(self) -> None:
        """Connect, within 15 s; again with back-off where sshd is full. Raises :class:`~.errors.HostUnavailable`."""
        if self.folder is not None:
            return
        self.folder = _private_folder()
        try:
            self._open_master()
            listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            listener.bind(self.socket_path)
            listener.listen(64)
            self._is_closing = False
            self._accepting = threading.Thread(target=self._accept, args=(listener,), name="dockerlab-ssh", daemon=True)
            self._accepting.start()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End every session and the connection. A second call does nothing."""
        if self.folder is None:
            return
        self._is_closing = True
        if self._accepting is not None:
            # A connection ends the waiting of the thread; closing the listener under it would not everywhere.
            with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as knock:
                knock.settimeout(1.0)
                knock.connect(self.socket_path)
            self._accepting.join(5.0)
            self._accepting = None
        with self._lock:
            sessions, self._sessions = self._sessions, []
        for session in sessions:
            session.end()
        if (self.folder / "ssh").exists():
            with contextlib.suppress(errors.HostUnavailable, subprocess.TimeoutExpired):
                self._ssh("-O", "exit", *self._target, timeout=5.0)
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder = None

    def host_name(self) -> str:
        """The address behind the URL's host, which may be an alias of the ssh configuration (``HostName``)."""
        try:
            answer = subprocess.run(
                [*_program(self.endpoint), *self._config_option, "-G", *self._target],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_CONNECT_TIMEOUT,
                env=_environment(os.environ),
                check=False,
            )
        except (errors.HostUnavailable, subprocess.TimeoutExpired):
            return self.endpoint.host
        found = re.search(r"^hostname (\S+)$", answer.stdout, re.M)
        return found[1] if found and answer.returncode == 0 else self.endpoint.host

    def run(self, command: str) -> tools.Completed:
        """A command there, run by the user's login shell; within 15 s and a megabyte.

        Raises :class:`~.errors.HostUnavailable`.
        """
        self.open()
        # Without a master: one that this ssh would start, where the first has ended, would keep our pipes open.
        argv = [*_program(self.endpoint), "-o", "ControlMaster=no", *self.options, *self._target, command]
        host = str(self.endpoint)
        try:
            done = tools.run(argv, env=_environment(os.environ), timeout=_COMMAND_TIMEOUT, max_output=_MAX_OUTPUT)
        except ToolTimeout as error:
            raise errors.SshHangs(host, seconds=f"{_COMMAND_TIMEOUT:g}") from error
        except LimitExceeded as error:
            raise errors.SshSaysTooMuch(host, limit=_MAX_OUTPUT) from error
        if done.returncode == 255:  # ssh's own; a command of ours never ends so
            raise session_failed(self.endpoint, done.returncode, done.stderr)
        return done

    def explain(self, error: errors.HostUnavailable) -> errors.HostUnavailable:
        """What the far side said, where ``error`` came of a connection whose session ended."""
        if not isinstance(error, (errors.HostDied, errors.NotDocker)):
            return error
        with self._lock:
            sessions = list(self._sessions)
        for session in reversed(sessions):
            with contextlib.suppress(subprocess.TimeoutExpired):
                if session.process.wait(2.0) != 0:
                    return session_failed(self.endpoint, session.process.returncode, session.said())
        return error

    def _open_master(self) -> None:
        deadline = Deadline(_OPEN_TIMEOUT)
        failure: errors.HostUnavailable
        pause = random.uniform(0.5, 2.0)  # noqa: S311 (not in step with the others that sshd had no room for)
        for _attempt in deadline.sooner(_OPEN_TIMEOUT / 2).attempts(longest_pause=pause):
            # -N with ControlPersist: it returns when it is authenticated, and its child holds the connection.
            try:
                answer = self._ssh("-N", *self._target, timeout=deadline.left())
            except (subprocess.TimeoutExpired, TimeoutError) as error:
                raise errors.SshHangs(str(self.endpoint), seconds=f"{_OPEN_TIMEOUT:g}") from error
            if answer.returncode == 0:
                return
            failure = connecting_failed(self.endpoint, answer.returncode, answer.stderr)
            if not isinstance(failure, SshdFull):
                break
        raise failure

    def _accept(self, listener: socket.socket) -> None:
        dial = ["docker", *(["--host", f"unix://{self.endpoint.path}"] if self.endpoint.path else [])]
        command = shlex.join([*dial, "system", "dial-stdio"])
        with listener:
            while True:
                connection, _address = listener.accept()
                with connection, self._lock:
                    if self._is_closing:
                        return
                    argv = [*_program(self.endpoint), *self.options, *self._target, command]
                    # Those that failed are kept for explain(), but not many.
                    ended = [old for old in self._sessions if old.process.poll() is not None]
                    forgotten = [old for old in ended if old.process.returncode == 0] or ended[:-16]
                    for old in forgotten:
                        old.end()
                    kept = [old for old in self._sessions if old not in forgotten]
                    self._sessions = [*kept, _Session(argv, connection)]

    def _ssh(self, *arguments: str, timeout: float) -> subprocess.CompletedProcess[str]:
        # stderr into a file: the connection that stays in the background would keep a pipe open.
        argv = [*_program(self.endpoint), *self.options, *arguments]
        with tempfile.TemporaryFile() as stderr:
            answer = subprocess.run(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=stderr,
                timeout=timeout,
                env=_environment(os.environ),
                start_new_session=True,
                check=False,
            )
            stderr.seek(0)
            said = stderr.read(65536).decode("utf-8", "replace")
        return subprocess.CompletedProcess(argv, answer.returncode, "", said)


class _Session:
    # One connection to the engine: ssh reads from and writes to the socket itself, nothing is copied here.
    def __init__(self, argv: list[str], connection: socket.socket) -> None:
        self._stderr: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (closed by end)
        self.process = subprocess.Popen(
            argv,
            stdin=connection.fileno(),
            stdout=connection.fileno(),
            stderr=self._stderr.fileno(),
            env=_environment(os.environ),
            # Ctrl-C goes to the whole group, and what removes our containers then needs this connection.
            start_new_session=True,
        )

    def said(self) -> str:
        self._stderr.seek(0)
        return self._stderr.read(65536).decode("utf-8", "replace")

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self._stderr.close()


def _private_folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="dl-ssh-"))
    if len(str(folder)) <= _MAX_SOCKET_PATH:
        return folder
    folder.rmdir()  # TMPDIR of macOS and of some CI systems is long
    return Path(tempfile.mkdtemp(prefix="dl-ssh-", dir="/tmp"))


def _program(endpoint: Endpoint) -> list[str]:
    program = shutil.which("ssh")
    if program is None or not Path(program).is_absolute():
        raise errors.SshMissing(str(endpoint))
    return [program]


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    # The agent and what ProxyCommands need stay. LC_ALL, because causes are told apart by the messages; no askpass
    # program, because a question would stop us; nothing of ours, which may be a key, and which SendEnv may send.
    dropped = ("LD_LIBRARY_PATH", "SSH_ASKPASS", "SSH_ASKPASS_REQUIRE", "DISPLAY")
    kept = {name: value for name, value in environ.items() if name not in dropped and not name.startswith("DOCKERLAB_")}
    return {**kept, "LC_ALL": "C"}
