"""Whether Prometheus would take a configuration: promtool's answer where there is one, our own look otherwise."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ...findings import Finding, Location
from ..text.yamldoc import YamlDoc
from .promtool import Promtool, own_version
from .structure import NEWER, duplicates, problems, unknown_keys
from .versions import Version

__all__ = ["Validity", "validity"]

# Of sections that we do not look into; and since Prometheus 3 names may have any letters.
_MAY_BE_NEW = re.compile(r"field \S+ not found in type|label name")


@dataclass(frozen=True, slots=True)
class Validity:
    """What is wrong, and what nobody can tell here."""

    findings: tuple[Finding, ...]
    unsure: tuple[Finding, ...]
    """What neither we nor the promtool of this machine know, of a Prometheus that may be newer than both."""
    is_promtools: bool
    """Whether promtool decided."""


def validity(doc: YamlDoc, theirs: Version | None, promtool: Promtool | None) -> Validity:
    """Judge a configuration for the version ``theirs``; ``None`` stands for whatever is the newest.

    What promtool takes is right. Where it refuses, our own findings have each a line, and its words come beside them.
    """
    repeated, own = list(duplicates(doc)), list(problems(doc, theirs))
    unsure = {finding.at: finding for finding in unknown_keys(doc, theirs)}
    ours = own_version() if promtool is not None else None
    if promtool is not None and ours is not None:
        is_newer = theirs is None or theirs > ours
        tolerated = frozenset({*NEWER, *(str(each.found) for each in unsure.values())} if is_newer else ())
        said = promtool.problems(doc, tolerated, is_newer=is_newer)
        if said is not None:
            lines = {each.at for each in own}
            # what it says without a line may be what ours say with one, and is told again once that is corrected
            words = [each for each in said if each.at not in lines and not (own and each.at == Location(doc.path))]
            if is_newer:
                unsure |= {each.at: each for each in words if _MAY_BE_NEW.search(str(each.found))}
            accused = [*own, *(each for each in words if each.at not in unsure)] if said else []
            return Validity((*repeated, *accused), tuple(unsure.values()) if is_newer else (), True)
    return Validity((*repeated, *own), tuple(unsure.values()), False)
