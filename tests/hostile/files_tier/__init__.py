"""Attacks on what reads files, by what they misuse."""

from __future__ import annotations

from ..attack import Attack
from . import (
    bulk,
    composes,
    dockerfiles,
    environments,
    gitlab_files,
    gitlab_pipelines,
    gitlab_runners,
    gitlab_setups,
    links,
    monitoring,
    names,
    pythons,
    readmes,
    scripts,
)

ATTACKS: tuple[Attack, ...] = (
    *links.ATTACKS,
    *bulk.ATTACKS,
    *names.ATTACKS,
    *composes.ATTACKS,
    *environments.ATTACKS,
    *dockerfiles.ATTACKS,
    *readmes.ATTACKS,
    *scripts.ATTACKS,
    *pythons.ATTACKS,
    *gitlab_pipelines.ATTACKS,
    *gitlab_setups.ATTACKS,
    *gitlab_runners.ATTACKS,
    *gitlab_files.ATTACKS,
    *monitoring.ATTACKS,
)
