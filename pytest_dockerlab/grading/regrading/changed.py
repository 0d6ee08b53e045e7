"""Which items of a submission have to be looked at again, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ...digests.outside import versions_of_libraries, versions_of_programs
from ...messages import Message, _
from ...results import SubmissionResult
from .asked import AskedNow

__all__ = ["changed_items", "other_versions", "versions_of"]


def changed_items(result: SubmissionResult, now: AskedNow) -> dict[str, Message]:
    """The reason for each item: its digest is another one, or that of an item which it depends on is."""
    known = {each.id: each for each in result.items}
    found: dict[str, Message] = {}
    for item in now.items:
        before = known.get(item.id)
        digest = now.digests[item.id]
        if before is None:
            found[item.id] = _("it is new")
        elif before.digest is None:
            found[item.id] = _("nothing is written down of its check")
        elif before.digest != digest:
            is_other = {part: before.digest.get(part) != value for part, value in digest.items()}
            if all(is_other.values()):
                found[item.id] = _("its check and what the course file sets for it were changed")
            elif is_other["check"]:
                found[item.id] = _("its check was changed")
            else:
                found[item.id] = _("what the course file sets for it was changed")
        elif item.id in now.forced:
            found[item.id] = _("it was asked for")
    is_whole = False
    while not is_whole:
        is_whole = True
        for item in now.items:
            cause = next((id for id in (*item.needs_items, *item.told_by) if id in found), None)
            if cause is not None and item.id not in found:
                found[item.id] = _("{item}, which it depends on, is looked at again", item=cause)
                is_whole = False
    return found


def versions_of(run: Mapping[str, Any]) -> set[tuple[str, str]]:
    """The programs and libraries that results were made with, where their results.json says it."""
    digests = run.get("digests", {})
    return {*digests.get("tools", {}).items(), *digests.get("libraries", {}).items()}


def other_versions(then: Iterable[tuple[str, str]], now: AskedNow) -> list[Message]:
    """What is not ours, and is here in another version than results were made with."""
    distributions = {each.distribution for each in now.homeworks}
    here = {**versions_of_programs(now.items), **versions_of_libraries(distributions)}
    before: defaultdict[str, list[str]] = defaultdict(list)
    for name, version in sorted(then):
        if name in here and version != here[name]:
            before[name].append(version)
    return [
        _("{program} was {before} then, and is {now} now", program=name, before=versions, now=here[name])
        for name, versions in before.items()
    ]
