"""What GitLab's answers look like, release by release: fields came, went and were renamed."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .state import Commit, Project, State

__all__ = ["commit", "integration", "job", "pipeline", "project", "runner"]


def time(value: datetime | None) -> str | None:
    """A time as GitLab writes it."""
    return value and value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def project(state: State, each: Project) -> dict[str, Any]:
    data: dict[str, Any] = {
        "id": each.id, "name": each.path.rpartition("/")[2], "path_with_namespace": each.path,
        "default_branch": each.default_branch, "visibility": "public" if each.is_public else "private",
        "ci_config_path": each.ci_config_path, "jobs_enabled": True, "shared_runners_enabled": each.shared_runners,
        "http_url_to_repo": f"http://gitlab.example/{each.path}.git",
    }  # fmt: skip
    if state.release >= (12,):
        data["auto_cancel_pending_pipelines"] = "enabled" if each.auto_cancel else "disabled"
        data["builds_access_level"] = "enabled"
    return data


_RUNNER_SEED = ("id", "description", "active", "is_shared", "name", "online", "status", "ip_address")
_DETAILS = ("tag_list", "run_untagged", "locked", "access_level", "maximum_timeout", "contacted_at", "version",
            "revision", "platform", "architecture", "projects")  # fmt: skip


def runner(state: State, each: dict[str, Any], *, details: bool) -> dict[str, Any]:
    data = {key: time(value) if isinstance(value, datetime) else value for key, value in each.items()}
    # deprecated_rest_status: a runner that is paused says so in the place of whether it is online
    if data["paused"] and data["status"] in ("online", "offline"):
        data["status"] = "paused"
    data["projects"] = [{"id": id} for id, known in state.projects.items() if data["id"] in known.runners]
    if state.release < (12,):
        later = ("run_untagged", "locked", "revision", "platform", "architecture")
        kept = (*_RUNNER_SEED, *(each for each in _DETAILS if each not in later)) if details else _RUNNER_SEED
        data["token"] = "0123456789abcdef0123"  # old ones hand it out
        return {key: data[key] for key in (*kept, *(("token",) if details else ()))}
    if state.release >= (17,):
        data["ip_address"] = None
        data["job_execution_status"] = "idle"
    return data if details else {key: value for key, value in data.items() if key not in _DETAILS}


def pipeline(state: State, each: dict[str, Any], *, details: bool) -> dict[str, Any]:
    data = {key: time(value) if isinstance(value, datetime) else value for key, value in each.items()}
    if state.release < (12,) and not details:
        return {key: data[key] for key in ("id", "status", "ref", "sha")}
    if state.release < (12,):
        data = {key: value for key, value in data.items() if key not in ("iid", "project_id", "source", "web_url")}
    if not details:
        data = {key: value for key, value in data.items() if key not in ("started_at", "finished_at", "yaml_errors")}
    return data


_JOB_SINCE = ("allow_failure", "tag_list", "queued_duration", "failure_reason", "web_url")


def job(state: State, home: Project, each: dict[str, Any]) -> dict[str, Any]:
    data = {
        key: time(value) if isinstance(value, datetime) else value
        for key, value in each.items()
        if key not in ("retried", "queued_at")
    }
    if each["status"] == "pending":
        since = each.get("queued_at") or each["created_at"]
        data["queued_duration"] = (state.clock() - since).total_seconds()
    of = home.pipelines[each["pipeline"]]
    data["pipeline"] = {key: of[key] for key in ("id", "ref", "sha", "status")}
    data["commit"] = {"id": of["sha"], "short_id": of["sha"][:8], "title": "a commit"}
    taken_by = state.runners.get(each["runner"] or 0)
    data["runner"] = runner(state, taken_by, details=False) if taken_by else None
    data["user"] = {"id": 1, "username": "root"}
    data["web_url"] = f"http://gitlab.example/{home.path}/-/jobs/{each['id']}"
    if state.release < (12,):
        return {key: value for key, value in data.items() if key not in _JOB_SINCE}
    return data


def commit(each: Commit) -> dict[str, Any]:
    return {
        "id": each.id, "short_id": each.id[:8], "title": each.message, "message": each.message, "status": None,
        "parent_ids": each.parents, "created_at": time(each.created_at), "author_name": "Student",
    }  # fmt: skip


def integration(state: State, slug: str, each: dict[str, Any]) -> dict[str, Any]:
    data = {"id": 1, "title": slug.title(), "slug": slug, "created_at": "2026-01-01T00:00:00.000Z", **each}
    if state.release >= (15,):  # today the address of the webhook is kept back
        properties = data.get("properties", {})
        data["properties"] = {key: value for key, value in properties.items() if key != "webhook"}
    return data
