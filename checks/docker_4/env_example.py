"""The item docker-4/env-example."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.discovery import find_committed_env, folder_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-4/env-example",
    "an example env file defines every variable, and no .env is committed",
    level="advisory",
    needs=["docker-4/compose-file", Need.COMPOSE],
)
def env_example(submission: Submission, compose: ComposeProject) -> None:
    note("example env file", compose.env.path if compose.env is not None else _("none"))
    note("still without a value", compose.placeholders)
    report(env_problems(submission, compose))


def env_problems(submission: Submission, project: ComposeProject) -> Iterator[Finding]:
    """What is wrong with the example env file, and with a ``.env`` that is handed in."""
    committed = find_committed_env(submission.tree, project.file)
    if committed is not None:
        yield Finding(
            _("no .env is committed"),
            committed,
            Location(committed),
            _("rename it to .env.example, and name .env in .gitignore"),
        )
    example = project.env
    if example is None:
        if project.variables and committed is None:
            yield Finding(
                _("an example env file lies beside the compose file"),
                _("none"),
                Location(project.file),
                _("add .env.example with a line for each variable: {names}", names=list(project.variables)),
            )
        return
    if folder_of(example.path) != folder_of(project.file):
        yield Finding(
            _("the example env file lies beside the compose file"),
            example.path,
            Location(example.path),
            _("move it beside {file}: compose looks for .env there", file=project.file),
        )
    for problem in example.problems:
        name = problem.name.replace("-", "_").replace(".", "_")
        yield Finding(
            problem.reason,
            problem.name or _("a line that cannot be read"),
            Location(example.path, problem.line),
            _("use another name, such as {name}, here and in the compose file", name=name)
            if name
            else _("write NAME=value"),
        )
    for name in project.undefined:
        locations = project.variables[name].locations if name in project.variables else ()
        yield Finding(
            _("{file} defines {variable}", file=example.path, variable=name),
            _("{variable} is used but not defined", variable=name),
            locations[0] if locations else Location(project.file),
            _("add a line {variable}=… to {file}", variable=name, file=example.path),
        )
