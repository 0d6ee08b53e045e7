"""Prometheus as a server that is asked: its HTTP API, and a project that it watches."""
