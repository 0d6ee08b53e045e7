"""The item docker-4/override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import where_it_is_copied
from pytest_dockerlab.findings import Location, NotAttempted, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Override, Submission


@check(
    "docker-4/override",
    "an override file is where compose merges it",
    level="optional",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def override(submission: Submission, override: Override) -> None:
    if override.file is None:
        raise NotAttempted(_("there is no override file"))
    note("override file", override.file.path)
    override.project()
    copied = where_it_is_copied(submission)
    if copied is not None:
        note("copied, says", str(copied))
    hint = _("call it docker-compose.override.yml, and put it beside {file}; or say in the README where to copy it to, "
             "and keep the copy out by .gitignore", file=override.base)  # fmt: skip
    if submission.env is not None and "COMPOSE_FILE" in submission.env.variables:
        hint = _("add it to COMPOSE_FILE in {file}: compose merges nothing else then", file=submission.env.path)
    expect(
        override.file.is_merged or copied is not None,
        _("compose merges the override file by itself"),
        found=override.file.path,
        at=Location(override.file.path),
        hint=hint,
    )
