"""Whether the tests of a job reach a database: a service of the job, under the name that the variables have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import Message, _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.gitlab_ci.pipeline import Job, JobService
    from pytest_dockerlab.submission.gitlab_ci.steps import Step

    from ._test_runs import Run

__all__ = ["Reached", "database_of"]

_USUAL = "DATABASE_URL"
_EXAMPLE = "mongodb://mongo/user_posts"
_READS = re.compile(
    r"ENV(?:\.fetch\(|\[)[ ]?[\"'](\w+)[\"']|environ(?:\.get\(|\[)[ ]?[\"'](\w+)[\"']|getenv\([\"'](\w+)[\"']"
)
_ADDRESSES = re.compile(r"DATABASE|MONGO|(?:^|_)DB(?:_|$)", re.IGNORECASE)
_NO_ADDRESS = re.compile(r"PORT|NAME|USER|PASS|AUTH|COLLECTION", re.IGNORECASE)
_DATABASE_IMAGE = re.compile(r"mongo|ferretdb|documentdb", re.IGNORECASE)
_ITSELF = frozenset({"localhost", "127.0.0.1", "::1"})
_HOST = re.compile(r"(?:[a-z][a-z0-9+]*://)?(?:[^/]*@)?(\[[^\]]*\]|[^/:,?]*)", re.IGNORECASE)
_MOST_FILES = 20


@dataclass(frozen=True, slots=True)
class Reached:
    """What is known of the database of a run: what is wrong, or why nobody knows."""

    findings: tuple[Finding, ...] = ()
    unknown: Message | None = None
    service: str = ""


def database_of(job: Job, run: Run, steps: list[Step], tree: Tree) -> Reached:
    """The database that the tests of a job use."""
    services = job.services
    databases = [each for each in services if _DATABASE_IMAGE.search(each.image.rpartition("/")[2])]
    if any(_starts_one(step) for step in steps):
        return Reached(service=_("started by the script").render())
    reads, texts = _code(run, tree)
    given = [(name, run.step.environment[name]) for name in (reads or [_USUAL]) if name in run.step.environment]
    if not given:
        return _nothing_given(job, services, databases, reads, texts)
    for name, address in given:
        host = _host(address)
        if "$" in host:
            return Reached(unknown=_("{name} takes its host from a variable: {value}", name=name, value=host))
        found = next((each for each in services if host in each.hosts), None)
        if found is not None:
            return Reached(service=found.image)
    name, address = given[0]
    at = job.variables[name].at if name in job.variables else run.step.at
    return Reached((_unreachable(job, name, _host(address), databases, at),))


def _nothing_given(
    job: Job, services: tuple[JobService, ...], databases: list[JobService], reads: list[str], texts: str
) -> Reached:
    """No variable names the host: the application may have it in its code."""
    for each in services:
        written = (
            rf"[\"'/@]{re.escape(host)}:\d|//(?:[^/\s]{{0,200}}@)?{re.escape(host)}[/\"']"
            for host in each.hosts
            if host
        )
        if any(re.search(pattern, texts) for pattern in written):
            return Reached(service=each.image)
    if not databases:
        return Reached((_no_service(job),))
    name = (reads or [_USUAL])[0]
    return Reached((
        Finding(
            _("the tests are told where their database is"),
            _("{job} has no variable {name}", job=job.name, name=name),
            job.at,
            _("add it to variables: {name}: {value}", name=name, value=_EXAMPLE),
        ),
    ))  # fmt: skip


def _unreachable(job: Job, name: str, host: str, databases: list[JobService], at: Location) -> Finding:
    hosts = sorted({host for each in databases for host in each.hosts})
    if not databases:
        return _no_service(job)
    found = _("{name} names the host {host}, and the database's is {hosts}", name=name, host=host or "?", hosts=hosts)
    hint = _("write {name}, or give the service the alias {host}", name=hosts[0], host=host)
    if "$" in hosts[0]:
        hint = _("give the service the alias {host}", host=host)
    if host in _ITSELF:
        hint = _("a service is another container: write {name}", name=hosts[0])
    return Finding(_("the tests find their database under its name"), found, at, hint)


def _no_service(job: Job) -> Finding:
    others = [each.image for each in job.services]
    value = job.value.get("services")
    return Finding(
        _("the tests have a database: a service of {job}", job=job.name),
        others or _("no services"),
        value.at if value is not None and others else job.at,
        _("add it to the job: services: [mongo:latest]"),
    )


def _code(run: Run, tree: Tree) -> tuple[list[str], str]:
    """The variables with addresses of databases that the application beside the tests reads, and all its code."""
    folders = {path.rpartition("/")[0] for path in run.files} | (
        {run.step.folder} if run.step.folder is not None else set()
    )
    texts: list[str] = []
    for path in tree.files:
        if path.rpartition("/")[0] in folders and path.endswith((".rb", ".py")) and len(texts) < _MOST_FILES:
            try:
                texts.append(tree.text(path).content)
            except RefusedPath:
                continue
    names = dict.fromkeys(name for text in texts for match in _READS.findall(text) for name in match if name)
    return [each for each in names if _ADDRESSES.search(each) and not _NO_ADDRESS.search(each)], "\n".join(texts)


def _host(address: str) -> str:
    """The host of an address: of ``mongodb://user@mongo:27017/posts``, of ``mongo:27017``, of ``mongo``."""
    match = _HOST.match(address.strip())
    return match[1].strip("[]") if match is not None else ""


def _starts_one(step: Step) -> bool:
    """Whether a command starts a database in the job's own container."""
    words = step.words
    if step.is_in_container:
        return False
    return step.program == "mongod" or (
        step.program in ("service", "systemctl", "rc-service")
        and any(each in ("mongod", "mongodb") for each in words[1:])
    )
