"""docker-2: the monolith's image is built and run."""

from __future__ import annotations

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.monolith import Monolith, find_monolith
from pytest_dockerlab.submission.submission import Submission


def _monolith(submission: Submission) -> Monolith:
    monolith = find_monolith(submission.tree)
    if monolith is None:
        raise Unverified(_("there is no Dockerfile beside the monolith's files"), _("add it first: see docker-2/files"))
    return monolith
