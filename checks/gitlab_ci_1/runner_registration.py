"""The item gitlab-ci-1/runner-registration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._tokens import written_out
from pytest_dockerlab.findings import NotAttempted, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.gitlab_setup.definitions import TokenForm

if TYPE_CHECKING:
    from pytest_dockerlab.submission.gitlab_setup.definitions import GitlabSetup

_FORMS = {
    TokenForm.LITERAL: _("written out"),
    TokenForm.VARIABLE: _("from a variable"),
    TokenForm.PLACEHOLDER: _("a place for one's own"),
    TokenForm.NONE: _("none in the repository"),
}


@check("gitlab-ci-1/runner-registration", "the runner is registered by script, with no token in it", level="optional")
def runner_registration(gitlab_setup: GitlabSetup) -> None:
    automatic = [each for each in gitlab_setup.registrations if not each.is_interactive]
    if not automatic:
        by_hand = next(iter(gitlab_setup.registrations), None)
        raise NotAttempted(
            _("{place}: registered by hand: gitlab-runner register asks without --non-interactive",
              place=str(by_hand.at))
            if by_hand is not None
            else _("nothing in the repository registers a runner")
        )  # fmt: skip
    note("registered by", [str(each.at) for each in automatic])
    note("token", [_FORMS[form] for form in dict.fromkeys(each.token for each in automatic)])
    report(written_out(automatic))
