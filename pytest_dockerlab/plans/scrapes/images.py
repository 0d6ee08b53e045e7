"""Which image of Prometheus is started: one of Prometheus' own, in the student's version where that can be told."""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..builds.base_images import replacement

__all__ = ["COURSE_IMAGE", "prometheus_images"]

COURSE_IMAGE = "prom/prometheus:v2.42.0"
"""Where the student's own is none of these; the course file can replace it."""
_REPOSITORY = re.compile(r"(?:(?:index\.)?docker\.io/)?prom/prometheus|quay\.io/prometheus/prometheus")
# Version 1 has other options, another API and, before 1.0, another format of its configuration.
_VERSION = re.compile(r"v([2-9]|\d\d)\.\d{1,3}\.\d{1,3}")


def prometheus_images(own: str | None, replacements: Mapping[str, str]) -> tuple[str, ...]:
    """The images to try, the best one first.

    :param own: what the student's Prometheus is, or is built from. Their word is taken only for the version of a public
        image of Prometheus': whatever else it is, it would be a program of theirs.
    :param replacements: the course's: what it puts in the place of an image is what is taken.
    """
    course = replacement(COURSE_IMAGE, replacements) or COURSE_IMAGE
    if own is None:
        return (course,)
    replaced = replacement(own, replacements)
    if replaced is not None:
        return tuple(dict.fromkeys((replaced, course)))
    name, _colon, tag = own.rpartition(":")
    if _REPOSITORY.fullmatch(name) and _VERSION.fullmatch(tag):
        return tuple(dict.fromkeys((own, course)))
    return (course,)
