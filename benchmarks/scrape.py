"""One scrape of the example (up, first scrape of all targets, down) against bare compose of the same. Aim: 1.3.

The same stand-ins with the same image and pages, the same Prometheus with the same configuration, in turn. Both sides
ask Prometheus as often until every target is up, and both wait for Prometheus itself, which looks for its targets only
some 5 s after its start. Ours are closed networks, with a relay as the way in; bare compose publishes a port. It is
told not to wait for a polite end (``--timeout 0``).
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.bare_compose import BareCompose
from benchmarks.files_tier import EXAMPLE
from pytest_dockerlab import tools
from pytest_dockerlab.checks.monitoring_1._serving import serving
from pytest_dockerlab.deployment.scraping import scrape
from pytest_dockerlab.engine.closed.networks import why_open
from pytest_dockerlab.engine.hosts.errors import HostUnavailable
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.engine.owned.labels import new_run_id
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
            bare = _bare(command, Path(folder), host, plan, image, known)
            sides: dict[str, list[tuple[float, ...]]] = {"compose": [], "scrape": []}
            for number in range(runs + 1):
                for name, timed in (
                    ("compose", lambda: _compose(bare, plan)),
                    ("scrape", lambda: _scrape(host, run_id, plan)),
                ):
                    seconds = timed()
                    if number:
                        sides[name].append(seconds)
    except (HostUnavailable, Unverified) as error:
        print(f"scrape: {error}", file=sys.stderr)
        return
    _print(sides)


def _bare(
    command: list[str], folder: Path, host: DockerHost, plan: ScrapePlan, image: str, prometheus: str
) -> BareCompose:
    folder.chmod(0o755)  # Prometheus is nobody
    (folder / "prometheus.json").write_text(plan.configuration)
    server = {
        "image": prometheus,
        "entrypoint": ["/bin/prometheus", "--config.file=/p.json", "--storage.tsdb.path=/prometheus"],
        "volumes": [f"{folder / 'prometheus.json'}:/p.json:ro"],
        "ports": [f"127.0.0.1::{plan.port}"],
    }
    return BareCompose(
        command, folder, host, plan.skeleton, image,
        lambda each: serve_script(plan.pages.get(each.service, ()), each.service), {plan.service: server},
    )  # fmt: skip


def _compose(bare: BareCompose, plan: ScrapePlan) -> tuple[float, ...]:
    def are_all_up(server: PrometheusServer) -> bool:
        targets = server.targets()
        return len(targets) == len(plan.targets) and all(each.is_up for each in targets)

    start = time.perf_counter()
    try:
        bare.up()
        up = time.perf_counter()
        assert PrometheusServer(f"http://{bare.port(plan.service, plan.port)}").wait_for(are_all_up, Deadline(60))
        scraped = time.perf_counter()
    finally:
        bare.down()
    end = time.perf_counter()
    return end - start, up - start, scraped - up, end - scraped


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
