"""The artifact of a gate: results.json in a zip file, written by whoever likes to.

It comes from a workflow that the author of a pull request can change, so it is read as an enemy's: so many bytes of it,
in memory, one entry by its name, and that as a grading reads what comes back from a slice. Nothing is unpacked.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Any

from ..errors import DockerlabError
from ..grading.github import headers
from ..grading.graded import NoResult, result_in
from ..messages import _
from ..net.causes import Cause, Failure
from ..net.client import Client
from ..net.deadline import Deadline
from ..net.http import Answer, Request, Secret, Url
from ..net.redirects import follow
from ..results import SubmissionResult
from .github import GithubError

__all__ = ["NoArtifact", "downloaded", "results_in"]

MAX_ARCHIVE_BYTES = 8 * 1024 * 1024
MAX_RESULTS_BYTES = 8 * 1024 * 1024
_ENTRY = "results.json"
_MOST_ENTRIES = 100
_SECONDS = 60.0


class NoArtifact(DockerlabError):
    """It cannot be had, or is not what a gate leaves."""


def downloaded(url: str, token: str, *, client: Client | None = None) -> bytes:
    """The bytes of the artifact at ``url`` of the API, which redirects to a storage; no token goes there.

    Raises :class:`NoArtifact` for one that has expired or is too large, and :class:`~.github.GithubError`.
    """
    sender, deadline = client or Client(), Deadline(_SECONDS)
    first = Url.parse(url)

    def redirected(_asked: Request, answer: Answer) -> Request | None:
        return Request(Url.parse(answer.header("Location"), answer.url)) if answer.is_redirect else None

    try:
        answer = follow(
            lambda asked: sender.request(asked, deadline, max_body=MAX_ARCHIVE_BYTES),
            Request(first, headers=headers(Secret(token))),
            redirected,
            limit=2,
        )
    except Failure as failure:
        if failure.cause is Cause.TOO_LARGE:
            raise NoArtifact(_("the artifact has more than {limit} bytes", limit=MAX_ARCHIVE_BYTES)) from None
        raise GithubError(first.authority, str(failure)) from None
    except ValueError as error:
        raise GithubError(first.authority, str(error)) from None
    if answer.status == 410:
        raise NoArtifact(_("the artifact has expired"))
    if answer.status != 200:
        raise GithubError(answer.url.authority, f"HTTP {answer.status}")
    return answer.body


def results_in(archive: bytes) -> tuple[SubmissionResult, dict[str, Any]]:
    """What its results.json says, and the rest of it. Raises :class:`NoArtifact` for anything else."""
    try:
        return result_in(_entry(archive), _ENTRY)
    except NoResult as error:
        raise NoArtifact(error.text) from error


def _entry(archive: bytes) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as file:
            entries = file.infolist()
            if len(entries) > _MOST_ENTRIES:
                raise NoArtifact(_("the artifact has {count} files", count=len(entries)))
            found = [entry for entry in entries if entry.filename == _ENTRY]
            if len(found) != 1:
                raise NoArtifact(_("the artifact has no {name}, or two of them", name=_ENTRY))
            if found[0].compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise NoArtifact(_("{name} in the artifact is packed in an unusual way", name=_ENTRY))
            with file.open(found[0]) as opened:  # the size that it gives itself is a claim
                content = opened.read(MAX_RESULTS_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as error:
        raise NoArtifact(_("the artifact is no zip file that can be read: {why}", why=str(error))) from error
    if len(content) > MAX_RESULTS_BYTES:
        raise NoArtifact(_("{path} has more than {limit} bytes", path=_ENTRY, limit=MAX_RESULTS_BYTES))
    return content
