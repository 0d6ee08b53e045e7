"""The calibration as one page: each disagreement is a link to what the check found. No script, nothing to load."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote

from ...homework import Level
from ...messages import Message, _, text
from ...report.html_file import html_file
from .agreement import Agreement, ItemAgreement
from .past import ALL
from .proposal import FEWEST, FEWEST_FOR_POINTS, Proposal, numbers_in

__all__ = ["LEVELS", "NOTHING", "page", "sentences"]

LEVELS = {Level.REQUIRED: _("required"), Level.ADVISORY: _("advisory"), Level.OPTIONAL: _("optional")}
NOTHING = _("nothing to compare")
_LABELS = {
    "title": _("Checks and grades of the past"),
    "item": _("item"),
    "level": _("level"),
    "points": _("points"),
    "agree": _("agree"),
    "objects": _("objects to accepted work"),
    "unknown": _("not known"),
    "where": _("where they disagree"),
    "nowhere": _("nowhere"),
    "nothing": NOTHING,
    "proposed": _("For the course file"),
    "proposed_note": _("In place of its tables [levels] and [points]. A proposal: look at the disagreements first."),
    "not_then": _("Graded now, and not in the file of grades"),
    "not_now": _("In the file of grades, and without a result"),
    "ignored": _("Columns of the file that are no grades"),
}


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    title: str
    level: str
    proposed: str
    why: str
    points: str
    agreed: str
    share: float | None
    objects: str
    unknown: int
    links: list[tuple[str, str, str]]
    """A submission, the address of what is said of the item there, and what a person said."""


def page(
    agreement: Agreement,
    proposal: Proposal,
    toml: str,
    language: str,
    page_of: Callable[[str], str],
    ignored: list[str],
) -> str:
    """The page.

    :param page_of: the address of a submission's page, relative to this one; empty where there is none.
    """
    rows = [_row(item, proposal, language, page_of) for item in agreement.items.values()]
    return html_file(
        __package__,
        language=language,
        labels={name: message.render(language) for name, message in _LABELS.items()},
        summary=[text(each, language) for each in sentences(agreement, proposal)],
        rows=rows,
        toml=toml,
        lists=[
            (_LABELS[name].render(language), ids)
            for name, ids in (
                ("not_then", agreement.not_graded_then),
                ("not_now", agreement.not_graded_now),
                ("ignored", ignored),
            )
            if ids
        ],
    )


def sentences(agreement: Agreement, proposal: Proposal) -> Iterator[Message]:
    """What came of it in all."""
    for about, cases in agreement.cases.items():
        accepted = sum(case.is_accepted for case in cases)
        yield _(
            "{what}: {count} graded by people, accepted: {accepted}",
            what=_("all together") if about == ALL else about,
            count=len(cases),
            accepted=accepted,
        )
        now, then = (sum(case.agrees(levels) for case in cases) for levels in (agreement.levels, proposal.levels))
        if proposal.levels == agreement.levels:
            yield _("the checks agree on {count} of {all} as a whole", count=now, all=len(cases))
        else:
            yield _(
                "the checks agree on {count} of {all} as a whole, with the proposed levels on {then}",
                count=now,
                all=len(cases),
                then=then,
            )
    for level, name in LEVELS.items():
        items = [item for item in agreement.items.values() if item.level is level]
        agreed, compared = sum(item.agreed for item in items), sum(item.compared for item in items)
        if compared:
            words = {"level": name, "count": agreed, "all": compared, "share": f"{100 * agreed / compared:.1f}"}
            yield _("single items, {level}: they agree on {count} of {all} ({share} %)", **words)
    count = max([item.compared for item in agreement.items.values()] + [len(each) for each in agreement.cases.values()])
    if count < FEWEST:
        yield _(
            "nothing is concluded from so few submissions ({count}): levels need {fewest}", count=count, fewest=FEWEST
        )
    if 0 < (numbers := len(numbers_in(agreement))) < FEWEST_FOR_POINTS:
        yield _(
            "no points are proposed from {count} grades that are numbers: they need {fewest}",
            count=numbers,
            fewest=FEWEST_FOR_POINTS,
        )
    if proposal.kept:
        yield _(
            "no other level is proposed for {items}: the checks would not agree with people more often",
            items=", ".join(proposal.kept),
        )
    if proposal.difference is not None:
        before, after = (f"{100 * each:.1f}" for each in proposal.difference)
        if proposal.are_points_fitted:
            yield _(
                "scores differ by {before} % of the maximum on the average, with the proposed points by {after} %",
                before=before,
                after=after,
            )
        else:
            yield _(
                "scores differ by {before} % of the maximum on the average. No points come clearly nearer "
                "(the best: {after} %), so none are proposed",
                before=before,
                after=after,
            )


def _row(item: ItemAgreement, proposal: Proposal, language: str, page_of: Callable[[str], str]) -> _Row:
    proposed = proposal.levels[item.id]
    why = proposal.why.get(item.id)
    points, now = proposal.points[item.id], item.max_points
    return _Row(
        id=item.id,
        title=text(Message(item.title), language),
        level=LEVELS[item.level].render(language),
        proposed="" if proposed is item.level else LEVELS[proposed].render(language),
        why="" if why is None else why.render(language),
        points=f"{now:g}" if points == now else f"{now:g} → {points:g}",
        agreed=f"{item.agreed} / {item.compared}" if item.compared else NOTHING.render(language),
        share=item.agreed / item.compared if item.compared else None,
        objects=f"{item.objections(True)} / {item.known(True)}",
        unknown=item.unknown(),
        links=[
            (each.id, f"{address}#{quote(item.id)}" if (address := page_of(each.id)) else "", each.said)
            for each in item.disagreements
        ],
    )
