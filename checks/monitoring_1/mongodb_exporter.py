"""The item monitoring-1/mongodb-exporter."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._jobs import report_job
from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, its_prometheus, monitored_project
from pytest_dockerlab.checks.monitoring_1._reach import View, split_address
from pytest_dockerlab.findings import Finding, NotAttempted, Unverified, expect, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.environment import Variable
from pytest_dockerlab.submission.prometheus.exporters import ExporterKind, flag
from pytest_dockerlab.submission.scan.monitoring import repository_of
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.prometheus.exporters import Exporter
    from pytest_dockerlab.submission.submission import Submission

_FLAGS = ("mongodb.uri", "mongodb.dsn")
_VARIABLES = ("MONGODB_URI", "MONGODB_URL", "MONGODB_DSN")
"""Percona's, and all that were built of it; MONGODB_URL before its version 0.7, and of eses and dcu."""
_OLD = "MONGODB_URL"
_NEW = re.compile(r"(^|/)(percona/mongodb_exporter|bitnami(legacy)?/mongodb-exporter)$")
"""Images that were first published after that version."""
_SCHEME = re.compile(r"mongodb(\+srv)?://", re.IGNORECASE)
_JOB = re.compile(r"mongo|percona", re.IGNORECASE)


@check(
    "monitoring-1/mongodb-exporter",
    "a MongoDB exporter runs and is scraped",
    level="optional",
    needs=["monitoring-1/config", Need.COMPOSE],
    told_by=[TOLD_BY, "monitoring-1/targets-resolve"],
)
def mongodb_exporter(submission: Submission) -> None:
    project = monitored_project(submission)
    its_prometheus(submission)  # without it there is nobody to ask an exporter
    exporters = [each for each in submission.exporters_of(project).values() if each.kind is ExporterKind.MONGODB]
    configuration = submission.prometheus
    jobs = [job for job in configuration.jobs if _JOB.search(job.name)]
    if not exporters and not jobs:
        raise NotAttempted(_("there is no MongoDB exporter"))
    if not expect(
        exporters,
        _("there is a service for the MongoDB exporter"),
        found=list(project.services),
        at=jobs[0].location if jobs else None,
        hint=_("add a service with an exporter's image, such as {image}", image="percona/mongodb_exporter"),
    ):
        return
    view = View(submission, project, exporters[0].service)
    for each in exporters:
        report(_uri_problems(submission, project, view.seen_by(each.service), each))
    report_job(submission, exporters, ExporterKind.MONGODB)
    untold = [each for each in exporters if not each.is_known and _uri(submission, project, each) is None]
    if untold:
        raise Unverified(
            _("which MongoDB {service} asks is not known: compose does not say, and its image is not made here",
              service=[each.service.name for each in untold]),
            _("write under environment: of {service}: {setting}",
              service=untold[0].service.name, setting="MONGODB_URI: mongodb://post_db:27017"),
        )  # fmt: skip


def _uri_problems(submission: Submission, project: ComposeProject, view: View, exporter: Exporter) -> Iterator[Finding]:
    """Whether it is told of a MongoDB that it reaches. A URI may hold a password: only its hosts are shown."""
    service = exporter.service
    given = _uri(submission, project, exporter)
    expected = _("{service} is told of a MongoDB that it reaches", service=service.name)
    database = next(iter(project.services_of(Role.DATABASE)), None)
    name = database.name if database is not None else "post_db"
    if given is None and not exporter.is_known:
        return  # it may be in the image
    if given is None:
        old = submission.environment_of_exporter(project, exporter).get(_OLD)
        yield Finding(
            expected,
            _("no URI: it asks localhost, which is its own container")
            if old is None
            else _("{image} reads MONGODB_URI, and no MONGODB_URL: it asks localhost", image=service.image),
            service.location if old is None else old.at,
            _("write under environment: of {service}: {setting}",
              service=service.name, setting=f"MONGODB_URI: mongodb://{name}:27017"),
        )  # fmt: skip
        return
    text, at = given.value.strip(), given.at
    if text[:1] in ("'", '"'):
        yield Finding(
            expected,
            _("the value begins with a quote, which is part of it here"),
            at,
            _("remove the quotes around the URI, or put the whole entry into quotes"),
        )
        return
    if not text:
        raise Unverified(
            _("the URI of MongoDB is the value of a variable that has none"),
            _("give the variable a value in the example env file"),
            at=at,
        )
    if text.lower().startswith("mongodb+srv://"):
        note("MongoDB", _("found by DNS, outside of the project"))
        return
    hosts = _SCHEME.sub("", text, count=1).partition("/")[0].partition("?")[0].rpartition("@")[2].split(",")
    note("MongoDB", hosts)
    for host in hosts:
        address = split_address(host if ":" in host else f"{host}:27017")
        trouble = view.trouble(address)
        services = [project.services[each] for each in view.services(address.host)]
        if trouble is not None:
            yield Finding(expected, _("{address}: {why}", address=host, why=trouble.found), at, trouble.hint)
        elif services and not any(each.role is Role.DATABASE for each in services):
            yield Finding(
                expected,
                _("{address} is {service}", address=host, service=[each.name for each in services]),
                at,
                _("write the name of the database: {name}", name=name),
            )


def _uri(submission: Submission, project: ComposeProject, exporter: Exporter) -> Variable | None:
    """What it takes: its option, else a variable."""
    service = exporter.service
    value = flag(exporter.arguments, *_FLAGS)
    if value is not None:
        in_service = [*(service.command or ()), *(service.entrypoint or ())]
        if flag(tuple(in_service), *_FLAGS) is not None or exporter.dockerfile is None:
            return Variable(value, project.location("services", service.name, "command"))
        return Variable(value, project.location("services", service.name))
    found = submission.environment_of_exporter(project, exporter)
    is_new = exporter.dockerfile is None and _NEW.search(repository_of(service.image or "")) is not None
    return next((found[name] for name in _VARIABLES if name in found and not (is_new and name == _OLD)), None)
