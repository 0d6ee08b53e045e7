"""The item monitoring-1/config."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Mismatch, Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.prometheus.promtool import Promtool
from pytest_dockerlab.submission.prometheus.validity import validity

if TYPE_CHECKING:
    from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration
    from pytest_dockerlab.submission.submission import Submission

_TOLD_BY = "monitoring-1/prometheus-image"


@check("monitoring-1/config", "prometheus.yml is valid", told_by=[_TOLD_BY])
def config(submission: Submission) -> None:
    configuration = _configuration(submission)
    files = submission.prometheus_files
    note("configuration", configuration.path)
    promtool = Promtool(submission.tree.budget) if Promtool.is_here() else None
    found = validity(configuration.doc, files.version, promtool)
    note("judged by", "promtool" if found.is_promtools else _("its structure"))
    report(found.findings)
    if found.unsure and not found.findings:
        raise Unverified(
            _("whether Prometheus knows {keys} depends on its version",
              keys=[f"{each.found} ({each.at})" for each in found.unsure]),
            _("name a version in the Dockerfile, or install a promtool of that version"),
        )  # fmt: skip


def _configuration(submission: Submission) -> PrometheusConfiguration:
    """What Prometheus reads. That there is none may be told by monitoring-1/prometheus-image."""
    try:
        return submission.prometheus
    except Mismatch as refused:
        if submission.prometheus_files.configuration is not None:
            raise
        raise Unverified(
            _("there is no configuration to look at"),
            _("add it first: see {item}", item=_TOLD_BY),
            told_by=_TOLD_BY,
            findings=[refused.finding],
        ) from None
