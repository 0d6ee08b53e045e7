"""The item docker-3/aliases."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import host_defaults
from pytest_dockerlab.findings import NotAttempted, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission import aliases
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/aliases", "network aliases and --env values of docker run agree", level="optional")
def run_aliases(submission: Submission) -> None:
    defaults = host_defaults(submission)
    runs = submission.docker_runs
    found = aliases.alias_scenes(runs, defaults)
    if not found:
        raise NotAttempted(_("no docker run lines give the services other network aliases"))
    note("lines", [f"{run.at}: {run.text}" for scene in found for run in scene])
    judged = [aliases.run_alias_problems(scene, runs, defaults) for scene in found]
    if all(problems is None for problems in judged):
        if any(run.unseen for scene in found for run in scene):
            raise Unverified(
                _("docker run takes its variables from a file that is not in the repository"),
                _("commit the file of --env-file, or give the values with --env"),
            )
        raise Unverified(
            _("the docker run lines show only one side: who asks for the name, or who has it"),
            _("give the line of every container, of the services and of the database"),
        )
    for problems in judged:
        report(problems or ())
