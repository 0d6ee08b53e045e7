"""The jobs that the fake GitLab makes of a ``.gitlab-ci.yml``: as much of it as tests write."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from .state import Project

__all__ = ["jobs_of", "script_of"]

_NO_JOBS = ("stages", "variables", "before_script", "after_script", "image", "services", "default", "cache", "include")


def jobs_of(project: Project, sha: str) -> list[dict[str, Any]]:
    """The jobs of a new pipeline: those of the commit's file, else what the project says."""
    data = _file_of(project, sha)
    named = {name: each for name, each in data.items() if name not in _NO_JOBS and isinstance(each, dict)}
    if not named:
        return project.pipeline_jobs
    stages = data.get("stages") or ["build", "test", "deploy"]
    jobs = [_job(name, each) for name, each in named.items() if not name.startswith(".")]
    jobs.sort(key=lambda job: stages.index(job["stage"]))
    first = jobs[0]["stage"]
    for job in jobs:
        if job["status"] == "pending" and job["stage"] != first:
            job["status"] = "created"
    return jobs


def script_of(project: Project, sha: str, job: str) -> list[str]:
    """The commands of a job, those before it too."""
    data = _file_of(project, sha)
    own = data.get(job)
    own = own if isinstance(own, dict) else {}
    before = own.get("before_script", data.get("before_script", []))
    return [
        str(line) for part in (before, own.get("script", [])) for line in ([part] if isinstance(part, str) else part)
    ]


def _job(name: str, said: dict[str, Any]) -> dict[str, Any]:
    is_manual = said.get("when") == "manual"
    return {
        "name": name,
        "stage": said.get("stage", "test"),
        "status": "manual" if is_manual else "pending",
        "allow_failure": said.get("allow_failure", is_manual),
        "tag_list": said.get("tags", []),
    }


def _file_of(project: Project, sha: str) -> dict[str, Any]:
    text = project.commits[sha].files.get(project.ci_config_path or ".gitlab-ci.yml", "")
    with contextlib.suppress(yaml.YAMLError):
        data = yaml.safe_load(text)
        return data if isinstance(data, dict) else {}
    return {}
