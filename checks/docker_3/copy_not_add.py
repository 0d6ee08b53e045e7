"""The item docker-3/copy-not-add."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import report_of_built
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.taken_images import what_it_runs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-3/copy-not-add",
    "no Dockerfile uses ADD where COPY would do",
    level="advisory",
    told_by=["docker-3/services"],
)
def copy_not_add(submission: Submission) -> None:
    report_of_built(submission, problems)


# Docker's reference: ADD takes URLs and git repositories, and unpacks local tar archives, plain or compressed with
# gzip, bzip2 or xz (BuildKit: zstd too). A zip file it only copies.
_REMOTE = re.compile(r"(https?|ftp|git|ssh)://|git@[\w.-]+:|[\w.-]+/\S+\.git(#|$)", re.IGNORECASE)
_ARCHIVE = re.compile(r"\.(tar(\.\w+)?|tgz|tbz2?|txz|tzst)$", re.IGNORECASE)
_UNKNOWN = re.compile(r"\$\{?\w+\}?")


def problems(dockerfile: Dockerfile) -> Iterator[Finding]:
    """Each ADD, in whatever stage, that takes files of the build context as they are."""
    for step in dockerfile.all_steps():
        instruction = next(iter(what_it_runs(step.instruction)), step.instruction)  # ONBUILD ADD is one, too
        if instruction.name != "ADD":
            continue
        sources = [step.expand(value) for value in instruction.values[:-1]]
        plain = [each for each in sources if not (_REMOTE.match(each) or _ARCHIVE.search(each) or _is_unknown(each))]
        if plain:
            yield Finding(
                _("files and folders are copied with COPY"),
                " ".join(("ADD", *instruction.flags, *instruction.values)),
                Location(dockerfile.path, step.instruction.line),
                _("write COPY: ADD is for URLs, and for archives that are to be unpacked"),
            )


def _is_unknown(source: str) -> bool:
    """Whether nobody can say what the source is: a variable that only the command line gives a value."""
    return _UNKNOWN.fullmatch(source) is not None
