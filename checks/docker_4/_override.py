"""The override, for the items beside docker-4/override: whether it counts, and the project that it is a part of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, NotAttempted, Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.gitignore import ignoring_line
from pytest_dockerlab.submission.scan.compose_candidates import CANONICAL, OVERRIDES
from pytest_dockerlab.submission.scan.discovery import folder_of, name_of

if TYPE_CHECKING:
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Override, Submission

_COPY = re.compile(r"\b(cp|copy|mv|rename|ln)\b|скопир|копир|переимен", re.IGNORECASE)


def merged(override: Override) -> ComposeProject:
    """The project of compose file and override. Raises ``NotAttempted`` without an override."""
    try:
        return override.project()
    except Mismatch as refused:
        raise Unverified(
            _("the override file does not merge with the compose file"),
            _("correct it first: see docker-4/override"),
            told_by="docker-4/override",
            findings=[refused.finding],
        ) from None


def whole_project(submission: Submission) -> ComposeProject:
    """The project as ``docker-compose up`` makes it: with the override, where compose merges that."""
    override = submission.override_file
    if override is None or not (override.is_merged or where_it_is_copied(submission) is not None):
        return submission.compose
    try:
        return submission.merged
    except (Mismatch, NotAttempted, Unverified):  # docker-4/override says why
        return submission.compose


def where_it_is_copied(submission: Submission) -> Location | None:
    """Where a README says to copy the example of an override, the copy of which .gitignore keeps out."""
    override = submission.override_file
    if override is None or override.is_merged or name_of(submission.compose_file) not in CANONICAL:
        return None
    folder = folder_of(submission.compose_file)
    copies = [f"{folder}/{name}" if folder else name for name in OVERRIDES]
    if not any(ignoring_line(submission.tree, copy) for copy in copies):
        return None
    example = name_of(override.path)
    for readme in submission.readmes:
        for line in readme.lines:
            if example in line.text and _COPY.search(readme.around(line.number, 1)):
                return readme.location(line.number)
    return None
