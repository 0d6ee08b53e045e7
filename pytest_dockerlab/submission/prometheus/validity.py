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

# Keys of sections that we do not look into; since Prometheus 3 names may have any letters, and API v1 is gone.
_MAY_BE_RIGHT = re.compile(r"field \S{1,200} not found in type|label name|Alertmanager api version")


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
    if promtool is None or ours is None:
        return Validity((*repeated, *own), tuple(unsure.values()), False)
    # A newer one knows more than this promtool, and one of an earlier major version other things.
    is_other = theirs is None or theirs > ours or theirs[0] != ours[0]
    tolerated = frozenset({*NEWER, *(str(each.found) for each in unsure.values())} if is_other else ())
    answer = promtool.problems(doc, tolerated, is_other=is_other)
    if answer is None:
        return Validity((*repeated, *own), tuple(unsure.values()), False)
    unsure = {at: each for at, each in unsure.items() if str(each.found) in answer.unknown}
    # Of what promtool takes, only its version can be wrong.
    own = own if answer.findings else [each for each in own if str(each.found) in NEWER]
    # What it says without a line may be what ours say with one, and is told again once that is corrected.
    told = {*(each.at for each in own), *([Location(doc.path)] if own else [])}
    words = [each for each in answer.findings if each.at not in told]
    if is_other:
        unsure |= {each.at: each for each in words if _MAY_BE_RIGHT.search(str(each.found))}
    accused = [*repeated, *own, *(each for each in words if each.at not in unsure)]
    return Validity(tuple(accused), tuple(unsure.values()), True)
