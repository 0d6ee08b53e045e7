"""The item docker-4/env-example."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._override import whole_project
from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.environment import find_env_file
from pytest_dockerlab.submission.scan.discovery import find_committed_env, folder_of
from pytest_dockerlab.submission.text.envfile import EnvFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Submission

_SECRET = re.compile(
    r"PASS(WORD|WD|PHRASE)?\b|_PASS|PASSWORD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIAL", re.IGNORECASE
)


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
    """What is wrong with the example env file, with a ``.env`` that is handed in, and with what ``env_file:`` names."""
    committed = find_committed_env(submission.tree, project.file)
    if committed is not None:
        yield _committed(submission, project, committed)
    whole = whole_project(submission)
    yield from _missing_env_files(submission, whole)
    example = project.env
    if example is None:
        if whole.variables and committed is None:
            yield Finding(
                _("there is an example env file beside the compose file"),
                _("none"),
                Location(project.file),
                _("add .env.example with a line for each variable: {names}", names=list(whole.variables)),
            )
        return
    # COMPOSE_FILE of an env file says where the project is: compose is started where that env file lies.
    if folder_of(example.path) != folder_of(project.file) and "COMPOSE_FILE" not in example.variables:
        yield Finding(
            _("the example env file is beside the compose file"),
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
    for name in dict.fromkeys((*project.undefined, *whole.undefined)):
        use = project.variables.get(name) or whole.variables.get(name)
        yield Finding(
            _("{file} defines {variable}", file=example.path, variable=name),
            _("{variable} is used but not defined", variable=name),
            use.locations[0] if use is not None and use.locations else Location(project.file),
            _remedy(example, whole, name),
        )


def _remedy(example: EnvFile, project: ComposeProject, name: str) -> Message:
    unused = {each.lower(): each for each in example.variables if each not in project.variables}
    near = difflib.get_close_matches(name.lower(), unused, n=1, cutoff=0.75)
    if near:
        return _("write {near}, which {file} defines and nothing uses; or {variable} in both",
                 near=unused[near[0]], file=example.path, variable=name)  # fmt: skip
    return _("add a line {variable}=… to {file}", variable=name, file=example.path)


def _committed(submission: Submission, project: ComposeProject, path: str) -> Finding:
    env = EnvFile.find(submission.tree, path)
    secrets = [
        name
        for name, each in (env.variables.items() if env is not None else ())
        if _SECRET.search(name) and not each.is_placeholder
    ]
    hint: Message = _("take it out with git rm --cached {path}, name .env in .gitignore, and commit", path=path)
    if project.env is None or project.env.path == path:
        hint = _("{hint}; hand in .env.example instead, with values that everybody may see", hint=hint)
    if secrets:
        hint = _("{hint}. Replace {names}: what was committed stays in the history", hint=hint, names=secrets)
    return Finding(_("no .env is committed"), path, Location(path), hint)


def _missing_env_files(submission: Submission, project: ComposeProject) -> Iterator[Finding]:
    for service in project.services.values():
        for source in service.env_files:
            name = source.path.rpartition("/")[2]
            # Without an example env file, a missing .env is the finding that there is none.
            if not source.is_required or name == ".env":
                continue
            if find_env_file(submission.tree, source.path, project.env) is None:
                yield Finding(
                    _("the env file of {service} is in the repository, or an example of it", service=service.name),
                    _("there is no file {path}", path=source.path),
                    project.location("services", service.name, "env_file"),
                    _("add {path}.example with a line for each variable", path=source.path),
                )
