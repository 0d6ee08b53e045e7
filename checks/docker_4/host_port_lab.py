"""The item docker-4/host-port-lab."""

from __future__ import annotations

import contextlib
import random
import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Callable

    from pytest_dockerlab.engine.probes.probe import Probe
    from pytest_dockerlab.engine.probes.starting import Probes


def _any_port() -> int:
    return random.randint(20000, 29999)  # noqa: S311 - no secret. Below the ports that outgoing connections get


@check(
    "docker-4/host-port-lab",
    "on the host driver only the first server gets the port",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def host_port_lab(probes: Probes, patience: int = 10, pick_port: Callable[[], int] = _any_port) -> None:
    """The first server picks the port, by having it: a port that was free a moment ago proves nothing.

    It answers, and each one after it has exited, within ``patience`` seconds: on an idle machine in milliseconds.
    """
    from pytest_dockerlab.engine.probes.connections import server_command

    first, port = _first_server(probes, patience, pick_port)
    note("port", port)
    refusals: dict[int, str] = {}
    for number in (2, 3):
        token = secrets.token_hex(8)
        later = probes.start(network="host", command=server_command(port, token), token=token)
        try:
            code = later.wait_exit(timeout=patience)
        except ProbeError:
            expect(
                False,
                _("server {number} on port {port} exits", number=number, port=port),
                found=_("it is still running"),
                hint=_("start all of them on one port of the host driver"),
            )
            continue
        said = later.logs().strip()
        if "Address already in use" not in said:
            raise ProbeError("a server exited for another reason than a port in use", returncode=code, stdout=said)
        expect(code != 0, _("server {number} exits with an error", number=number), found=code)
        refusals[number] = said
    note("later servers", refusals)
    reach = first.reach("127.0.0.1", port)
    expect(
        reach.answered_by(first.token), _("the first server still answers on port {port}", port=port), found=reach.said
    )


def _first_server(probes: Probes, patience: int, pick_port: Callable[[], int]) -> tuple[Probe, int]:
    from pytest_dockerlab.engine.probes.connections import server_command

    for _attempt in range(10):
        port = pick_port()
        token = secrets.token_hex(8)
        server = probes.start(network="host", command=server_command(port, token), token=token)
        with contextlib.suppress(ProbeError):  # it could not have the port, and is gone: nothing to ask from
            if server.reach("127.0.0.1", port, patience=patience).answered_by(token):
                return server, port
        server.remove()
    raise ProbeError("none of 10 ports between 20000 and 29999 is free on the docker host", host=probes.host.address)
