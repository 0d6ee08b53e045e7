"""Attacks on what reads files, by what they misuse."""

from __future__ import annotations

from ..attack import Attack
from . import bulk, composes, dockerfiles, environments, links, names, pythons, readmes, scripts

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
)
