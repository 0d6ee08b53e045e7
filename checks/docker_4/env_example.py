"""The item docker-4/env-example."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_4._shared import COMPOSE, _report
from pytest_dockerlab.findings import note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.project import ComposeProject
from pytest_dockerlab.submission.parameters import env_problems
from pytest_dockerlab.submission.submission import Submission


@check(
    "docker-4/env-example",
    "an example env file defines every variable, and no .env is committed",
    level="advisory",
    needs=COMPOSE,
)
def env_example(submission: Submission, compose: ComposeProject) -> None:
    note("example env file", compose.env.path if compose.env is not None else _("none"))
    note("still without a value", compose.placeholders)
    _report(env_problems(submission, compose, compose.env))
