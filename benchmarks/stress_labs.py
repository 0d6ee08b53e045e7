"""How often each lab of 14 to 17 holds while other containers start and stop beside it.

    python benchmarks/stress_labs.py --times 25

Two neighbours work all the time: one starts and removes containers on a network of its own, the other makes and
removes networks, so that bridges, veths, addresses, processes and namespace numbers come and go under the labs. A lab
holds when it says nothing against the docker host and no probe misbehaves. Prints one line for each lab, and returns 1
if one did not hold.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import new_run_id
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import collecting
from pytest_dockerlab.homework import Item, Kind


class Neighbour(threading.Thread):
    """Does one thing again and again beside the labs until it is told to stop."""

    def __init__(self, url: str, run_id: str, work: Callable[[Probes], None]) -> None:
        super().__init__()
        self.url, self.run_id, self.work = url, run_id, work
        self.rounds = 0
        self.failure: BaseException | None = None
        self.stopping = threading.Event()

    def run(self) -> None:
        """The thread."""
        try:
            with resolve_docker_host(self.url or None) as host, Probes(host, self.run_id) as probes:
                assert probes.image
                while not self.stopping.is_set():
                    self.work(probes)
                    self.rounds += 1
        except BaseException as error:  # noqa: BLE001 - shown at the end: without neighbours the figures mean nothing
            self.failure = error


def containers(probes: Probes) -> None:
    """One round of the first neighbour: three containers, two on a network and one on the docker host's."""
    network = probes.network()
    for probe in probes.start_all({"network": network}, {"network": network, "listen": [8000]}, {"network": "host"}):
        probe.remove()
    network.remove()


def networks(probes: Probes) -> None:
    """One round of the second: a network that nobody joins, and a container without one."""
    network = probes.network()
    probe = probes.start(network="none")
    network.remove()
    probe.remove()


def main() -> int:
    """Run, print, and tell by the return code whether all held."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--times", type=int, default=25, help="runs of each lab (default: 25)")
    parser.add_argument("--hw", nargs="*", default=["17"], help="homeworks, or items of them (default: 17)")
    parser.add_argument("--quiet", action="store_true", help="without neighbours: what the labs take alone")
    parser.add_argument("--docker-host", default="", help="as --hw-docker-host")
    arguments = parser.parse_args()
    run_id = new_run_id()
    works = [] if arguments.quiet else [containers, networks]
    neighbours = [Neighbour(arguments.docker_host, run_id, work) for work in works]
    for neighbour in neighbours:
        neighbour.start()
    held_all = True
    began = time.monotonic()
    try:
        with resolve_docker_host(arguments.docker_host or None) as host:
            for lab in load().select(arguments.hw, with_needs=False):
                if lab.kind is Kind.LAB and "probes" in lab.function.__annotations__:
                    held_all &= stress(host, run_id, lab, arguments.times)
    finally:
        for neighbour in neighbours:
            neighbour.stopping.set()
        for neighbour in neighbours:
            neighbour.join()
    seconds = time.monotonic() - began
    print(f"{seconds:.0f} s; rounds of the neighbours meanwhile: {[neighbour.rounds for neighbour in neighbours]}")
    for neighbour in neighbours:
        if neighbour.failure is not None:
            print(f"a neighbour failed: {neighbour.failure!r}")
            held_all = False
    return 0 if held_all else 1


def stress(host: DockerHost, run_id: str, lab: Item, times: int) -> bool:
    """Run one lab so many times, and print how many held, the times it took, and what was said against it."""
    held, durations, said = 0, [], []
    for _time in range(times):
        began = time.monotonic()
        with collecting() as collected:
            try:
                with Probes(host, run_id, is_exclusive=True) as probes:
                    lab.function(probes)
            except Exception as error:  # noqa: BLE001 - counted and shown
                said.append(f"{type(error).__name__}: {error}")
            else:
                held += not collected.findings
                said += [str(finding) for finding in collected.findings]
        durations.append(time.monotonic() - began)
    middle, slowest = statistics.median(durations), max(durations)
    print(f"{lab.id:30} {held:3} of {times}   median {middle:5.2f} s, slowest {slowest:5.2f} s")
    for line in dict.fromkeys(said):
        print(f"    {line}")
    return held == times


if __name__ == "__main__":
    raise SystemExit(main())
