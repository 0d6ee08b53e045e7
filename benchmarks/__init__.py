"""Ratios of our costs to those of doing without us, measured side by side in one run: ``python -m benchmarks``."""
