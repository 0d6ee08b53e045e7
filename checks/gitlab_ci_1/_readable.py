"""The runner's configurations for the items that look into one part of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytest_dockerlab.submission.gitlab_runner.configuration import RunnerConfiguration
    from pytest_dockerlab.submission.gitlab_runner.places import Written
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["TOLD_BY", "readable"]

TOLD_BY = "gitlab-ci-1/runner-config"
"""The item that says of a configuration that it is no TOML."""


def readable(
    submission: Submission, concerns: Callable[[Written], bool], *sections: str
) -> Iterator[RunnerConfiguration]:
    """Those that can be read. Raises ``Unverified`` for one that concerns the item, and cannot.

    So it does where one of the item's ``sections`` stands where no runner looks at it.
    """
    for written in submission.written_configurations:
        try:
            configuration = submission.read_configuration(written)
            if (stray := configuration.stray(*sections)) is not None:
                raise Unverified(_("no runner looks at a section of it"), told_by=TOLD_BY, at=stray)
            yield configuration
        except Mismatch as refused:
            if concerns(written):
                raise Unverified(
                    _("the configuration cannot be read"),
                    _("correct it first: see {item}", item=TOLD_BY),
                    told_by=TOLD_BY,
                    findings=[refused.finding],
                ) from None
