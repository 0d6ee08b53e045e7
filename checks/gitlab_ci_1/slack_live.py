"""The item gitlab-ci-1/slack-live."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import NotAttempted, expect, note
from pytest_dockerlab.gitlab.errors import asking
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.gitlab.project import GitlabProject

_EVENTS = ("push", "pipeline")


@check(
    "gitlab-ci-1/slack-live",
    "the project's Slack integration is active",
    level="optional",
    tier="remote",
    needs=[Need.GITLAB_URL, "gitlab-ci-1/instance"],
)
def slack_live(gitlab_project: GitlabProject) -> None:
    """Only what GitLab has written down is looked at: nothing is posted, and the webhook is not asked."""
    with asking():
        found = gitlab_project.slack()
        version = gitlab_project.instance.version()
    if found is None or not found.is_set:
        remedy = _("Settings, Integrations, Slack notifications: add the webhook, and tick Push and Pipeline")
        if version.release >= (19,):
            remedy = _(
                "Settings, Integrations, GitLab for Slack app; from GitLab 19 on there are no Slack notifications"
            )
        raise NotAttempted(_("the project has no Slack integration"), remedy)
    note("events", sorted(found.events))
    is_active = expect(
        found.is_active,
        _("the Slack integration is active"),
        found=_("it is set up, and not active"),
        hint=_("Settings, Integrations, Slack notifications: tick Active"),
    )
    if is_active:
        expect(
            found.events & set(_EVENTS),
            _("it is told of pushes or pipelines"),
            found=sorted(found.events) or _("it is told of nothing"),
            hint=_("Settings, Integrations, Slack notifications: tick Push and Pipeline"),
        )
