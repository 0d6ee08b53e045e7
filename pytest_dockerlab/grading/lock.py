"""One command at a time writes in the folder of a grading; another is told who does."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from datetime import datetime

from filelock import FileLock, Timeout

from ..errors import ConfigurationError
from ..messages import _, excerpt, reason_of
from .out import Out

__all__ = ["held"]


@contextlib.contextmanager
def held(out: Out, command: str) -> Iterator[None]:
    """Hold the lock of ``out``, whose folder is there. Raises :class:`ConfigurationError` where another does."""
    lock = FileLock(out.lock)
    # beside the lock: whoever only tries to get that empties it
    holder = out.lock.with_name("lock.json")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise _taken(out, holder.read_bytes()[:1000] if holder.is_file() else b"") from error
    except OSError as error:
        raise ConfigurationError(
            _("nothing can be written in {folder}: {why}", folder=out.folder, why=reason_of(error))
        ) from error
    try:
        now = datetime.now().astimezone().isoformat(" ", timespec="seconds")
        with contextlib.suppress(OSError):  # that the disk is full is said where it matters
            holder.write_text(
                json.dumps({"command": command, "pid": os.getpid(), "machine": socket.gethostname(), "since": now})
            )
        yield
    finally:
        with contextlib.suppress(OSError):
            holder.unlink(missing_ok=True)
        lock.release()


def _taken(out: Out, content: bytes) -> ConfigurationError:
    try:
        known = {name: excerpt(str(value)) for name, value in json.loads(content).items()}
        return ConfigurationError(
            _("{folder} is in use: dockerlab {command} on {machine}, process {pid}, since {since}",
              folder=out.folder, command=known["command"], machine=known["machine"], pid=known["pid"],
              since=known["since"])
        )  # fmt: skip
    except (ValueError, LookupError, AttributeError):
        return ConfigurationError(_("{folder} is in use by another dockerlab", folder=out.folder))
