"""One scrape of the example (up, first scrape of all targets, down) against bare compose of the same. Aim: 1.3.

The same stand-ins with the same image and pages, the same Prometheus with the same configuration, in turn. Both sides
ask Prometheus as often until every target is up, and both wait for Prometheus itself, which looks for its targets only
some 5 s after its start. Ours are closed networks, with a relay as the way in; bare compose publishes a port. It is
told not to wait for a polite end (``--timeout 0``).
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from ipaddress import IPv4Network
from pathlib import Path

from benchmarks.files_tier import EXAMPLE
from pytest_dockerlab import tools
from pytest_dockerlab.checks.monitoring_1._serving import serving
from pytest_dockerlab.deployment.scraping import scrape
from pytest_dockerlab.engine.closed.networks import why_open
from pytest_dockerlab.engine.hosts.errors import HostUnavailable
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import Labels, new_run_id
from pytest_dockerlab.engine.owned.networks import free_subnets, subnet_range
from pytest_dockerlab.engine.probes.pages import serve_script
from pytest_dockerlab.engine.probes.starting import Probes
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.plans.scrapes.plan import ScrapePlan, plan_scrape
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission


def main(runs: int = 5) -> None:
    """Time both in turn, after one warm-up of each."""
    command = tools.compose_command()
    if command is None:
        print("scrape: compose is needed for the comparison", file=sys.stderr)
        return
    submission = Submission("example", WorkTree(EXAMPLE))
    service = submission.prometheus_service
    assert service is not None
    plan = plan_scrape(submission, service, serving(submission, submission.monitoring), {})
    try:
        with tempfile.TemporaryDirectory() as folder, resolve_docker_host() as host:
            run_id = new_run_id()
            with Probes(host, run_id) as probes:
                image = probes.image  # tested at the first use in a run, which is not a scrape's cost
                why_open(probes)  # so is this
                known = scrape(probes, plan).image
            bare = _Bare(command, Path(folder), host, plan, image, known)
            sides: dict[str, list[tuple[float, ...]]] = {"compose": [], "scrape": []}
            for number in range(runs + 1):
                for name, timed in (("compose", bare.run), ("scrape", lambda: _scrape(host, run_id, plan))):
                    seconds = timed()
                    if number:
                        sides[name].append(seconds)
    except (HostUnavailable, Unverified) as error:
        print(f"scrape: {error}", file=sys.stderr)
        return
    _print(sides)


class _Bare:
    """The same as an ordinary compose project."""

    def __init__(
        self, command: list[str], folder: Path, host: DockerHost, plan: ScrapePlan, image: str, prometheus: str
    ) -> None:
        labels = Labels.of_run()
        label = labels.make("container", "benchmark")
        subnets = zip(plan.skeleton.networks, free_subnets(subnet_range(), _taken(host), 7), strict=False)
        services: dict[str, dict[str, object]] = {}
        for each in plan.skeleton.stand_ins:
            script = serve_script(plan.pages.get(each.service, ()), each.service) + "exec sleep 600"
            services[each.service] = {
                "image": image,
                "labels": label,
                # compose would fill variables in
                "entrypoint": ["sh", "-c", script.replace("$", "$$")],
                "networks": {network: {"aliases": list(names[1:])} for network, names in each.networks.items()},
            }
        (folder / "prometheus.json").write_text(plan.configuration)
        services[plan.service] |= {
            "image": prometheus,
            "entrypoint": ["/bin/prometheus", "--config.file=/p.json", "--storage.tsdb.path=/prometheus"],
            "volumes": [f"{folder / 'prometheus.json'}:/p.json:ro"],
            "ports": [f"127.0.0.1::{plan.port}"],
        }
        folder.chmod(0o755)  # Prometheus is nobody
        networks = {
            network.name: {
                "labels": labels.make("network", "benchmark"),
                "ipam": {"config": [{"subnet": str(subnet)}]},
            }
            for network, subnet in subnets
        }
        file = folder / "compose.json"
        file.write_text(json.dumps({"services": services, "networks": networks}))
        self._argv = [*command, "--file", str(file), "--project-name", f"dockerlab-benchmark-{labels.run_id[:8]}"]
        self._env = {"DOCKER_HOST": host.endpoint.url}
        self._plan = plan

    def run(self) -> tuple[float, ...]:
        start = time.perf_counter()
        try:
            done = tools.run([*self._argv, "up", "--detach"], env=self._env, timeout=120)
            assert done.returncode == 0, done.stderr
            up = time.perf_counter()
            where = tools.run(
                [*self._argv, "port", self._plan.service, str(self._plan.port)], env=self._env, timeout=60, check=True
            )
            server = PrometheusServer(f"http://{where.stdout.strip()}")
            assert server.wait_for(self._are_all_up, Deadline(60))
            scraped = time.perf_counter()
        finally:
            tools.run([*self._argv, "down", "--volumes", "--timeout", "0"], env=self._env, timeout=120)
        end = time.perf_counter()
        return end - start, up - start, scraped - up, end - scraped

    def _are_all_up(self, server: PrometheusServer) -> bool:
        targets = server.targets()
        return len(targets) == len(self._plan.targets) and all(each.is_up for each in targets)


def _taken(host: DockerHost) -> list[IPv4Network]:
    configs = [config for each in host.client.api.networks() for config in each["IPAM"]["Config"] or ()]
    return [IPv4Network(config["Subnet"]) for config in configs if ":" not in config["Subnet"]]


def _scrape(host: DockerHost, run_id: str, plan: ScrapePlan) -> tuple[float, ...]:
    start = time.perf_counter()
    with Probes(host, run_id) as probes:
        found = scrape(probes, plan)
        assert len(found.targets) == len(plan.targets)
        assert all(each.is_up for each in found.targets)
        scraped = time.perf_counter()
    end = time.perf_counter()
    return end - start, 0.0, scraped - start, end - scraped


def _print(sides: dict[str, list[tuple[float, ...]]]) -> None:
    def median(name: str, part: int) -> float:
        return statistics.median(each[part] for each in sides[name])

    print("\nOne scrape of the example against bare compose (aim: 1.3)")
    print(f"  {'':<40} {'median s':>9} {'min–max s':>15} {'to all up':>10} {'down':>6} {'ratio':>6}")
    titles = {"compose": "compose up -d, all up, down --timeout 0", "scrape": "scrape: up, all up, down"}
    for name, title in titles.items():
        whole = [each[0] for each in sides[name]]
        spread = f"{min(whole):.2f}–{max(whole):.2f}"
        parts = f"{median(name, 1) + median(name, 2):>10.2f} {median(name, 3):>6.2f}"
        ratio = median(name, 0) / median("compose", 0)
        print(f"  {title:<40} {median(name, 0):>9.2f} {spread:>15} {parts} {ratio:>6.2f}")
