"""docker-2: the items that read the repository."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_dockerlab.findings import Finding, Location, Mismatch, Unverified, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.answers import pid_answer, pid_mention
from pytest_dockerlab.submission.dockerfiles.dockerfile import DockerfileError
from pytest_dockerlab.submission.files.tree import Tree
from pytest_dockerlab.submission.monolith import find_monolith, monolith_file_problems, monolith_problems
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.submission.text.readme import Readme

__all__ = ["dockerfile", "files", "pid_answer_check"]


@check("docker-2/files", "the four files of the monolith lie in one directory")
def files(tree: Tree) -> None:
    monolith = find_monolith(tree)
    if monolith is not None:
        note("directory", monolith.folder or ".")
    _report(monolith_file_problems(tree, monolith))


@check("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh")
def dockerfile(submission: Submission) -> None:
    monolith = find_monolith(submission.tree)
    if monolith is None or "Dockerfile" in monolith.missing:
        raise Unverified(_("there is no Dockerfile beside the monolith's files"), _("add it first: see docker-2/files"))
    path = monolith.path("Dockerfile")
    note("Dockerfile", path)
    try:
        read = submission.dockerfile(path)
    except DockerfileError as error:
        hint = _("Docker's own parser refuses the file: correct it at this place")
        raise Mismatch(Finding(_("the Dockerfile parses"), error.reason, error.at, hint)) from None
    problems = read.problems()
    for line, why in problems:
        hint = _("Docker's own parser refuses the file: correct it at this place")
        expect(False, _("the Dockerfile parses"), found=why, at=Location(path, line), hint=hint)
    if not problems:
        _report(monolith_problems(submission.tree, monolith, read))


@check("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
def pid_answer_check(readmes: list[Readme]) -> None:
    answer = pid_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    named = pid_mention(readmes)
    found = _("no such comparison in {files}", files=[each.path for each in readmes]) if readmes else _("no README")
    expect(
        answer is not None,
        found=found if named is None else _("--pid host is named, but not what is seen with it and without it"),
        at=named or (Location(readmes[0].path) if readmes else None),
        hint=_("write down which processes a container sees without --pid host, and which with it"),
    )


def _report(problems: Iterable[Finding]) -> None:
    for each in problems:
        expect(False, each.expected, found=each.found, at=each.at, hint=each.hint)
