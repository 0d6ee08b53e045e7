"""The merged project, for the items that come after the one which says why it cannot be merged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Override


def merged(override: Override) -> ComposeProject:
    """The project of compose file and override. Raises ``NotAttempted`` without an override."""
    try:
        return override.project()
    except Mismatch:
        raise Unverified(
            _("the override file does not merge with the compose file"),
            _("correct it first: see docker-4/override"),
        ) from None
