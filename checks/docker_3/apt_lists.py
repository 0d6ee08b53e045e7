"""The item docker-3/apt-lists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_3._dockerfiles import report_of_built
from pytest_dockerlab.checks.docker_3._packages import apt_calls
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.runlines import is_removed, layers, removals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pytest_dockerlab.checks.docker_3._packages import Call
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command

_LISTS = "/var/lib/apt/lists"


@check(
    "docker-3/apt-lists",
    "apt's lists are removed in the layer that fetched them",
    level="advisory",
    told_by=["docker-3/services"],
)
def apt_lists(submission: Submission) -> None:
    """A layer is never changed afterwards, so only what the same RUN removes is not in the image; and only the stages
    that the final image is made of count: what stays behind in a build stage costs nothing."""
    report_of_built(submission, problems)


def problems(dockerfile: Dockerfile) -> Iterator[Finding]:
    """The layers of the image that apt's package lists stay in.

    Removed by ``rm``, ``find -delete`` or ``apt-get distclean`` after the last update of the same RUN, or written to a
    cache mount. ``apt-get clean`` removes the downloaded packages, not the lists.
    """
    for layer in layers(dockerfile):
        calls = list(apt_calls(layer))
        fetched = _positions(calls, "update")
        installed = _positions(calls, "install")
        if not (fetched or installed) or any(is_removed(mount, _LISTS) for mount in layer.mounts):
            continue
        removed = [at for at, path in removals(layer.commands) if is_removed(path, _LISTS)]
        removed += _positions(calls, "distclean", "dist-clean")
        if not removed or max(removed) < max(fetched, default=-1):
            first = layer.commands[(installed or fetched)[0]]
            yield Finding(
                _("the RUN that calls apt-get also removes {folder}", folder=_LISTS),
                " ".join(first.words),
                Location(dockerfile.path, first.line),
                _("they are fetched again by an update after the removal: remove them last")
                if removed
                else _("add && rm -rf /var/lib/apt/lists/* at the end of this RUN: in a later one it is too late"),
            )


def _positions(calls: Iterable[tuple[int, Command, Call]], *subcommands: str) -> list[int]:
    return [at for at, _command, call in calls if call.subcommand in subcommands]
