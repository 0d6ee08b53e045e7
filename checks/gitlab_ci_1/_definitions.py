"""Which of several definitions of one thing is judged, and what is said where there is none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, require
from pytest_dockerlab.messages import Message, _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from pytest_dockerlab.findings import Finding
    from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, GitlabSetup

EXTERNAL_URL = re.compile(r"\bexternal_url[ \t(=]{1,20}['\"]?([^'\"\s);]{1,300})")
"""The address that a configuration gives to GitLab."""
_PARTS = {"environment": _("variables"), "ports": _("ports"), "volumes": _("volumes"), "restart": _("restart policy")}


def most_complete(
    definitions: Iterable[ContainerDefinition], problems: Callable[[ContainerDefinition], list[Finding]]
) -> tuple[ContainerDefinition, list[Finding]]:
    """The definition that lacks least, and what it lacks: who wrote it down twice has done it once.

    Of equal ones the first, and files come before READMEs.
    """
    judged = [(each, problems(each)) for each in definitions]
    return min(judged, key=lambda pair: len(pair[1]))


def none_found(setup: GitlabSetup, program: str, expected: Message, hint: Message) -> None:
    """Stop with a finding: there is no definition of the program, or one that cannot be read."""
    problems = [each for each in setup.problems if each.program in (None, program)]
    if problems:
        problem = min(problems, key=lambda each: each.is_limit)
        if problem.is_limit:
            raise Unverified(_("{place}: {why}", place=str(problem.at), why=problem.reason), at=problem.at)
        require(False, expected, found=problem.reason, at=problem.at, hint=_("correct it, so that it can be read"))
    require(False, expected, found=_("none"), hint=hint)


def unknown_parts(definition: ContainerDefinition, parts: Sequence[str], *, is_told: bool) -> None:
    """Stop without a verdict where a part of the definition is a variable that the submission does not set."""
    unknown = [_PARTS[part] for part in parts if part in definition.unknown]
    if unknown and not is_told:
        raise Unverified(
            _("{place}: nothing in the repository says what these are: {parts}",
              place=str(definition.location), parts=unknown),
            _("write them out, or set the variables in a file that is handed in"),
        )  # fmt: skip
