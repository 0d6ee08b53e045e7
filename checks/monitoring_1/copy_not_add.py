"""The item monitoring-1/copy-not-add."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Unverified, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.dockerfiles.instructions import DockerfileError
from pytest_dockerlab.submission.dockerfiles.plain_adds import plain_adds
from pytest_dockerlab.submission.scan.monitoring import is_prometheus_image

if TYPE_CHECKING:
    from pytest_dockerlab.submission.submission import Submission

_TOLD_BY = "monitoring-1/prometheus-image"


@check("monitoring-1/copy-not-add", "Prometheus' Dockerfile uses COPY, not ADD", level="advisory", told_by=[_TOLD_BY])
def copy_not_add(submission: Submission) -> None:
    files = submission.prometheus_files
    path = files.dockerfile
    if path is None and files.service is not None and is_prometheus_image(files.service.image):
        note("image", files.service.image)
        return  # nothing is copied: what it reads is mounted
    if path is None or not submission.tree.exists(path):
        hint = _("add it first: see {item}", item=_TOLD_BY)
        raise Unverified(_("there is no Dockerfile of Prometheus"), hint, told_by=_TOLD_BY)
    note("Dockerfile", path)
    try:
        dockerfile = submission.dockerfile(path)
    except DockerfileError as refused:
        raise Unverified(
            _("Prometheus' Dockerfile cannot be parsed"),
            _("correct it first: see {item}", item=_TOLD_BY),
            told_by=_TOLD_BY,
            findings=[refused.finding],
        ) from None
    report(plain_adds(dockerfile))
