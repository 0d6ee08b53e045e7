"""Compose projects for the tests of skeletons, and how a check is run on one."""

from __future__ import annotations

import shutil
from pathlib import Path

from pytest_dockerlab.checks.docker_4.reachability import reachability
from pytest_dockerlab.engine.probes.probes import Probes
from pytest_dockerlab.engine.probes.skeleton import start_skeleton
from pytest_dockerlab.findings import Unverified, collecting
from pytest_dockerlab.homework import item_of
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.skeletons.plan import plan_skeleton
from pytest_dockerlab.results import ItemResult, decide
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

EXAMPLE = Path(__file__).parents[3] / "examples" / "reddit"
COMPOSE = "src/docker-compose.yml"

ODD = """\
services:
  ui:
    image: x
    container_name: the-ui
    hostname: face
    domainname: example.test
    links: ["comment:talk"]
    extra_hosts: ["pinned:192.0.2.7", "gate:host-gateway"]
    dns: [192.0.2.53]
    dns_search: [example.test]
    volumes: ["far:/data"]
    ports: ["9292:9292", "8100-8101:8100-8101"]
    expose: ["8200"]
    depends_on: [post]
    healthcheck: {test: "false"}
    cap_add: [NET_ADMIN]
    privileged: true
    platform: linux/s390x
    networks: {front: {ipv4_address: 10.0.1.3, priority: 5, aliases: [shop]}}
  post:
    image: x
    container_name: the_post
    networks: {front: {aliases: [under_score]}, back: }
  comment: {image: x, networks: {front: {aliases: [twin]}, back: }}
  twin2: {image: x, networks: {front: {aliases: [twin]}}, deploy: {replicas: 3}}
  post_db: {image: mongo, networks: [back2], command: "true", restart: "no"}
  side: {image: x, network_mode: "service:post", expose: ["7777"]}
  alone: {image: x, network_mode: none}
  plain: {image: x, network_mode: bridge}
  plain2: {image: x, network_mode: bridge}
  onhost: {image: x, network_mode: host}
  onhost2: {image: x, networks: [hostnet]}
  foreign: {image: x, network_mode: "container:somebody"}
  quiet1: {image: x, networks: [quiet]}
  quiet2: {image: x, networks: [quiet, outside]}
  zero: {image: x, networks: [back], scale: 0}
networks:
  front: {ipam: {config: [{subnet: 10.0.1.0/24}]}, enable_ipv6: true, attachable: true}
  back: {name: common, internal: true, ipam: {config: [{subnet: 10.0.1.0/24}]}}
  back2: {name: common, internal: true}
  quiet:
    driver: overlay
    driver_opts: {com.docker.network.bridge.enable_icc: "false", com.docker.network.bridge.name: br-mine}
  outside: {external: true, name: somewhere}
  hostnet: {external: true, name: host}
volumes: {far: {external: true}}
"""


def submission(folder: Path, compose: str | None = None, *edits: tuple[str, str]) -> Submission:
    """The example, or a compose file alone, with edits of its compose file; every old text stands there once."""
    if compose is None:
        shutil.copytree(EXAMPLE, folder, dirs_exist_ok=True)
        compose = (EXAMPLE / COMPOSE).read_text()
    for old, new in edits:
        assert compose.count(old) == 1, old
        compose = compose.replace(old, new)
    (folder / COMPOSE).parent.mkdir(parents=True, exist_ok=True)
    (folder / COMPOSE).write_text(compose)
    return Submission("sample", WorkTree(folder))


def run(host: object, run_id: str, given: Submission) -> ItemResult:
    """The check of docker-4/reachability on a real skeleton, as its fixtures would have it."""
    exception: Exception | None = None
    because_of = None
    with collecting() as collected:
        try:
            plan = plan_skeleton(given, given.compose)
            with Probes(host, run_id) as probes:  # type: ignore[arg-type]
                reachability(given.compose, plan, start_skeleton(probes, plan))
        except Unverified as stop:
            exception, because_of = stop, stop.because_of
        except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
            exception = error
    item = item_of(reachability)
    assert item is not None
    result = decide(item, item.level, 1.0, collected, exception, repr(exception))
    result.because_of = because_of
    return result


def said(result: ItemResult) -> list[str]:
    """The findings as text, each with the line that it points at."""
    return [
        f"{each.at}: " + " | ".join(text(part) for part in (each.expected, each.found, each.hint) if part is not None)
        for each in result.findings
    ]
