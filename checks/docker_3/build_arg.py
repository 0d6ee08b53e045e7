"""The item docker-3/build-arg."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_3._files import _over_all, _services
from pytest_dockerlab.findings import Finding
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.buildvariables import Sources, build_variable_problems
from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
from pytest_dockerlab.submission.submission import Submission


@check("docker-3/build-arg", "a variable that only the build uses is ARG, not ENV", level="advisory")
def build_arg(submission: Submission) -> None:
    sources = {files.folder: Sources(submission.tree, files.folder) for files in _services(submission)}

    def problems(dockerfile: Dockerfile) -> list[Finding]:
        folder = max((each for each in sources if dockerfile.path.startswith(f"{each}/" if each else "")), key=len)
        return build_variable_problems(dockerfile, sources[folder].mention)

    _over_all(submission, problems)
