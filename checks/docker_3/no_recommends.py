"""The item docker-3/no-recommends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import report_of_built
from pytest_dockerlab.checks.docker_3._packages import call_of, is_apt
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import layers
from pytest_dockerlab.submission.text.shell import program

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command

_NO = r"['\"]?(false|0|no|off)\b"
_NO_RECOMMENDS = re.compile(rf"APT::Install-Recommends\s*+(?:=\s*+)?{_NO}", re.IGNORECASE)


@check(
    "docker-3/no-recommends",
    "apt-get install uses --no-install-recommends",
    level="advisory",
    told_by=["docker-3/services"],
)
def no_recommends(submission: Submission) -> None:
    report_of_built(submission, problems)


def problems(dockerfile: Dockerfile) -> Iterator[Finding]:
    """Each ``apt-get install`` that also installs what packages recommend."""
    switched_off = False
    for layer in layers(dockerfile):
        for command in layer.commands:
            switched_off = switched_off or _configures(command)
            if not is_apt(command):
                continue
            call = call_of(command)
            if call.subcommand == "install" and not switched_off and not _without_recommends(call.options):
                yield Finding(
                    _("apt-get install has --no-install-recommends"),
                    " ".join(command.words),
                    Location(dockerfile.path, command.line),
                    _("add --no-install-recommends, and name what you need of the rest yourself"),
                )


def _without_recommends(options: Sequence[str]) -> bool:
    return any(
        option in ("--no-install-recommends", "--no-install-recommends=true", "--without-recommends", "-R")
        or _NO_RECOMMENDS.search(option)
        for option in options
    )


def _configures(command: Command) -> bool:
    """Whether a command writes apt's configuration: ``echo 'APT::Install-Recommends "false";' > /etc/apt/…``."""
    return program(command) in ("echo", "printf") and bool(_NO_RECOMMENDS.search(" ".join(command.words)))
