"""The item gitlab-ci-1/instance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect, note, require
from pytest_dockerlab.gitlab.errors import GitlabError, asking
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.gitlab.instance import GitlabInstance

_CLOCK = 60.0
"""Seconds by which a clock may be wrong without a word."""


@check("gitlab-ci-1/instance", "GitLab answers and is ready", tier="remote", needs=[Need.GITLAB_URL])
def instance(gitlab_instance: GitlabInstance) -> None:
    """What the server does wrong is a finding; the way to it, and the token, are not the student's."""
    try:
        with asking():
            version, is_ready = gitlab_instance.version(), gitlab_instance.is_ready()
    except GitlabError as error:
        if not error.is_server:
            raise
        require(False, _("GitLab answers"), found=error.reason, hint=error.remedy)
        raise AssertionError from error
    note("GitLab", str(version))
    note("ready", _("it tells only its own machine") if is_ready is None else is_ready)
    skew = round(gitlab_instance.clock_skew or 0.0)
    if abs(skew) > _CLOCK:
        ahead, behind = _("{seconds} s ahead of ours", seconds=skew), _("{seconds} s behind ours", seconds=-skew)
        note("its clock", ahead if skew > 0 else behind)
    expect(
        is_ready is not False,
        _("GitLab says that it is ready"),
        found=_("it says at {path} that it is not", path="/-/readiness"),
        hint=_("see docker logs of its container: PostgreSQL, Redis or Gitaly does not run"),
    )
