"""The item docker-4/project-name-lab."""

from __future__ import annotations

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.naming import observed_names


@check(
    "docker-4/project-name-lab",
    "the project's name comes from -p, COMPOSE_PROJECT_NAME, name: and the directory, in this order",
    kind="lab",
    needs=[Need.COMPOSE],
)
def project_name_lab() -> None:
    for observed in observed_names():
        note(observed.situation, observed.name)
        expect(
            observed.name == observed.documented,
            _("{situation}: the project is called {name}", situation=observed.situation, name=observed.documented),
            found=observed.name,
            hint=_("this compose does not follow its documentation: use another version"),
        )
