"""The item gitlab-ci-1/runner-registration."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._tokens import written_out
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Mismatch, NotAttempted, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_runner.template import is_open
from pytest_dockerlab.submission.gitlab_setup.definitions import TokenForm

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.submission import Submission

_FORMS = {
    TokenForm.LITERAL: _("written out"),
    TokenForm.VARIABLE: _("from a variable"),
    TokenForm.PLACEHOLDER: _("a place for one's own"),
    TokenForm.NONE: _("none in the repository"),
}


@check("gitlab-ci-1/runner-registration", "the runner is registered by script, with no token in it", level="optional")
def runner_registration(submission: Submission) -> None:
    registrations = submission.gitlab_setup.registrations
    automatic = [each for each in registrations if not each.is_interactive]
    if not automatic:
        configured = [str(place) for place in _configured(submission)]
        if configured:
            note("token", _FORMS[TokenForm.VARIABLE])
            note("registered by", configured)
            return
        by_hand = next(iter(registrations), None)
        raise NotAttempted(
            _("{place}: registered by hand: gitlab-runner register asks without --non-interactive",
              place=str(by_hand.at))
            if by_hand is not None
            else _("nothing in the repository registers a runner")
        )  # fmt: skip
    note("registered by", [str(each.at) for each in automatic])
    note("token", [_FORMS[form] for form in dict.fromkeys(each.token for each in automatic)])
    report(written_out(automatic))


def _configured(submission: Submission) -> Iterator[Location]:
    """Where a runner's configuration is given the token of a runner that GitLab made before."""
    for written in submission.written_configurations:
        if written.is_excerpt:
            continue
        with contextlib.suppress(Mismatch, LimitExceeded):
            configuration = submission.read_configuration(written)
            for number, runner in enumerate(configuration.runners):
                token = configuration.doc.data["runners"][number].get("token")
                if runner.token_location is not None and (is_open(str(token)) or str(token).startswith("$")):
                    yield runner.token_location
