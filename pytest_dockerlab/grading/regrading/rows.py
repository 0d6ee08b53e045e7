"""One submission after another: what of it is to be looked at again, and how the new results come to the old ones."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from typing import Any

from ...homework import Level
from ...messages import Message, from_json, to_json
from ...results import SubmissionResult, Verdict, exit_code
from ...run.output_files import write_json
from ...whole_files import replacing
from .. import json_lines
from ..graded import Graded, NoResult, read_result
from ..out import Out
from .asked import AskedNow
from .changed import changed_items
from .folder import Regrade
from .merging import Change, Value, merged

__all__ = ["again", "put_together", "read_changes"]


def again(graded: Graded, regrade: Regrade, now: AskedNow) -> tuple[SubmissionResult, Mapping[str, Any]] | None:
    """The new results of a submission, with those of its results.json beside it; ``None`` where there are none yet.

    What was found out before a check was corrected once more is none.
    """
    assert graded.result is not None
    try:
        result, run = read_result(regrade.again.result_of(graded.id), graded.id)
    except NoResult:
        return None
    digests = {each.id: each.digest for each in result.items}
    is_new = all(digests.get(id) == now.digests[id] for id in changed_items(graded.result, now))
    return (result, run) if is_new else None


def put_together(out: Out, graded: Graded, regrade: Regrade, now: AskedNow, *, never_lower: bool) -> list[Change]:
    """Put the new results of a submission to its old ones. Returns what that changes.

    First the old file is kept, then it is written down what changes, and only then the file is another: whoever does
    this again after an end in between comes to the same. Raises ``OSError``.
    """
    old = graded.result
    assert old is not None
    found = again(graded, regrade, now)
    reasons = changed_items(old, now)
    new, run = found if found is not None else (None, {})
    result, changes = merged(old, new, reasons, now, never_lower=never_lower)
    document = _document(graded, result, run, now)
    if not changes and new is None:
        return []
    before = regrade.before(graded.id)
    before.parent.mkdir(parents=True, exist_ok=True)
    if not before.exists():
        with replacing(before) as part:
            shutil.copyfile(out.result_of(graded.id), part)
    json_lines.append(regrade.journal, map(change_to_json, changes))
    write_json(out.result_of(graded.id), document)
    return changes


def _document(graded: Graded, result: SubmissionResult, run: Mapping[str, Any], now: AskedNow) -> dict[str, Any]:
    """The results.json of a submission whose results are partly new: what is said of the run is of the last one."""
    old: Mapping[str, Any] = graded.run or {}
    settings = now.settings
    document = {**old, **{name: run[name] for name in ("tool", "course", "digests") if name in run}}
    if "digests" in old and "digests" in run:  # a program that the last one did not need has the version of before
        document["digests"] = {**run["digests"], "tools": {**old["digests"]["tools"], **run["digests"]["tools"]}}
    code = exit_code(result.items, strict=settings.strict, highest_tier=settings.tier, asked=now.asked)
    return {**document, "exit": code, "submissions": [result.to_json(str(old.get("language", settings.language)))]}


def read_changes(regrade: Regrade) -> list[Change]:
    """All that was written down of changes; of an item that is there twice the last counts, and the first before."""
    found: dict[tuple[str, str], Change] = {}
    for data in json_lines.read(regrade.journal):
        change = change_from_json(data)
        found[change.submission, change.item] = change
    return list(found.values())


def change_to_json(change: Change) -> dict[str, Any]:
    """Plain data."""
    return {
        "submission": change.submission,
        "item": change.item,
        "before": _value_to_json(change.before),
        "after": _value_to_json(change.after),
        "why": to_json(change.why),
        "kept": change.is_kept,
        "problem": to_json(change.problem),
    }


def change_from_json(data: Mapping[str, Any]) -> Change:
    """The reverse of it."""
    why, problem = from_json(data["why"]), from_json(data["problem"])
    assert isinstance(why, Message)
    assert problem is None or isinstance(problem, Message)
    before, after = _value(data["before"]), _value(data["after"])
    return Change(data["submission"], data["item"], before, after, why, data["kept"], problem)


def _value_to_json(value: Value | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "verdict": str(value.verdict),
        "points": value.points,
        "max_points": value.maximum,
        "level": str(value.level),
    }


def _value(data: Mapping[str, Any] | None) -> Value | None:
    if data is None:
        return None
    return Value(Verdict(data["verdict"]), data["points"], data["max_points"], Level(data["level"]))
