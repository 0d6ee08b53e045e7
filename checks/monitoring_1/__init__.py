"""Homework 21, monitoring-1: Prometheus."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework(
    "monitoring-1",
    21,
    "Prometheus",
    items=(
        "layout",
        "prometheus-image",
        "prometheus-service",
        "copy-not-add",
        "config",
        "jobs",
        planned("node-exporter", "the node exporter runs and is scraped"),
        "targets-resolve",
        "both-networks",
        planned("mongodb-exporter", "a MongoDB exporter runs and is scraped", level="optional"),
        planned("blackbox", "a blackbox job probes the services as it should", level="optional"),
        "makefile",
        planned("hub-link", "the README links to the images' registry", level="advisory"),
        planned("scrape", "a real Prometheus finds every scrape target up", tier="engine"),
        "build",
        "targets-up",
        "metrics",
        "failure-drill",
        "mongodb-metrics",
        "blackbox-up",
        planned("pushed", "the images are in the registry that the README names", level="advisory", tier="remote"),
    ),
)
