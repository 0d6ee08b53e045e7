"""A project of a GitLab instance: its runners, pipelines, jobs and traces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..messages import excerpt
from .answers import Integration, Job, Lint, Pipeline, Runner, Trace
from .errors import GitlabError, GitlabNotFound

if TYPE_CHECKING:
    from .instance import GitlabInstance

__all__ = ["MAX_TRACE", "GitlabProject"]

MAX_TRACE = 8 * 1024 * 1024
"""Bytes: twice what a runner writes unless it is told otherwise (``output_limit``)."""
_PER_PAGE = 100
_LINTS_COMMITS = (16, 5)
_MAX_RUNNERS = 50
_SLACK = ("/integrations/slack", "/services/slack", "/integrations/gitlab-slack-application")
"""The second one is that before about 14.4, the third one its successor: 19 has no other."""


class GitlabProject:
    """A project; ``api`` is python-gitlab's own object, for what is not here."""

    def __init__(self, instance: GitlabInstance, api: Any) -> None:
        self.instance = instance
        self.api = api
        self._data: Mapping[str, Any] = api.asdict()
        self.id: int = int(self._data["id"])
        self.path = excerpt(str(self._data.get("path_with_namespace", self.id)))

    def __repr__(self) -> str:
        return f"GitlabProject({self.path!r}, {self.instance!r})"

    @property
    def default_branch(self) -> str | None:
        """Its default branch; ``None`` while it is empty."""
        return self._data.get("default_branch") or None

    @property
    def ci_file(self) -> str:
        """The path of its pipeline's file."""
        return str(self._data.get("ci_config_path") or ".gitlab-ci.yml")

    def runners(self) -> list[Runner]:
        """The runners that may take its jobs, with their details as far as the token's user may see them."""
        with self.instance.listing(_MAX_RUNNERS, beside=_MAX_RUNNERS) as first:
            found = self.api.runners.list(iterator=True, per_page=_PER_PAGE)
            return [self._detailed(each.asdict()) for each in first(found)]

    def _detailed(self, listed: Mapping[str, Any]) -> Runner:
        runner = self.instance.read(Runner.parse, listed)
        try:
            details = self.instance.get(f"/runners/{runner.id}")
        except GitlabError as error:
            if error.is_error:  # else it is nothing for the token's user: shared ones are for administrators alone
                raise
            return runner
        return self.instance.read(Runner.parse, {**listed, **self.instance.read(dict, details)})

    def pipelines(self, ref: str | None = None, *, sha: str | None = None, limit: int = 20) -> list[Pipeline]:
        """Its newest pipelines, the newest first, of one branch or all, at most ``limit``."""
        query = {name: value for name, value in (("ref", ref), ("sha", sha)) if value is not None}
        with self.instance.listing(limit) as first:
            found = self.api.pipelines.list(iterator=True, per_page=min(limit, _PER_PAGE), **query)
            return [Pipeline.parse(each.asdict()) for each in first(found)]

    def pipeline(self, id: int) -> Pipeline:
        """A pipeline with its details."""
        return self.instance.read(Pipeline.parse, self.instance.get(f"/projects/{self.id}/pipelines/{id}"))

    def jobs(
        self,
        pipeline: int | None = None,
        *,
        statuses: Sequence[str] = (),
        with_retried: bool = False,
        limit: int = 500,
    ) -> list[Job]:
        """The jobs of a pipeline, or the newest of all, at most ``limit``; those of these ``statuses``."""
        path = f"/projects/{self.id}/jobs" if pipeline is None else f"/projects/{self.id}/pipelines/{pipeline}/jobs"
        query: dict[str, Any] = {"include_retried": "true"} if with_retried and pipeline is not None else {}
        if statuses:
            query["scope[]"] = list(statuses)
        with self.instance.listing(limit) as first:
            api = self.instance.api
            found = api.http_list(path, iterator=True, per_page=min(limit, _PER_PAGE), query_data=query)
            return [Job.parse(each) for each in first(found)]

    def job(self, id: int) -> Job:
        """A job with its details."""
        return self.instance.read(Job.parse, self.instance.get(f"/projects/{self.id}/jobs/{id}"))

    def trace(self, job: int, limit: int = MAX_TRACE) -> Trace | None:
        """The log of a job, at most the first ``limit`` bytes; ``None`` without one, as of a job that never started."""
        try:
            with self.instance.cutting(limit) as cut:
                found = self.api.jobs.get(job, lazy=True).trace()
        except GitlabNotFound:
            return None
        text = found.decode("utf-8", "replace") if isinstance(found, bytes) else ""
        return Trace(text, not cut[0]) if text else None

    def lint(self, content: str) -> Lint:
        """What GitLab says of a ``.gitlab-ci.yml`` in this project. The token's scope must be ``api``."""
        try:
            with self.instance.reading():
                data = self.instance.api.http_post(f"/projects/{self.id}/ci/lint", post_data={"content": content})
        except GitlabNotFound:  # before 13.6
            return self.instance.lint(content)
        return self.instance.read(Lint.parse, data)

    def lint_of(self, commit: str) -> Lint:
        """The same of its file in a commit; reading suffices. Raises :class:`~.errors.GitlabNotFound` before 16.5."""
        path = f"/projects/{self.id}/ci/lint"
        if self.instance.version().release < _LINTS_COMMITS:
            raise GitlabNotFound(self.instance.host, path=path)
        return self.instance.read(Lint.parse, self.instance.get(path, content_ref=commit))

    def slack(self) -> Integration | None:
        """Its Slack notifications; ``None`` where they were never set up, or this GitLab has none any more."""
        for path in _SLACK:
            try:
                data = self.instance.get(f"/projects/{self.id}{path}")
            except GitlabNotFound:
                continue
            return self.instance.read(Integration.parse, data)
        return None

    def has_commit(self, sha: str) -> bool:
        """Whether its repository has this commit."""
        try:
            self.instance.get(f"/projects/{self.id}/repository/commits/{sha}")
        except GitlabNotFound:
            return False
        return True

    def commits(self, limit: int = 100) -> list[str]:
        """The ids of the newest commits of all its branches."""
        with self.instance.listing(limit) as first:
            query = {"all": "true"}
            path = f"/projects/{self.id}/repository/commits"
            found = self.instance.api.http_list(path, iterator=True, per_page=_PER_PAGE, query_data=query)
            return [str(each["id"]) for each in first(found)]
