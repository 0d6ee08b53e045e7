"""Builds of a submission's images on a docker host, within limits."""
