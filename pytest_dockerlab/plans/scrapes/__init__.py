"""Scrapes: a real Prometheus among stand-ins, with a submission's scrape configuration, as we would start it."""
