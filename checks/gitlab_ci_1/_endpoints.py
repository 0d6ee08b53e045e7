"""What is said of a server that was named by an option and does not answer as it should."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from pytest_dockerlab.findings import Finding, Mismatch
from pytest_dockerlab.messages import Message
from pytest_dockerlab.net.asking import EndpointError, EndpointUrlInvalid

__all__ = ["answering"]


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
