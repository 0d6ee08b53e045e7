"""A part of a project that is stopped for a while, and started again whatever happens."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from ..errors import DockerlabError
from ..findings import Unverified
from ..interrupts import ended_in_order
from ..messages import _
from ..net.deadline import Deadline
from .project import MonitoredProject

__all__ = ["StillStopped", "stopped"]

_TO_START = 60.0


class StillStopped(DockerlabError):
    """What was stopped could not be started again."""

    remedy = _("start it yourself, now: docker-compose start, or docker start CONTAINER")

    def __init__(self, role: str, why: BaseException) -> None:
        super().__init__(
            _("THE {role} IS STILL STOPPED, and cannot be started: {why}", role=role.upper(), why=str(why) or repr(why))
        )


@contextlib.contextmanager
def stopped(project: MonitoredProject, role: str, *, to_start: float = _TO_START) -> Iterator[None]:
    """What runs inside has the part ``role`` stopped. Then it is started again, after Ctrl-C and SIGTERM too.

    Tried until it works, for ``to_start`` seconds. Raises :class:`StillStopped` when it does not.
    """
    with ended_in_order():
        try:
            project.stop(role)
        except Unverified:  # it may not be stopped, and is not
            raise
        except BaseException:
            _start(project, role, to_start)
            raise
        try:
            yield
        finally:
            _start(project, role, to_start)


def _start(project: MonitoredProject, role: str, seconds: float) -> None:
    interrupt: BaseException | None = None
    failure: BaseException = TimeoutError()
    for _attempt in Deadline(seconds).attempts(longest_pause=1.0):
        try:
            project.start(role)
            break
        except Exception as error:  # noqa: BLE001 - whatever it is, another attempt may succeed
            failure = error
        except BaseException as error:  # noqa: BLE001 - who wants us to end, waits until it runs
            failure = interrupt = error
    else:
        raise StillStopped(role, failure)
    if interrupt is not None:
        raise interrupt
