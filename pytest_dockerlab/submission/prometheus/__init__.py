"""Prometheus: its compose project, service, configuration and targets, and the exporters that it scrapes."""
