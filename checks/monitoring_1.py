"""Homework 21, monitoring-1: Prometheus."""

from pytest_dockerlab.homework import Homework, planned

HOMEWORK = Homework("monitoring-1", 21, "Prometheus")

layout = planned("monitoring-1/layout", "docker/, src/, monitoring/ are there, and no docker/.env")
prometheus_image = planned("monitoring-1/prometheus-image", "Prometheus' Dockerfile has a pinned base and its config")
prometheus_service = planned("monitoring-1/prometheus-service", "the compose file runs Prometheus on port 9090")
copy_not_add = planned("monitoring-1/copy-not-add", "Prometheus' Dockerfile uses COPY, not ADD", level="advisory")
config = planned("monitoring-1/config", "prometheus.yml is valid")
jobs = planned("monitoring-1/jobs", "Prometheus scrapes itself, ui and comment")
node_exporter = planned("monitoring-1/node-exporter", "the node exporter runs and is scraped")
targets_resolve = planned("monitoring-1/targets-resolve", "every scrape target is a service Prometheus can reach")
both_networks = planned("monitoring-1/both-networks", "Prometheus is on both networks", level="advisory")
mongodb_exporter = planned("monitoring-1/mongodb-exporter", "a MongoDB exporter runs and is scraped", level="optional")
blackbox = planned("monitoring-1/blackbox", "a blackbox job probes the services as it should", level="optional")
makefile = planned("monitoring-1/makefile", "the Makefile builds and pushes every image of ours", level="optional")
hub_link = planned("monitoring-1/hub-link", "the README links the images' registry", level="advisory")
scrape = planned("monitoring-1/scrape", "a real Prometheus finds every scrape target up", tier="engine")
build = planned("monitoring-1/build", "all images build, Prometheus' too", tier="app")
targets_up = planned("monitoring-1/targets-up", "Prometheus answers and every target is up", tier="app")
metrics = planned("monitoring-1/metrics", "the metrics of ui, comment and the node have values", tier="app")
failure_drill = planned("monitoring-1/failure-drill", "the health metrics follow a stop of the database", tier="app")
mongodb_metrics = planned(
    "monitoring-1/mongodb-metrics", "MongoDB's exporter is connected and has its metrics", level="optional", tier="app"
)
blackbox_up = planned(
    "monitoring-1/blackbox-up", "every probe of ui, comment and post succeeds", level="optional", tier="app"
)
pushed = planned(
    "monitoring-1/pushed", "the images are in the registry that the README names", level="advisory", tier="remote"
)
