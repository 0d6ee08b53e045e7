"""What a service says at its ``/metrics``: asked itself, and read by the parser of prometheus-client.

For what Prometheus does not tell: which line it could not read, and what is exported where nobody scrapes it.
"""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import TextIO, cast

from ..errors import DockerlabError
from ..messages import Message, _, excerpt
from ..net.causes import Cause, Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Url
from ..net.redirects import follow, on_same_server
from .answers import Sample

__all__ = ["ACCEPT", "NoExposition", "parse_exposition", "read_exposition"]

_MAX_BODY = 1024 * 1024
"""Bytes: a node exporter sends a fifth of it. The parser takes two seconds for so much."""
_MAX_LINE = 16 * 1024
"""Characters: the parser's time grows with the square of a line's length."""
ACCEPT = "application/openmetrics-text;version=1.0.0;q=0.8, text/plain;version=0.0.4;q=0.9, */*;q=0.1"
_OPENMETRICS = "application/openmetrics-text"
_TEXT = ("text/plain", _OPENMETRICS)


class NoExposition(DockerlabError):
    """There are no metrics, or no readable ones: ``reason``, and the number of the ``line`` where one is at fault."""

    def __init__(self, reason: Message, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


def read_exposition(url: str, client: Client | None = None, *, seconds: float = 10.0) -> list[Sample]:
    """The samples at ``url``, redirects on the same server followed. Raises :class:`NoExposition`."""
    deadline = Deadline(seconds)
    try:
        answer = follow(
            lambda request: (client or Client()).request(request, deadline, max_body=_MAX_BODY),
            Request(Url.parse(url), headers={"Accept": ACCEPT}),
            on_same_server,
            limit=3,
        )
    except Failure as failure:
        raise NoExposition(_why(failure, seconds)) from failure
    return parse_exposition(answer)


def parse_exposition(answer: Answer) -> list[Sample]:
    """The samples in an answer; without a time of their own they have the present one. Raises :class:`NoExposition`.

    Series that stand there twice are samples twice, and NaN is a value: Prometheus takes them too.
    """
    if answer.status != 200:
        raise NoExposition(_("it answers with HTTP {status}", status=answer.status))
    kind = answer.media_type
    if kind not in ("", *_TEXT):
        raise NoExposition(
            _("its Content-Type is {kind}: Prometheus 3 does not read that, and older ones try to", kind=excerpt(kind))
        )
    try:
        text = answer.body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NoExposition(_("it is not UTF-8"), answer.body.count(b"\n", 0, error.start) + 1) from None
    lines = text.split("\n")
    for number, line in enumerate(lines, start=1):
        if len(line) > _MAX_LINE:
            raise NoExposition(
                _("the line {number} is longer than {limit} characters", number=number, limit=_MAX_LINE), number
            )
    reader = _Lines(text)
    try:
        return list(_samples(reader, is_openmetrics=kind == _OPENMETRICS))
    except (ValueError, KeyError, IndexError) as error:  # it raises what comes
        problem = excerpt(str(error))
    if reader.is_at_the_end:
        raise NoExposition(_("it is not in the format of Prometheus: {why}", why=problem))
    at, line = reader.number, lines[reader.number - 1]
    raise NoExposition(_("the line {number} is no metric: {line}", number=at, line=excerpt(line)), at)


class _Lines:
    """A text as the parser reads it, line by line; the ``number`` is that of the line it is at."""

    def __init__(self, text: str) -> None:
        self._text = io.StringIO(text, newline="\n")
        self.number = 1
        self.is_at_the_end = False

    def __iter__(self) -> Iterator[str]:
        for number, line in enumerate(self._text, start=1):
            self.number = number
            yield line
        self.is_at_the_end = True


def _samples(lines: _Lines, *, is_openmetrics: bool) -> Iterator[Sample]:
    from prometheus_client import parser
    from prometheus_client.openmetrics import parser as openmetrics

    now = time.time()
    read = openmetrics.text_fd_to_metric_families if is_openmetrics else parser.text_fd_to_metric_families
    for family in read(cast("TextIO", lines)):
        for sample in family.samples:
            labels = {"__name__": sample.name, **sample.labels}
            yield Sample(labels, float(sample.value), now if sample.timestamp is None else float(sample.timestamp))


def _why(failure: Failure, seconds: float) -> Message:
    match failure.cause:
        case Cause.SLOW:
            return _("its answer is not complete within {seconds} s", seconds=f"{seconds:g}")
        case Cause.TOO_LARGE:
            return _("its answer is larger than {count} bytes", count=_MAX_BODY)
        case Cause.CLOSED:
            return _("it closes the connection before its answer is complete")
        case Cause.REFUSED:
            return _("nothing listens there")
        case Cause.ELSEWHERE:
            return _("it redirects to {url}", url=excerpt(failure.detail))
    return _("{why}", why=excerpt(f"{failure.cause} {failure.detail}"))
