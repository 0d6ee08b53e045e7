"""The item gitlab-ci-1/credentials."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.gitlab_ci_1._tokens import written_out
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.committed_secrets import committed_secrets

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, Setting
    from pytest_dockerlab.submission.scan.committed_secrets import CommittedSecret
    from pytest_dockerlab.submission.submission import Submission

_TOLD_BY, _RUNNER = "gitlab-ci-1/runner-registration", "gitlab-ci-1/runner"
_FOLDER = "/etc/gitlab-runner/"
_VARIABLES = (
    "GOOGLE_APPLICATION_CREDENTIALS",
    "GOOGLE_CREDENTIALS",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AZURE_AUTH_LOCATION",
    "AZURE_CLIENT_CERTIFICATE_PATH",
    "YC_SERVICE_ACCOUNT_KEY_FILE",
    "OS_CLIENT_CONFIG_FILE",
)
"""What names a file with credentials to docker-machine, to the fleeting plugins, and to the clouds' own programs."""
_PATH = re.compile(r"/[^${}<>]{1,300}|[\w.~-][\w./~-]{0,300}\.\w{1,6}")
"""From the root, or from where the runner stands."""


@check(
    "gitlab-ci-1/credentials",
    "cloud credentials are mounted and no secret is committed",
    level="advisory",
    told_by=[_TOLD_BY, _RUNNER],
)
def credentials(submission: Submission) -> None:
    setup = submission.gitlab_setup
    named = [
        (runner, variable) for runner in setup.runners for variable in _VARIABLES if variable in runner.environment
    ]
    if named:
        places = [f"{variable} ({runner.environment[variable].at})" for runner, variable in named]
        note("credentials are named by", places)
    unmounted = [finding for runner, variable in named for finding in _unmounted(runner, variable)]
    if len(unmounted) < len(named):  # of several definitions of the runner one is right
        unmounted = []
    told = list(written_out(setup.registrations))
    secrets = committed_secrets(submission.tree)
    findings = list(_committed(secrets.found, {each.at for each in told}))
    is_runners = all(runner.environment[variable].value.startswith(_FOLDER) for runner, variable in named)
    if unmounted and is_runners and not findings:
        raise Unverified(_("the runner's own folder is in no volume"), told_by=_RUNNER, findings=unmounted)
    report([*unmounted, *findings])
    if unmounted or findings:
        return
    if told:
        raise Unverified(
            _("a token of the runner's registration is in the repository"), told_by=_TOLD_BY, findings=told
        )
    if secrets.unread is not None:
        raise Unverified(
            _("not every file was searched for secrets: there are too many; {file} is the first that was not",
              file=secrets.unread),
            _("take out of the repository what is not your homework"),
        )  # fmt: skip


def _unmounted(runner: ContainerDefinition, variable: str) -> Iterator[Finding]:
    """Nothing where the file lies in a volume: the image has none, and nobody should build one in."""
    setting: Setting = runner.environment[variable]
    path = setting.value.strip("\"' ")
    is_mounted = runner.mounts(path if path.startswith(("/", "~")) else f"/{path.removeprefix('./')}")
    if not _PATH.fullmatch(path) or "volumes" in runner.unknown or is_mounted:
        return
    if any("{{" in each.target or "$" in each.target for each in runner.volumes):
        return
    yield Finding(
        _("{variable} names a file in a mounted volume", variable=variable),
        _("{path}; mounted are: {targets}", path=path, targets=[each.target for each in runner.volumes] or _("none")),
        setting.at,
        _("put the file into the folder of the machine that is mounted at {folder}, and name it there",
          folder=runner.volumes[0].target if runner.volumes else "/etc/gitlab-runner"),
    )  # fmt: skip


def _committed(found: Iterable[CommittedSecret], told: set[Location | None]) -> Iterator[Finding]:
    """One finding for each kind in each file, at its first line; the secret itself is shown nowhere."""
    known: set[tuple[str, str]] = set()
    for each in found:
        key = each.at.file, each.what.id
        if each.at in told or key in known:
            continue
        known.add(key)
        yield Finding(
            _("no secret is in the repository"),
            _("{what} (not shown here)", what=each.what),
            each.at,
            _("take it out, keep it in a file that .gitignore names or in a variable, and make it void: git keeps it"),
        )
