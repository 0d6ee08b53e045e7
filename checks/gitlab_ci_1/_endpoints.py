"""What is said of a server that was named by an option, and what the submission's configuration says of it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Finding, Mismatch, NotAttempted, Unverified
from pytest_dockerlab.messages import Message
from pytest_dockerlab.net.asking import EndpointError, EndpointUrlInvalid

if TYPE_CHECKING:
    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["answering", "configuration_of"]


@contextlib.contextmanager
def answering(expected: Message) -> Iterator[None]:
    """A server that does not answer as servers do is a finding; a way to it that does not lead there is nobody's."""
    try:
        yield
    except EndpointUrlInvalid:
        raise
    except EndpointError as error:
        if error.is_server:
            raise Mismatch(Finding(expected, error.reason, None, error.remedy)) from error
        raise error.unverified() from error


def configuration_of(submission: Submission) -> RunnerConfiguration | None:
    """The runner's configuration; ``None`` where there is none, or another item says why it cannot be read."""
    try:
        return submission.runner_configuration
    except (Mismatch, NotAttempted, Unverified, LimitExceeded):
        return None
