"""Homework 21, monitoring-1: Prometheus."""

from pytest_dockerlab.homework import Homework

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
        "hub-link",
        "scrape",
        "build",
        "targets-up",
        "metrics",
        "mongodb-metrics",
        "blackbox-up",
        "failure-drill",  # the last of those that ask one running project
        "pushed",
    ),
)
