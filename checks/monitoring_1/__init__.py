"""Homework 21, monitoring-1: Prometheus."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework(
    "monitoring-1",
    21,
    "Prometheus",
    items=(
        planned("layout", "docker/, src/, monitoring/ are there, and no docker/.env"),
        planned("prometheus-image", "Prometheus' Dockerfile has a pinned base and its config"),
        "prometheus-service",
        planned("copy-not-add", "Prometheus' Dockerfile uses COPY, not ADD", level="advisory"),
        planned("config", "prometheus.yml is valid"),
        planned("jobs", "Prometheus scrapes itself, ui and comment"),
        planned("node-exporter", "the node exporter runs and is scraped"),
        "targets-resolve",
        "both-networks",
        planned("mongodb-exporter", "a MongoDB exporter runs and is scraped", level="optional"),
        planned("blackbox", "a blackbox job probes the services as it should", level="optional"),
        planned("makefile", "the Makefile builds and pushes every image of ours", level="optional"),
        planned("hub-link", "the README links to the images' registry", level="advisory"),
        planned("scrape", "a real Prometheus finds every scrape target up", tier="engine"),
        "build",
        "targets-up",
        "metrics",
        planned("failure-drill", "the health metrics react to a stopped database", tier="app"),
        planned(
            "mongodb-metrics", "the MongoDB exporter is connected and has its metrics", level="optional", tier="app"
        ),
        planned("blackbox-up", "every probe of ui, comment and post succeeds", level="optional", tier="app"),
        planned("pushed", "the images are in the registry that the README names", level="advisory", tier="remote"),
    ),
)
