"""The item docker-3/hadolint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import refusals_of, services_of
from pytest_dockerlab.findings import Finding, Unverified, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.hadolint import lint

if TYPE_CHECKING:
    from pytest_dockerlab.submission.dockerfiles.hadolint import Lint
    from pytest_dockerlab.submission.submission import Submission

# What an item of ours asks more closely: one fault, one message.
_OF_OTHERS = {
    "DL3020": "docker-3/copy-not-add",
    "DL3009": "docker-3/apt-lists",
    "DL3015": "docker-3/no-recommends",
}


@check(
    "docker-3/hadolint",
    "hadolint finds nothing in the Dockerfiles",
    level="advisory",
    needs=[Need.HADOLINT],
    told_by=["docker-3/services"],
)
def hadolint(submission: Submission) -> None:
    kinds = {each.path: each.is_backup for files in services_of(submission) for each in files.files}
    linted = lint(submission.tree, sorted(kinds))
    note("files looked at", sorted(kinds))
    if linted.unread:
        note("not read by hadolint, though Docker reads them", linted.unread)
    theirs = [each for each in linted.lints if each.code in _OF_OTHERS]
    if theirs:
        note("left to other items", [f"{each.at} {each.code}: {_OF_OTHERS[each.code]}" for each in theirs])
    own = [each for each in linted.lints if each not in theirs]
    shown = [each for each in own if not each.is_finding or kinds[each.at.file]]
    if shown:
        note("not counted", [f"{each.at} {each.code} {each.level}: {each.message}" for each in shown])
    refused = {path for path, is_backup in kinds.items() if not is_backup and refusals_of(submission, path)}
    refused &= {files.in_use for files in services_of(submission)}
    report(_finding(each) for each in own if each not in shown and each.at.file not in refused)
    left = [_finding(each) for each in own if each not in shown and each.at.file in refused]
    if left:
        raise Unverified(
            _("not every Dockerfile that is built can be parsed"),
            _("correct them first: see docker-3/services"),
            told_by="docker-3/services",
            findings=left,
        )


def _finding(lint: Lint) -> Finding:
    return Finding(
        None,
        f"{lint.code} {lint.level}: {lint.message}",
        lint.at,
        _("see https://github.com/hadolint/hadolint/wiki/{code}", code=lint.code)
        if lint.code.startswith("DL")
        else _("see https://www.shellcheck.net/wiki/{code}", code=lint.code),
    )
