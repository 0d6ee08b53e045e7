"""What the fake GitLab answers, path by path."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pytest_dockerlab.gitlab.transport import FAKE

from . import shapes
from .state import DONE, Project, State, User

__all__ = ["Answer", "Page", "Request", "answer"]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: Mapping[str, list[str]]
    sent: Mapping[str, Any]
    token: str | None

    def one(self, name: str) -> str | None:
        return next(iter(self.query.get(name, [])), None)


@dataclass(frozen=True)
class Page:
    items: list[Any]
    number: int
    size: int
    next: int | None
    total: int


@dataclass(frozen=True)
class Answer:
    status: int
    data: Any
    headers: Mapping[str, str] = field(default_factory=dict)


class Refused(Exception):
    def __init__(self, status: int, data: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.answer = Answer(status, data)


def answer(state: State, request: Request) -> Answer:
    """The answer to a request."""
    try:
        return _answer(state, request)
    except Refused as refused:
        return refused.answer


def _answer(state: State, request: Request) -> Answer:
    if request.path.startswith("/-/"):
        return _health(state, request.path)
    if not request.path.startswith("/api/v4/"):
        return Answer(302, b"", {"Location": "/users/sign_in"})
    user = None
    if request.token is not None:
        user = state.users.get(request.token)
        if user is None:
            raise Refused(401, {"message": "401 Unauthorized"})
        _check_scope(user, request)
    for method, pattern, route in _ROUTES:
        found = re.fullmatch(f"/api/v4{pattern}", request.path)
        if found and method == request.method:
            return _of(route(_Call(state, request, user, found.groupdict())), request.method)
    raise Refused(404, {"error": "404 Not Found"})


def _of(said: Any, method: str) -> Answer:
    if isinstance(said, Answer):
        return said
    return Answer({"POST": 201, "DELETE": 204}.get(method, 200), said)


def _health(state: State, path: str) -> Answer:
    if state.readiness == 404:
        return Answer(404, {"error": "Not Found"})
    if path == "/-/readiness":
        return Answer(state.readiness, {"status": "ok" if state.readiness == 200 else "failed", "master_check": []})
    return Answer(200, {"status": "ok"})


def _check_scope(user: User, request: Request) -> None:
    if "api" in user.scopes or (request.method == "GET" and "read_api" in user.scopes):
        return
    why = "The request requires higher privileges than provided by the access token."
    raise Refused(403, {"error": "insufficient_scope", "error_description": why, "scope": "api read_api"})


@dataclass(frozen=True)
class _Call:
    """One request at a route."""

    state: State
    request: Request
    user: User | None
    found: Mapping[str, str]

    def require_user(self) -> User:
        if self.user is None:
            raise Refused(401, {"message": "401 Unauthorized"})
        return self.user

    @property
    def project(self) -> Project:
        wanted = unquote(self.found["project"])
        for each in self.state.projects.values():
            if wanted in (str(each.id), each.path) and (each.is_public or (self.user and self.user.is_member)):
                return each
        raise Refused(404, {"message": "404 Project Not Found"})

    def maintained(self) -> Project:
        project = self.project
        if self.require_user().level < 40:
            raise Refused(403, {"message": "403 Forbidden"})
        return project

    def since(self, *release: int) -> None:
        if self.state.release < release:
            raise Refused(404, {"error": "404 Not Found"})

    def before(self, *release: int) -> None:
        if self.state.release >= release:
            raise Refused(404, {"error": "404 Not Found"})

    def page(self, items: Iterable[Any]) -> Page:
        everything = list(items)
        size = min(int(self.request.one("per_page") or 20), 100)
        number = int(self.request.one("page") or 1)
        if self.state.is_endless:
            return Page(everything[:size], number, size, number + 1, 10_001)
        shown = everything[(number - 1) * size : number * size]
        return Page(shown, number, size, number + 1 if number * size < len(everything) else None, len(everything))

    def thing(self, things: Mapping[int, Any], name: str) -> Any:
        found = things.get(int(self.found["id"]))
        if found is None:
            raise Refused(404, {"message": f"404 {name} Not Found"})
        return found


def _version(call: _Call) -> Any:
    call.require_user()
    return {"version": ".".join(map(str, call.state.release)), "revision": FAKE}


def _metadata(call: _Call) -> Any:
    call.since(15, 2)
    return {**_version(call), "enterprise": False, "kas": {"enabled": False}}


def _user(call: _Call) -> Any:
    return {"id": 1, "username": "root", "is_admin": call.require_user().is_admin}


def _projects(call: _Call) -> Any:
    shown = [each for each in call.state.projects.values() if each.is_public or (call.user and call.user.is_member)]
    if call.request.one("membership") == "true" and not (call.user and call.user.is_member):
        shown = []
    return call.page(shapes.project(call.state, each) for each in shown)


def _project(call: _Call) -> Any:
    return shapes.project(call.state, call.project)


def _project_runners(call: _Call) -> Any:
    project = call.maintained()
    shared = [id for id, each in call.state.runners.items() if each["is_shared"] and project.shared_runners]
    ids = [*project.runners, *shared]
    return call.page(shapes.runner(call.state, call.state.runners[id], details=False) for id in ids)


def _runner(call: _Call) -> Any:
    user = call.require_user()
    runner = call.thing(call.state.runners, "Runner")
    if runner["is_shared"] and not user.is_admin:
        raise Refused(403, {"message": "403 Forbidden - No access granted"})
    return shapes.runner(call.state, runner, details=True)


def _runner_jobs(call: _Call) -> Any:
    call.require_user()
    runner = call.thing(call.state.runners, "Runner")
    jobs = [
        (project, job)
        for project in call.state.projects.values()
        for job in project.jobs.values()
        if job["runner"] == runner["id"] and call.request.one("status") in (None, job["status"])
    ]
    return call.page(shapes.job(call.state, project, job) for project, job in jobs)


def _pipelines(call: _Call) -> Any:
    filters = ("ref", "status") if call.state.release < (12,) else ("ref", "sha", "status", "source")
    wanted = {name: call.request.one(name) for name in filters}
    found = [
        each
        for each in sorted(call.project.pipelines.values(), key=lambda each: -each["id"])
        if all(value is None or each[name] == value for name, value in wanted.items())
    ]
    return call.page(shapes.pipeline(call.state, each, details=False) for each in found)


def _pipeline(call: _Call) -> Any:
    return shapes.pipeline(call.state, call.thing(call.project.pipelines, "Pipeline"), details=True)


def _new_pipeline(call: _Call) -> Any:
    branch = call.request.sent.get("ref")
    if branch not in call.project.branches:
        raise Refused(400, {"message": {"base": ["Reference not found"]}})
    return shapes.pipeline(call.state, call.state.push(call.project, str(branch), "api"), details=True)


def _cancel_pipeline(call: _Call) -> Any:
    pipeline = call.thing(call.project.pipelines, "Pipeline")
    call.state.cancel(call.project, pipeline)
    return Answer(200, shapes.pipeline(call.state, pipeline, details=True))


def _pipeline_jobs(call: _Call) -> Any:
    pipeline = call.thing(call.project.pipelines, "Pipeline")
    is_new = call.state.release >= (13, 5)
    with_retried = not is_new or call.request.one("include_retried") == "true"
    jobs = [each for each in call.project.jobs.values() if each["pipeline"] == pipeline["id"]]
    jobs = [each for each in jobs if with_retried or not each["retried"]]
    jobs.sort(key=lambda each: -each["id"] if is_new else each["id"])
    return call.page(shapes.job(call.state, call.project, each) for each in _in_scope(call, jobs))


def _jobs(call: _Call) -> Any:
    jobs = sorted(call.project.jobs.values(), key=lambda each: -each["id"])
    return call.page(shapes.job(call.state, call.project, each) for each in _in_scope(call, jobs))


def _in_scope(call: _Call, jobs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    scope = call.request.query.get("scope")
    return [each for each in jobs if scope is None or each["status"] in scope]


def _job(call: _Call) -> Any:
    return shapes.job(call.state, call.project, call.thing(call.project.jobs, "Job"))


def _cancel_job(call: _Call) -> Any:
    job = call.thing(call.project.jobs, "Job")
    if job["status"] not in DONE:
        job["status"], job["finished_at"] = "canceled", call.state.clock()
        call.state.settle(call.project, call.project.pipelines[job["pipeline"]])
    return shapes.job(call.state, call.project, job)


def _trace(call: _Call) -> Any:
    job = call.thing(call.project.jobs, "Job")
    trace = call.project.traces.get(job["id"])
    if trace is None:
        raise Refused(404, {"message": "404 Not Found"})
    return trace


def _commits(call: _Call) -> Any:
    return call.page(shapes.commit(each) for each in reversed(call.project.commits.values()))


def _commit(call: _Call) -> Any:
    wanted = call.found["id"]
    for each in call.project.commits.values():
        if each.id.startswith(wanted) or call.project.branches.get(wanted) == each.id:
            return shapes.commit(each)
    raise Refused(404, {"message": "404 Commit Not Found"})


def _new_commit(call: _Call) -> Any:
    sent, project = call.request.sent, call.maintained()
    branch, start = str(sent["branch"]), str(sent.get("start_branch") or sent["branch"])
    if branch in project.branches and sent.get("start_branch"):
        raise Refused(400, {"message": f"A branch called '{branch}' already exists."})
    if start not in project.branches:
        raise Refused(400, {"message": "You can only create or edit files when you are on a branch"})
    project.branches.setdefault(branch, project.branches[start])
    files = {each["file_path"]: each.get("content", "") for each in sent.get("actions", [])}
    made = call.state.commit(project, branch, files, str(sent["commit_message"]))
    if "[ci skip]" not in made.message and "[skip ci]" not in made.message:
        call.state.push(project, branch)
    return shapes.commit(made)


def _branches(call: _Call) -> Any:
    project = call.project
    search = call.request.one("search") or ""
    return call.page(_branch(project, name) for name in project.branches if search.strip("^") in name)


def _branch(project: Project, name: str) -> dict[str, Any]:
    commit = shapes.commit(project.commits[project.branches[name]])
    return {"name": name, "commit": commit, "default": name == project.default_branch, "protected": False}


def _one_branch(call: _Call) -> Any:
    name = unquote(call.found["name"])
    if name not in call.project.branches:
        raise Refused(404, {"message": "404 Branch Not Found"})
    return _branch(call.project, name)


def _new_branch(call: _Call) -> Any:
    project = call.maintained()
    name, ref = (str(call.request.sent.get(key) or call.request.one(key)) for key in ("branch", "ref"))
    if name in project.branches or ref not in {**project.branches, **project.commits}:
        raise Refused(
            400, {"message": "Branch already exists" if name in project.branches else "Invalid reference name"}
        )
    project.branches[name] = project.branches.get(ref, ref)
    call.state.push(project, name)
    return _branch(project, name)


def _delete_branch(call: _Call) -> Any:
    name = unquote(call.found["name"])
    if call.maintained().branches.pop(name, None) is None:
        raise Refused(404, {"message": "404 Branch Not Found"})
    return None


def _file(call: _Call) -> Any:
    project = call.project
    ref = call.request.one("ref") or project.default_branch
    commit = project.commits.get(project.branches.get(ref, ref))
    text = commit.files.get(unquote(call.found["path"])) if commit else None
    if text is None:
        raise Refused(404, {"message": "404 File Not Found"})
    return text.encode()


def _project_lint(call: _Call) -> Any:
    project = call.project
    if call.request.method == "POST":
        call.since(13, 6)
        content = str(call.request.sent.get("content"))
    else:
        call.since(13, 5)
        head = project.commits[project.branches[project.default_branch]]
        if (asked := call.request.one("content_ref")) is not None and call.state.release >= (16, 5):
            head = project.commits[asked]
        content = head.files.get(project.ci_config_path or ".gitlab-ci.yml", "")
        if not content:
            return {"valid": False, "errors": ["Please provide content of .gitlab-ci.yml"], "warnings": []}
    errors = project.lint_errors(content)
    return Answer(200, {"valid": not errors, "errors": errors, "warnings": [], "merged_yaml": content})


def _old_lint(call: _Call) -> Any:
    call.before(16)
    content = str(call.request.sent.get("content"))
    errors = [each for project in call.state.projects.values() for each in project.lint_errors(content)]
    return Answer(200, {"status": "invalid" if errors else "valid", "errors": errors})


def _integration(call: _Call) -> Any:
    if call.found["kind"] == "integrations":
        call.since(14, 4)
    project, slug = call.maintained(), call.found["slug"]
    if slug == "slack":
        call.before(19)
    if slug not in project.integrations:
        if call.state.release < (12,):  # an old one has a form for it, empty
            return shapes.integration(call.state, slug, {"active": False, "properties": {}, "created_at": None})
        raise Refused(404, {"message": "404 Integration Not Found"})
    return shapes.integration(call.state, slug, project.integrations[slug])


_P = r"/projects/(?P<project>[^/]+)"
_ROUTES: list[tuple[str, str, Callable[[_Call], Any]]] = [
    ("GET", "/version", _version),
    ("GET", "/metadata", _metadata),
    ("GET", "/user", _user),
    ("GET", "/projects", _projects),
    ("GET", _P, _project),
    ("GET", f"{_P}/runners", _project_runners),
    ("GET", r"/runners/(?P<id>\d+)", _runner),
    ("GET", r"/runners/(?P<id>\d+)/jobs", _runner_jobs),
    ("GET", f"{_P}/pipelines", _pipelines),
    ("POST", f"{_P}/pipeline", _new_pipeline),
    ("GET", rf"{_P}/pipelines/(?P<id>\d+)", _pipeline),
    ("POST", rf"{_P}/pipelines/(?P<id>\d+)/cancel", _cancel_pipeline),
    ("GET", rf"{_P}/pipelines/(?P<id>\d+)/jobs", _pipeline_jobs),
    ("GET", f"{_P}/jobs", _jobs),
    ("GET", rf"{_P}/jobs/(?P<id>\d+)", _job),
    ("POST", rf"{_P}/jobs/(?P<id>\d+)/cancel", _cancel_job),
    ("GET", rf"{_P}/jobs/(?P<id>\d+)/trace", _trace),
    ("GET", f"{_P}/repository/commits", _commits),
    ("POST", f"{_P}/repository/commits", _new_commit),
    ("GET", f"{_P}/repository/commits/(?P<id>[^/]+)", _commit),
    ("GET", f"{_P}/repository/branches", _branches),
    ("POST", f"{_P}/repository/branches", _new_branch),
    ("GET", f"{_P}/repository/branches/(?P<name>[^/]+)", _one_branch),
    ("DELETE", f"{_P}/repository/branches/(?P<name>[^/]+)", _delete_branch),
    ("GET", f"{_P}/repository/files/(?P<path>[^/]+)/raw", _file),
    ("GET", f"{_P}/ci/lint", _project_lint),
    ("POST", f"{_P}/ci/lint", _project_lint),
    ("POST", "/ci/lint", _old_lint),
    ("GET", f"{_P}/(?P<kind>integrations|services)/(?P<slug>[a-z-]+)", _integration),
]
