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
        "node-exporter",
        "targets-resolve",
        "both-networks",
        "mongodb-exporter",
        "blackbox",
        "makefile",
        planned("hub-link", "the README links to the images' registry", level="advisory"),
        "scrape",
        "build",
        "targets-up",
        "metrics",
        "failure-drill",
        "mongodb-metrics",
        "blackbox-up",
        planned("pushed", "the images are in the registry that the README names", level="advisory", tier="remote"),
    ),
)
