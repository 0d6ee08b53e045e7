"""What a fake GitHub has, and what it answers: see :mod:`.fake_github`."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["BOT", "FakeGithub", "Fault", "Refused"]

BOT = "github-actions[bot]"
"""Who comments with the token of a workflow."""
LONGEST_COMMENT = 65_536
_DOCS = "https://docs.github.com/rest"
_BEGAN = datetime(2026, 11, 29, 11, tzinfo=UTC)

Json = dict[str, Any]


@dataclass
class Fault:
    """An answer instead of the right one, to requests whose method and path match ``where``."""

    where: str
    status: int
    body: Json = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    times: int | None = None
    after: bool = False
    """Whether what was asked is done first: the answer is lost, and not the request."""


class Refused(Exception):
    """An answer that is none of what was asked for."""

    def __init__(self, status: int, message: str, **more: Any) -> None:
        super().__init__(message)
        self.status = status
        self.body = {"message": message, "documentation_url": _DOCS, "status": str(status), **more}


class FakeGithub:
    """What is there, and where it is served: ``url``, with ``token``."""

    def __init__(self) -> None:
        self.url = ""
        self.storage_url = ""
        self.token = "ghs_of_the_workflow"
        self.may_write = True
        """Whether the token may; that of a pull request from a fork may not."""
        self.repositories: dict[str, Json] = {}
        self.pulls: dict[str, list[Json]] = {}
        self.commits: dict[str, set[str]] = {}
        """Of each repository those that are its own."""
        self.runs: dict[str, list[Json]] = {}
        self.artifacts: dict[int, list[Json]] = {}
        """By the run."""
        self.contents: dict[int, bytes] = {}
        """By the artifact."""
        self.comments: dict[int, list[Json]] = {}
        """By the number of the pull request."""
        self.requests: list[str] = []
        self.tokens: list[str] = []
        """What came as ``Authorization`` with each request, to the storage too."""
        self.faults: list[Fault] = []
        self._numbers = itertools.count(1001)

    def repository(self, full_name: str, *, fork_of: Json | None = None, private: bool = False) -> Json:
        """A new repository."""
        owner, name = full_name.split("/")
        made = {
            "id": next(self._numbers), "name": name, "full_name": full_name, "private": private,
            "owner": self.user(owner), "fork": fork_of is not None, "default_branch": "main",
            "url": f"{self.url}/repos/{full_name}", "html_url": f"https://github.com/{full_name}",
        }  # fmt: skip
        self.repositories[full_name] = made
        return made

    def fork(self, of: Json, owner: str) -> Json:
        """A fork of a repository, of the same name."""
        return self.repository(f"{owner}/{of['name']}", fork_of=of)

    def user(self, login: str) -> Json:
        """A user; the bots are those whose name says so."""
        known = self.__dict__.setdefault("_users", {})
        kind = "Bot" if login.endswith("[bot]") else "User"
        return known.setdefault(login, {"login": login, "id": next(self._numbers), "type": kind, "site_admin": False})

    def pull(self, base: Json, head: Json, branch: str, sha: str, *, state: str = "open") -> Json:
        """A new pull request."""
        there = self.pulls.setdefault(base["full_name"], [])
        number = len(there) + 1
        made = {
            "id": next(self._numbers), "number": number, "state": state, "title": branch, "user": head["owner"],
            "url": f"{base['url']}/pulls/{number}", "html_url": f"{base['html_url']}/pull/{number}",
            "issue_url": f"{base['url']}/issues/{number}", "comments_url": f"{base['url']}/issues/{number}/comments",
            "head": {"label": f"{head['owner']['login']}:{branch}", "ref": branch, "sha": sha, "repo": head,
                     "user": head["owner"]},
            "base": {"label": f"{base['owner']['login']}:main", "ref": "main", "sha": "0" * 40, "repo": base,
                     "user": base["owner"]},
        }  # fmt: skip
        there.append(made)
        self.commits.setdefault(head["full_name"], set()).add(sha)
        self.comments.setdefault(number, [])
        return made

    def run(
        self,
        repository: Json,
        sha: str,
        *,
        head: Json | None = None,
        branch: str = "docker-4",
        event: str = "pull_request",
        conclusion: str | None = "success",
        path: str = ".github/workflows/homework.yml",
        actor: str | None = None,
        triggering_actor: str | None = None,
        pull: Json | None = None,
    ) -> Json:
        """A run of a workflow; of a ``pull`` that is no fork's it knows the number."""
        head = head or repository
        runs = self.runs.setdefault(repository["full_name"], [])
        number = next(self._numbers)
        actor = actor or head["owner"]["login"]
        at = (_BEGAN + timedelta(minutes=len(runs))).strftime("%Y-%m-%dT%H:%M:%SZ")
        made = {
            "id": number, "name": "homework", "display_title": branch, "run_number": len(runs) + 1, "run_attempt": 1,
            "head_branch": branch, "head_sha": sha, "path": path, "event": event, "workflow_id": 7,
            "status": "completed" if conclusion else "in_progress", "conclusion": conclusion,
            "url": f"{repository['url']}/actions/runs/{number}",
            "html_url": f"{repository['html_url']}/actions/runs/{number}",
            "artifacts_url": f"{repository['url']}/actions/runs/{number}/artifacts",
            "created_at": at, "updated_at": at, "run_started_at": at,
            "actor": self.user(actor), "triggering_actor": self.user(triggering_actor or actor),
            "pull_requests": [_short(pull)] if pull and head is repository else [],
            "repository": repository, "head_repository": head,
        }  # fmt: skip
        runs.append(made)
        return made

    def artifact(self, run: Json, content: bytes, *, name: str = "dockerlab-results", expired: bool = False) -> Json:
        """An artifact of a run: the bytes of a zip file."""
        number = next(self._numbers)
        url = f"{run['repository']['url']}/actions/artifacts/{number}"
        made = {
            "id": number, "name": name, "size_in_bytes": len(content), "expired": expired, "url": url,
            "archive_download_url": f"{url}/zip", "created_at": run["created_at"], "updated_at": run["updated_at"],
            "workflow_run": {"id": run["id"], "head_sha": run["head_sha"], "head_branch": run["head_branch"],
                             "repository_id": run["repository"]["id"],
                             "head_repository_id": run["head_repository"]["id"]},
        }  # fmt: skip
        self.artifacts.setdefault(run["id"], []).append(made)
        self.contents[number] = content
        return made

    def comment(self, number: int, body: str, login: str) -> Json:
        """A comment of anybody's, in the repository that has this pull request."""
        name = next(name for name, pulls in self.pulls.items() if number <= len(pulls))
        id = next(self._numbers)
        at = _BEGAN.strftime("%Y-%m-%dT%H:%M:%SZ")
        made = {
            "id": id, "body": body, "user": self.user(login), "created_at": at, "updated_at": at,
            "url": f"{self.url}/repos/{name}/issues/comments/{id}",
            "html_url": f"https://github.com/{name}/pull/{number}#issuecomment-{id}",
        }  # fmt: skip
        self.comments.setdefault(number, []).append(made)
        return made

    def event(self, run: Json) -> Json:
        """The event ``workflow_run`` that tells of its end, as the file at ``GITHUB_EVENT_PATH`` has it."""
        workflow = {"id": run["workflow_id"], "name": run["name"], "path": run["path"], "state": "active"}
        return {
            "action": "completed", "workflow_run": run, "workflow": workflow, "repository": run["repository"],
            "sender": run["actor"],
        }  # fmt: skip

    def answer(self, method: str, path: str, query: dict[str, str], sent: Json) -> tuple[int, object]:
        """The status and what is sent: JSON, or the address of a redirect. Raises :class:`Refused`."""
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
        repository = self.repositories.get(found[1]) if found else None
        if found is None or repository is None:
            raise Refused(404, "Not Found")
        name, rest = found[1], found[2] or ""
        if method in ("POST", "PATCH", "DELETE") and not self.may_write:
            raise Refused(403, "Resource not accessible by integration")
        match [method, *rest.strip("/").split("/")]:
            case ["GET", ""]:
                return 200, repository
            case ["GET", "pulls"]:
                return 200, [each for each in self.pulls.get(name, []) if _is_asked_for(each, query)]
            case ["GET", "pulls", number]:
                return 200, _one(self.pulls.get(name, []), "number", number)
            case ["GET", "commits", sha, "pulls"]:
                known = self.pulls.get(name, []) if sha in self.commits.get(name, ()) else []
                return 200, [each for each in known if sha in (each["head"]["sha"], each.get("merge_commit_sha"))]
            case ["GET", "actions", "runs"]:
                return 200, ("workflow_runs", [each for each in self.runs.get(name, []) if _is_run(each, query)])
            case ["GET", "actions", "workflows", workflow, "runs"]:
                runs = [
                    each
                    for each in self.runs.get(name, [])
                    if workflow in (str(each["workflow_id"]), each["path"].rpartition("/")[2])
                ]
                return 200, ("workflow_runs", [each for each in runs if _is_run(each, query)])
            case ["GET", "actions", "runs", number]:
                return 200, _one(self.runs.get(name, []), "id", number)
            case ["GET", "actions", "runs", number, "artifacts"]:
                _one(self.runs.get(name, []), "id", number)
                there = self.artifacts.get(int(number), [])
                return 200, ("artifacts", [each for each in there if query.get("name") in (None, each["name"])])
            case ["GET", "actions", "artifacts", number, "zip"]:
                artifact = _one([each for some in self.artifacts.values() for each in some], "id", number)
                if artifact["expired"]:
                    raise Refused(410, "Artifact has expired")
                return 302, f"{self.storage_url}/{number}.zip?sig=of-one-minute"
            case ["GET", "issues", number, "comments"]:
                _one(self.pulls.get(name, []), "number", number)
                return 200, list(self.comments[int(number)])
            case ["POST", "issues", number, "comments"]:
                _one(self.pulls.get(name, []), "number", number)
                return 201, self.comment(int(number), _body(sent), BOT)
            case ["PATCH", "issues", "comments", number]:
                comment = _one([each for some in self.comments.values() for each in some], "id", number)
                comment["body"] = _body(sent)
                return 200, comment
        raise Refused(404, "Not Found")


def _short(pull: Json) -> Json:
    return {"id": pull["id"], "number": pull["number"], "url": pull["url"]} | {
        side: {"ref": pull[side]["ref"], "sha": pull[side]["sha"], "repo": {"id": pull[side]["repo"]["id"]}}
        for side in ("head", "base")
    }


def _is_asked_for(pull: Json, query: dict[str, str]) -> bool:
    state = query.get("state", "open")
    head = query.get("head")
    # without the colon it is no filter at all, whatever the documentation says: everything is listed
    return state in ("all", pull["state"]) and (head is None or ":" not in head or head == pull["head"]["label"])


def _is_run(run: Json, query: dict[str, str]) -> bool:
    wanted = {
        "head_sha": run["head_sha"], "event": run["event"], "branch": run["head_branch"],
        "actor": run["actor"]["login"],
    }  # fmt: skip
    if any(query.get(name, value) != value for name, value in wanted.items()):
        return False
    return query.get("status") in (None, run["status"], run["conclusion"])


def _one(there: list[Json], key: str, value: str) -> Json:
    for each in there:
        if str(each[key]) == value:
            return each
    raise Refused(404, "Not Found")


def _body(sent: Json) -> str:
    body = sent.get("body")
    if not isinstance(body, str) or not body.strip():
        error = {"resource": "IssueComment", "code": "missing_field", "field": "body"}
        raise Refused(422, "Validation Failed", errors=[error])
    if len(body) > LONGEST_COMMENT:
        message = f"body is too long (maximum is {LONGEST_COMMENT} characters)"
        error = {"resource": "IssueComment", "code": "custom", "field": "body", "message": message}
        raise Refused(422, "Validation Failed", errors=[error])
    return body
