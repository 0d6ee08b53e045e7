"""Versions of GitLab Runner: as tags of images write them, and which was the newest on a day."""

from __future__ import annotations

import re

__all__ = ["RunnerVersion", "version_of"]

RunnerVersion = tuple[int, int, int]

# gitlab/gitlab-runner's tags: v10.5.0, alpine-v16.4.1, ubuntu-v15.0.0, alpine3.18-v17.5.0, alpine-15.11
_TAG = re.compile(r"(?:(?:alpine|ubuntu|ubi-fips)[\d.]{0,8}-)?v?(\d{1,3})\.(\d{1,3})(?:\.(\d{1,3}))?(?![\d.])")


def version_of(text: str | None) -> RunnerVersion | None:
    """The version that an image's tag, or whoever sets one, names; ``None`` for ``latest`` and the like."""
    match = _TAG.match(text or "")
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if match else None
