"""Prometheus: its configuration, its service, and the exporters that it scrapes."""
