"""The item gitlab-ci-1/runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._definitions import most_complete, none_found, unknown_parts
from pytest_dockerlab.findings import Finding, note, report, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.secrets import redacted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, GitlabSetup

_FOLDER = "/etc/gitlab-runner"
_RESTARTS = ("always", "unless-stopped", "on-failure", "any")


@check("gitlab-ci-1/runner", "the runner is defined: container, volume, restart policy", level="advisory")
def runner(gitlab_setup: GitlabSetup) -> None:
    runners = gitlab_setup.runners
    installed = [each for each in gitlab_setup.installations if each.program == "gitlab-runner"]
    if not runners and installed:
        # A service of the machine starts with it, and its configuration is a file of the machine.
        note("runner", _("a service of the machine: {place}", place=str(installed[0].at)))
        return
    mistaken = next((each for each in gitlab_setup.servers if each.mounts(_FOLDER)), None)
    if not runners and mistaken is not None:
        require(
            False,
            _("the container that has a volume at {folder} is a runner", folder=_FOLDER),
            found=mistaken.image,
            at=mistaken.place("image"),
            hint=_("that is GitLab itself: write the image gitlab/gitlab-runner"),
        )
    if not runners:
        none_found(
            gitlab_setup,
            "gitlab-runner",
            _("the runner is defined in a compose file, by Ansible or Terraform, or by docker run"),
            _("add a service of the image gitlab/gitlab-runner, or the docker run line that starts it"),
        )
    best, findings = most_complete(runners, lambda each: list(_problems(each)))
    note("runner", str(best.location))
    note("image", best.image)
    report(findings)
    unknown_parts(best, ("volumes", "restart"), is_told=bool(findings))


def _problems(runner: ContainerDefinition) -> Iterator[Finding]:
    targets = [each.target for each in runner.volumes]
    is_known = "volumes" not in runner.unknown and not any("{{" in each or "$" in each for each in targets)
    if is_known and not runner.mounts(_FOLDER):
        yield Finding(
            _("the runner keeps its configuration in a volume at {folder}", folder=_FOLDER),
            targets or _("none"),
            runner.place("volumes"),
            _("add the volume {volume}; without it a new container has to be registered again",
              volume=f"/srv/gitlab-runner/config:{_FOLDER}"),
        )  # fmt: skip
    restart = (runner.restart or "").strip("\"'")
    if "restart" not in runner.unknown and not restart.startswith((*_RESTARTS, "{{", "$")):
        yield Finding(
            _("the runner starts again by itself: restart policy"),
            redacted(restart) or _("none"),
            runner.place("restart"),
            _("write restart: always (Ansible: restart_policy; docker run: --restart always)"),
        )
