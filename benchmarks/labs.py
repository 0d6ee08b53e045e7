"""The labs of 17 against a bare script of the same container operations, and against the docker command with testinfra.

All three start, ask and remove the same containers and networks; the bare script and the command decide nothing. Aim:
at most 1.3 × the bare script, and ahead of the command.
"""

from __future__ import annotations

import contextlib
import secrets
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_dockerlab.engine.hosts.errors import HostUnavailable
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import new_run_id
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import collecting

# Of each lab: how many networks, the containers' modes (a number is a network's), how many commands are run in them.
OPERATIONS: dict[str, tuple[int, tuple[str, ...], int]] = {
    "none_lab": (1, ("0", "0", "none"), 4),
    "host_lab": (1, ("host",), 4),
    "host_port_lab": (0, ("host", "host", "host"), 2),
    "namespaces_lab": (1, ("none", "0", "0", "host", "host"), 7),
    "bridge_dns_lab": (1, ("0", "0"), 2),
    "two_networks_lab": (2, ("0", "1", "1"), 4),
    "bridge_plumbing_lab": (2, ("0", "0", "1"), 4),
}


def main(runs: int = 3) -> None:
    """Print the seconds of each, side by side, and the ratios of the medians."""
    try:
        # one run id, as in a run: the probe's self-test is made once, in the warm-up
        run_id = new_run_id()
        with resolve_docker_host() as host, Probes(host, run_id) as probes:
            image = probes.image
            ways: dict[str, Callable[[str], None]] = {
                "labs": lambda name: _lab(host, run_id, name),
                "bare Engine API": lambda name: _bare(host, image, name),
                "docker command and testinfra": lambda name: _command(image, name),
            }
            _print(ways, runs)
    except HostUnavailable as error:
        print(f"labs: no engine to measure on: {error.message}", file=sys.stderr)


def _print(ways: dict[str, Callable[[str], None]], rounds: int) -> None:
    totals: dict[str, list[float]] = {way: [] for way in ways}
    for number in range(rounds + 1):  # the first is the warm-up
        sums = dict.fromkeys(ways, 0.0)
        for name in OPERATIONS:
            for way, run in ways.items():
                start = time.perf_counter()
                run(name)
                sums[way] += time.perf_counter() - start
        if number:
            for way, seconds in sums.items():
                totals[way].append(seconds)
    base = statistics.median(totals["bare Engine API"])
    print("\nLabs of 17 (aim: 1.3 of the bare script)")
    print(f"  {'way':<40} {'median s':>9} {'min–max s':>15} {'ratio':>6}")
    for way, seconds in totals.items():
        median = statistics.median(seconds)
        print(f"  {way:<40} {median:>9.2f} {f'{min(seconds):.2f}–{max(seconds):.2f}':>15} {median / base:>6.2f}")


def _lab(host: DockerHost, run_id: str, name: str) -> None:
    from pytest_dockerlab.checks import docker_4

    with Probes(host, run_id) as probes, collecting() as collected:
        getattr(docker_4, name)(probes)
    assert not collected.findings, collected.findings


def _bare(host: DockerHost, image: str, name: str) -> None:
    networks, modes, commands = OPERATIONS[name]
    client: Any = host.client
    made = [client.networks.create(f"bench-{secrets.token_hex(6)}") for _ in range(networks)]

    def start(mode: str) -> Any:
        network = made[int(mode)].name if mode.isdigit() else mode
        return client.containers.run(image, ["sleep", "600"], entrypoint="", detach=True, network=network)

    with ThreadPoolExecutor(4) as pool:
        containers = list(pool.map(start, modes))
        try:
            for number in range(commands):
                containers[number % len(containers)].exec_run(["cat", "/proc/net/dev"])
        finally:
            list(pool.map(lambda container: container.remove(force=True), containers))
            for network in made:
                network.remove()


def _command(image: str, name: str) -> None:
    import testinfra

    networks, modes, commands = OPERATIONS[name]
    with contextlib.ExitStack() as stack:
        made = [stack.enter_context(_network()) for _ in range(networks)]
        containers = []
        for mode in modes:
            network = made[int(mode)] if mode.isdigit() else mode
            container = _docker("run", "--detach", "--network", network, "--entrypoint", "sleep", image, "600")
            stack.callback(_docker, "rm", "--force", container)
            containers.append(container)
        for number in range(commands):
            host = testinfra.get_host(f"docker://{containers[number % len(containers)]}")
            assert host.file("/proc/net/dev").content_string


@contextlib.contextmanager
def _network() -> Iterator[str]:
    name = f"bench-{secrets.token_hex(6)}"
    _docker("network", "create", name)
    try:
        yield name
    finally:
        _docker("network", "rm", name)


def _docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()
