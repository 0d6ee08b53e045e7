"""The labs, once per docker host: they are nobody's, and what came of them stands beside every submission."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Sequence

from ..homework import Item, Kind
from ..messages import _
from ..results import ItemResult, Verdict
from ..run.output_files import write_json
from ..source import Source
from .disk import refuse_full
from .graded import NoResult, read_result
from .out import Out
from .pool import Pool
from .record import Record
from .run import Stopped, end_of
from .slices import Limits, ended, order_slice, results_in

__all__ = ["labs_of"]

_HOST = "docker-host"
_POLL = 0.5


def labs_of(items: Sequence[Item], out: Out, record: Record, pool: Pool, limits: Limits) -> list[ItemResult]:
    """What came of the labs among ``items``: as it is written down, else asked now.

    Raises :class:`Stopped`, :class:`Full` and ``OSError``.
    """
    labs = [item for item in items if item.kind is Kind.LAB]
    if not labs:
        return []
    known = _written_down(out, labs)
    if known is None:
        known = _asked(labs, out, record, pool, limits)
        write_json(out.labs, [each.to_json() for each in known])
    return known


def _written_down(out: Out, labs: Sequence[Item]) -> list[ItemResult] | None:
    try:
        known = [ItemResult.from_json(each) for each in json.loads(out.labs.read_text("utf-8"))]
    except (OSError, ValueError, LookupError, TypeError, AssertionError):
        return None
    is_whole = [each.id for each in known] == [item.id for item in labs]
    return known if is_whole and not any(each.verdict is Verdict.ERROR for each in known) else None


def _asked(labs: Sequence[Item], out: Out, record: Record, pool: Pool, limits: Limits) -> list[ItemResult]:
    """By a slice in which nobody's submission is."""
    words = [*record.check_without("--hw"), *(f"--hw={item.id}" for item in labs)]
    slugs = {item.slug for item in labs}
    revisions = {slug: {"commit": None, "worktree": True, "why": ""} for slug in slugs}
    folder = out.slices / f"{secrets.token_hex(3)}-labs"
    slice = order_slice(0, folder, [Source(_HOST, str(folder), None, revisions)], words, limits)
    pool.start(slice)
    while not (over := pool.over(_POLL)):
        pass
    try:
        how = ended(slice)
        for _id, path in results_in(slice):
            result, _run = read_result(path, _HOST)
            found = {each.id: each for each in result.items}
            if all(item.id in found for item in labs):
                return [found[item.id] for item in labs]
        if how is not None and how.exit == 4:
            raise Stopped(_("the check refuses to start: {why}", why=end_of(how.last_words)))
        why = (how.why if how else None) or over[0].why
    except NoResult as error:
        why = _("{why}", why=error.text)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    refuse_full(out.folder)
    reason = why or _("the process that checked it died, and nothing more is known")
    return [
        ItemResult(item.id, item.title, item.kind, item.level, item.tier, Verdict.ERROR, reason=reason) for item in labs
    ]
