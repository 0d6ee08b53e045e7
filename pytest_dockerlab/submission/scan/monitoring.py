"""Prometheus among services and images: told by what an image is, else by what things are called."""

from __future__ import annotations

import re

__all__ = ["how_likely_prometheus", "is_prometheus_image", "repository_of", "tag_of"]

# The last two parts of the name: whatever mirror or proxy it comes from.
_IMAGES = frozenset(
    f"{owner}/prometheus"
    for owner in ("prom", "prometheus", "bitnami", "bitnamilegacy", "ubuntu", "chainguard", "rapidfort", "opensuse")
)
_OTHERS = re.compile(
    r"exporter|alert|push|gateway|adapter|operator|grafana|blackbox|cloudprober|cadvisor|telegraf|proxy|nginx|trickster"
    r"|thanos|msteams|statsd|stackdriver"
)
_NAMES = frozenset({"prometheus", "prom", "promserver"})


def repository_of(image: str) -> str:
    """The name of an image without tag and digest."""
    name = image.partition("@")[0]
    before, slash, last = name.rpartition("/")
    return f"{before}{slash}{last.partition(':')[0]}"


def tag_of(image: str) -> str | None:
    """The tag of an image; ``None`` without one."""
    last = image.partition("@")[0].rpartition("/")[2]
    return last.partition(":")[2] or None


def is_prometheus_image(image: str | None) -> bool:
    """Whether the image is one of those that hold the Prometheus server, from whatever registry."""
    return "/".join(repository_of(image or "").lower().split("/")[-2:]) in _IMAGES


def how_likely_prometheus(
    name: str, image: str | None = None, folder: str | None = None, container_name: str | None = None
) -> int:
    """How much says that a service is Prometheus: nothing 0, the image most.

    ``folder`` is where its image is built.
    """
    if is_prometheus_image(image):
        return 5
    # An exporter is built in monitoring/prometheus/mongodb_exporter: the last part counts.
    own = (name, repository_of(image or "").rpartition("/")[2])
    # The image of a service prometheus may say what else it is for: prometheus_blackbox.
    is_called = name.lower() == "prometheus"
    if any(_OTHERS.search(each.lower()) for each in own) and not (is_called and _NAMES.intersection(_words(own[1]))):
        return 0
    build = (folder or "").rstrip("/").rpartition("/")[2]
    if is_called:
        return 4
    for likelihood, text in ((3, own[1]), (2, build), (2, container_name or ""), (1, name)):
        if _NAMES.intersection(_words(text)) and not _OTHERS.search(text.lower()):
            return likelihood
    return 0


def _words(text: str) -> list[str]:
    return re.split(r"[^a-z]+", text.lower())
