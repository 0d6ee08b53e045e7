"""What a grading will take, before it is begun: how long, what will be unverified and why, and what is missing."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from ..errors import DockerlabError
from ..findings import Unverified
from ..homework import Item, Need, Tier
from ..messages import Message, _
from ..options import Settings
from ..report import doctor
from ..report.lines import Lines, plain
from ..results import SubmissionResult
from ..roster.freezing import freeze_row
from ..roster.row import Row
from ..run.needs import missing
from .beginning import Asked
from .out import Out
from .progress import clock
from .run import CohortRun, limits_of
from .warm_pool import local_pool

__all__ = ["plan"]

_TRIED = 5
"""So many rows are graded for the measure, and thrown away."""
_NAMED = 10


def plan(asked: Asked, width: int, lines: Lines) -> Iterator[str]:
    """The lines of it."""
    rows = asked.roster.rows if asked.roster is not None else ()
    wanted = [row for row in rows if not row.exempt]
    urls = sum(row.url is not None for row in wanted)
    yield from _field(lines, _("homework"), ", ".join(asked.record.homework))
    yield from _field(lines, _("tier"), asked.record.tier)
    counts = [_("submissions: {count}", count=len(wanted))]
    counts += [_("to be cloned: {count}", count=urls)] if urls else []
    counts += [_("exempt: {count}", count=len(rows) - len(wanted))] if len(rows) != len(wanted) else []
    yield from _field(lines, _("roster"), " · ".join(lines.say(each) for each in counts))
    absent = [row.id for row in wanted if row.path is not None and not row.path.is_dir()]
    if absent:
        named = [*absent[:_NAMED], *(["…"] if len(absent) > _NAMED else [])]
        yield from _field(lines, _("not there"), _("{count}: {names}", count=len(absent), names=named))
    yield from _field(lines, _("time"), _how_long(asked, wanted, width))
    unverified = _unverified(asked.items, asked.settings, lines)
    count = sum(len(items) for items in unverified.values())
    yield from _field(lines, _("unverified"), _("{count} of {all} items", count=count, all=len(asked.items)))
    for reason, ids in unverified.items():
        yield from _field(lines, _("why"), reason)
        yield from _field(lines, _("items"), ids)
    host = asked.settings.endpoints.get(Need.DOCKER_HOST)
    lacking = [part for part in doctor.examine(host, asked.settings.tier) if not part.is_here]
    for part in lacking:
        why = part.reason or _("is missing")
        yield from _field(
            lines, _("missing"), _("{name}: {why}: {remedy}", name=part.name, why=why, remedy=part.remedy)
        )
    if not lacking:
        yield from _field(lines, _("missing"), _("nothing that this tier needs"))


def _field(lines: Lines, label: Message, value: object) -> Iterator[str]:
    return (plain(line).removeprefix("      ") for line in lines.field(label, value))


def _unverified(items: Sequence[Item], settings: Settings, lines: Lines) -> dict[str, list[str]]:
    """The items that nothing can be said about here, by why, and what helps."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for item in items:
        lack: Unverified | None
        if item.is_planned:
            lack = Unverified(_("its check is not built yet"))
        elif not item.tier.within(settings.tier):
            remedy = _("--hw-tier {tier}", tier=str(item.tier))
            lack = Unverified(_("tier {tier} was not requested", tier=str(item.tier)), remedy)
        else:
            lack = missing(item.needs, settings)
        if lack is not None:
            why = lack.reason if lack.remedy is None else _("{why}; {remedy}", why=lack.reason, remedy=lack.remedy)
            found[lines.say(why)].append(item.id)
    return found


def _how_long(asked: Asked, rows: Sequence[Row], width: int) -> Message:
    """By a few of them, which are graded for it; not where their code would run."""
    if asked.settings.tier is Tier.APP:
        return _("not known: it depends on what their images need to be built")
    tally, began = _Silent(), time.monotonic()
    with tempfile.TemporaryDirectory(prefix="dockerlab-plan-") as folder:
        out = Out(Path(folder))
        for each in (out.results, out.attempts, out.logs):
            each.mkdir()
        words = asked.record.check_without("--hw-course")
        words += (f"--hw-course={asked.settings.course}",) if asked.settings.course else ()
        tried = list(islice((row for row in rows if row.path is not None and row.path.is_dir()), _TRIED * width))
        run = CohortRun(
            out,
            replace(asked.record, check=words),
            local_pool(out.slices),
            width,
            limits_of(asked.record, asked.course),
            tally,
        )
        try:
            run.run(tried, len(tried), lambda row: freeze_row(row, asked.homeworks, asked.settings.ref, out.clones))
        except DockerlabError as error:
            return _("not known: {why}", why=error.text)
    if not tally.count:
        return _("not known: none of them could be tried")
    seconds = (time.monotonic() - began) * len(rows) / tally.count
    return _(
        "about {time} with {n} at once, measured on {count} of them", time=clock(seconds), n=width, count=tally.count
    )


class _Silent:
    """Tells nobody."""

    def __init__(self) -> None:
        self.count = 0

    def running(self, slices: Sequence[Sequence[str]]) -> None: ...

    def done(self, id: str, result: SubmissionResult) -> None:
        self.count += 1

    def error(self, id: str, why: Message) -> None: ...

    def again(self, id: str, why: Message) -> None: ...
