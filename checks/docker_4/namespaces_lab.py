"""The item docker-4/namespaces-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.engine.waiting import wait_until
from pytest_dockerlab.findings import Finding, Mismatch, expect, note, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.probe import Probe
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-4/namespaces-lab",
    "each driver gives the network namespaces it should",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def namespaces_lab(probes: Probes, patience: float = 10.0) -> None:
    """All compared while all are alive: the number of a namespace is given to the next one as soon as it is free.

    What was removed is gone from the docker host too within ``patience`` seconds.
    """
    network = probes.network()
    none, bridge, other, host, watcher = probes.start_all(
        {"network": "none"},
        {"network": network},
        {"network": network},
        {"network": "host"},
        {"network": "host", "pid_mode": "host"},
    )
    names = ("none", "bridge", "bridge 2", "host", "host 2")
    views = probes.views(none, bridge, other, host, watcher)
    found = {name: view.namespace for name, view in zip(names, views, strict=True)}
    note("namespaces", found)
    if None in found.values():
        raise ProbeError("a probe cannot read its own network namespace")
    isolated = [found[name] for name in names[:3]]
    expect(
        len(set(isolated)) == 3, _("three containers that are not on the host driver share no namespace"), found=found
    )
    expect(found["host"] not in isolated, _("none of them is in the docker host's namespace"), found=found)
    expect(found["host"] == found["host 2"], _("two on the host driver share one namespace"), found=found)
    require(
        network.bridge in views[3].names,
        _("the host driver's is the docker host's: it has the bridge {bridge}", bridge=network.bridge),
        found=sorted(views[3].names),
    )
    pid = bridge.pid
    if not _runs(watcher, pid):
        raise ProbeError(f"process {pid}, which the engine says is a container's, is not on the docker host")
    bridge.remove()
    wait_until(
        lambda: not _runs(watcher, pid),
        timeout=patience,
        error=lambda: Mismatch(Finding(_("the process of a removed container is gone"), pid)),
    )


def _runs(watcher: Probe, pid: int) -> bool:
    return watcher.exec(["test", "-e", f"/proc/{pid}"]).returncode == 0
