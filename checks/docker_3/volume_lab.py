"""The item docker-3/volume-lab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-3/volume-lab",
    "what is in a named volume outlives the container",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def volume_lab(probes: Probes) -> None:
    """One container writes into the volume and beside it and is removed; the next one looks for both."""
    volume, kept, lost = probes.volume(), secrets.token_hex(8), secrets.token_hex(8)
    write = f"echo {kept} > /data/kept && echo {lost} > /lost"
    writer = probes.start(network="none", volumes={volume: "/data"}, command=["sh", "-c", write])
    if writer.wait_exit() != 0:
        raise ProbeError("a probe could not write", stdout=writer.logs())
    writer.remove()
    reader = probes.start(
        network="none", volumes={volume: "/data"}, command=["sh", "-c", "cat /data/kept; cat /lost; echo end"]
    )
    reader.wait_exit()
    said = reader.logs()
    if "end" not in said.split():
        raise ProbeError("a probe broke off", stdout=said)
    note("found by the next container", said.split("\n"))
    expect(
        kept in said, _("a file in the named volume is still there after its container is removed"), found=said.strip()
    )
    expect(lost not in said, _("a file outside the volume is gone"), found=_("it is there"))
