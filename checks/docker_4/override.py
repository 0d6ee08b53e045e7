"""The item docker-4/override."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, NotAttempted, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Override


@check(
    "docker-4/override",
    "an override file lies where compose merges it",
    level="optional",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def override(override: Override) -> None:
    if override.file is None:
        raise NotAttempted(_("there is no override file"))
    note("override file", override.file.path)
    override.project()
    expect(
        override.file.is_merged,
        _("compose merges the override file by itself"),
        found=override.file.path,
        at=Location(override.file.path),
        hint=_("call it docker-compose.override.yml, and put it beside {file}", file=override.base),
    )
