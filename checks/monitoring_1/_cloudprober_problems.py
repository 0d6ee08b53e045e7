"""What is wrong with cloudprober's probes: whether it reaches what its configuration names."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._cloudprober import probes
from pytest_dockerlab.checks.monitoring_1._modules import prober_file
from pytest_dockerlab.checks.monitoring_1._probes import trouble_of_probe
from pytest_dockerlab.checks.monitoring_1._reach import View
from pytest_dockerlab.findings import Finding, Location, note
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.submission.prometheus.exporters import Exporter
    from pytest_dockerlab.submission.submission import Submission

_CLOUDPROBER_PROBES = {"HTTP": "http", "TCP": "tcp", "PING": "icmp"}
_EXAMPLE = 'probe { name: "ui" type: HTTP targets { host_names: "ui:9292" } }'
_MAX_FINDINGS = 20


def cloudprober_problems(submission: Submission, clouds: Sequence[Exporter]) -> Iterator[Finding]:
    """What is wrong with the probes of these services."""
    for each in clouds:
        if path := configuration_of(submission, each):
            yield from _probe_problems(submission, each, path)


def configuration_of(submission: Submission, cloud: Exporter) -> str:
    """The file of the submission that it reads; empty where there is none."""
    return prober_file(submission, cloud, ("config_file",), "/etc/cloudprober.cfg").path


def _probe_problems(submission: Submission, exporter: Exporter, path: str) -> Iterator[Finding]:
    view = View(submission, submission.monitoring, exporter.service)
    found = probes(submission.tree.text(path).content)
    note("probes", [host for probe in found for host, _line in probe.hosts][:_MAX_FINDINGS])
    if not found and posixpath.splitext(path)[1] == ".cfg":
        yield Finding(
            _("cloudprober has probes"),
            _("none"),
            Location(path),
            _("add a probe for each service: {example}", example=_EXAMPLE),
        )
    for probe in found:
        kind = _CLOUDPROBER_PROBES.get(probe.type, "")
        for host, line in probe.hosts[:_MAX_FINDINGS]:
            address = f"{host}:{probe.port}" if probe.port is not None and kind != "icmp" else host
            trouble = trouble_of_probe(view, kind, f"https://{address}" if probe.is_https else address)
            if trouble is not None:
                yield Finding(
                    _("{service} probes {target}", service=exporter.service.name, target=address),
                    trouble.found,
                    Location(path, line),
                    trouble.hint,
                )
