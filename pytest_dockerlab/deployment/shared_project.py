"""A monitored project that several checks of a submission share: started for the first, taken down after the last."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from ..findings import Mismatch, Unverified
from .monitored import MonitoredDeployment, told

if TYPE_CHECKING:
    from ..submission.submission import Submission

__all__ = ["SharedProject"]


class SharedProject:
    """The monitored project that runs in this process, or why it does not: one at a time."""

    def __init__(self) -> None:
        self._life = contextlib.ExitStack()
        self._submission: Submission | None = None
        self._project: MonitoredDeployment | None = None
        self._failure: Mismatch | Unverified | None = None

    def get(
        self, submission: Submission, start: Callable[[contextlib.ExitStack], MonitoredDeployment]
    ) -> MonitoredDeployment:
        """A submission's, started if it does not run. ``start`` enters what is to be taken down into what it is given.

        Raises what ``start`` raised. That the project is at fault is said once; the next ones are told by the first.
        """
        if self._failure is not None and self._submission is submission:
            if isinstance(self._failure, Unverified):
                raise self._failure.with_traceback(None)
            raise told(self._failure)
        if self._project is None or self._submission is not submission:
            self.end()
            self._submission = submission
            try:
                self._project = start(self._life)
            except BaseException as error:
                self._life.close()
                self._failure = error if isinstance(error, Mismatch | Unverified) else None
                raise
        return self._project

    def end(self) -> None:
        """Take it down."""
        self._submission = self._project = self._failure = None
        self._life.close()
