"""One fault, one message: each item that sees it is told by the one that says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.homework import Tier
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, ask_all, replace, said, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, DOCKERFILE, PROMETHEUS_COMMAND, PROMETHEUS_NETWORKS, needs_both

TO_EXPORTER = "      - target_label: __address__\n        replacement: blackbox-exporter:9115\n"

FAULTS = {
    "nothing": ([], None),
    "the node job misspelt": ([replace(CONFIGURATION, "node-exporter:9100", "node_exporter:9100")], "targets-resolve"),
    "the exporter's port": (
        [replace(CONFIGURATION, "mongodb-exporter:9216", "mongodb-exporter:9261")],
        "targets-resolve",
    ),
    "the prober's name": ([replace(CONFIGURATION, "blackbox-exporter:9115", "blackbox:9115")], "targets-resolve"),
    "a network missing": (
        [replace(COMPOSE, PROMETHEUS_NETWORKS, f"{PROMETHEUS_COMMAND}    networks:\n      - front_net\n")],
        "targets-resolve",
    ),
    "a step to the exporter dropped": (
        [replace(CONFIGURATION, TO_EXPORTER, "")],
        "blackbox",
    ),
    "a step to the parameter dropped": (
        [replace(CONFIGURATION, "      - source_labels: [__address__]\n        target_label: __param_target\n", "")],
        "blackbox",
    ),
    "the probe's port": ([replace(CONFIGURATION, "http://post:5000", "http://post:9292")], "blackbox"),
    "the configuration not copied": (
        [replace(DOCKERFILE, "COPY prometheus.yml /etc/prometheus/\n", "")],
        "prometheus-image",
    ),
    "the configuration elsewhere": (
        [replace(COMPOSE, "config.file=/etc/prometheus/", "config.file=/etc/")],
        "prometheus-service",
    ),
    "the alias of the database": (
        [replace(COMPOSE, "mongodb://post_db:27017", "mongodb://mongo_db:27017")],
        "mongodb-exporter",
    ),
    "the port": ([replace(COMPOSE, "9090:9090", "9090:9900")], "prometheus-service"),
    "the mounts of the node exporter": ([replace(COMPOSE, "      - /proc:/host/proc:ro\n", "")], "node-exporter"),
    "no Prometheus, and nothing of it": (
        [
            write(
                COMPOSE,
                BASE[COMPOSE].split("  prometheus:\n")[0]
                + "\nvolumes:\n  post_db:\nnetworks:\n  back_net:\n  front_net:\n",
            )
        ],
        "prometheus-service",
    ),
    "no YAML": ([replace(CONFIGURATION, "scrape_configs:", "scrape_configs: [")], "config"),
    "compose is no YAML": ([replace(COMPOSE, "volumes:\n  post_db:", "volumes: [\n  post_db:")], "prometheus-service"),
}


@needs_both
@pytest.mark.parametrize("fault", FAULTS)
def test_one_item_says_it(fault: str, tmp_path: Path) -> None:
    edits: list[Edit]
    edits, item = FAULTS[fault]  # type: ignore[assignment]
    write_homework(tmp_path, BASE, edits)
    known = catalogue.load()
    homework = next(each for each in known.homeworks if each.slug == "monitoring-1")
    waiting = [each for each in known.items_of(homework) if each.tier is Tier.FILES and not each.is_planned]
    items = []
    while waiting:  # told_by and needs first, as in a run
        ids = {each.id for each in waiting}
        ready = next(each for each in waiting if not ids & {*each.needs_items, *each.told_by} - {each.id})
        items.append(ready)
        waiting.remove(ready)
    results = ask_all(Submission("sample", WorkTree(tmp_path)), items)
    saying = {id: [f"{each.at}: {said(each)}" for each in result.findings] for id, result in results.items()}
    saying = {id.partition("/")[2]: found for id, found in saying.items() if found}
    assert list(saying) == ([item] if item is not None else []), saying
