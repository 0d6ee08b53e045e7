"""Builds of a submission's images as we would run them, and what of them we refuse to do."""
