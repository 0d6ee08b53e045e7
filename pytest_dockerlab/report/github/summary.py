"""The summary of a step: the page of one submission in GitHub's Markdown, never longer than there is room.

No HTML stands in it. Text of a submission is escaped, or in a fence that it cannot leave.
"""

from __future__ import annotations

from collections.abc import Iterator

from ...messages import Message, _, shortened
from ..page.markdown import code, escaped, finding_lines, labelled
from ..page.networks import NetworksPicture
from ..page.view import ItemView, PageView
from .command_files import in_bytes

__all__ = ["summary"]

_IN_FULL = ("fail", "advice", "error")
_LONGEST_WHY = 160


def summary(view: PageView, room: int) -> str:
    """The page in at most ``room`` bytes of UTF-8. What is left out for that is said."""
    said = _("The rest has no room here. It is in the log and in results.json.")
    note = _lines("", f"*{escaped(said.render(view.language))}*")
    parts: list[str] = []
    room -= len(in_bytes(note))
    for part in _parts(view):
        room -= len(in_bytes(part))
        if room < 0:
            return "".join([*parts, note]) if parts else ""
        parts.append(part)
    return "".join(parts)


def _parts(view: PageView) -> Iterator[str]:
    """Pieces after each of which it may end."""
    yield _lines(*_head(view))
    yield from _table(view)
    for group in view.groups:
        if group.style in _IN_FULL:
            yield _lines("", f"### {escaped(group.title)}")
            for item in group.items:
                yield from _item(item, view.language)
    for group in view.groups:
        for item in group.items:
            for picture in item.pictures:
                if isinstance(picture, NetworksPicture) and picture.rows:
                    yield _lines(*_networks(picture, item, view.language))
    yield from _to_verify_more(view)
    wrong = next((item for group in view.groups if group.style in _IN_FULL for item in group.items), None)
    if wrong is not None:
        said = _("What an item asks, with examples:").render(view.language)
        yield _lines("", f"{escaped(said)} {code(f'dockerlab explain {wrong.id}')}")


def _lines(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


def _head(view: PageView) -> Iterator[str]:
    for homework in view.homeworks:
        yield f"## {escaped(homework)}"
    yield ""
    yield f"**{escaped(view.submission)}** · {escaped(' · '.join(view.revisions))}"
    yield ""
    notes = [escaped(note) for note in (*view.score_notes, *view.notes, view.nothing_to_correct) if note]
    if view.score:
        said = _("Score: {points}", points=view.score).render(view.language)
        notes.insert(0, f"**{escaped(said)}**")
    if notes:
        yield from (" · ".join(notes), "")
    yield " · ".join(escaped(said) for _style, said in view.counts)


def _table(view: PageView) -> Iterator[str]:
    head = [message.render(view.language) for message in (_("item"), _("verdict"), _("why"))]
    yield _lines("", _row("", *map(escaped, head)), _row(*["---"] * 4))
    for group in view.groups:
        for item in group.items:
            # that it is an advice is of interest in what is said below, and in no verdict
            tags = [tag for tag in item.tags if tag != _("advice").render(view.language)]
            verdict = ", ".join([item.verdict, *tags])
            what = f"{_cell_code(item.id)} {escaped(item.title)}"
            yield _lines(_row(_sign(item), what, escaped(verdict), escaped(_why(item, view.language))))
        for fold in group.folds:
            first = fold.items[0]
            count = _("items: {count}", count=len(fold.items)).render(view.language)
            names = ", ".join(_cell_code(item.id) for item in fold.items)
            what = f"{escaped(count)} – {names}"
            yield _lines(_row(_sign(first), what, escaped(first.verdict), escaped(_cut(fold.title))))


def _sign(item: ItemView) -> str:
    """As GitHub's readers know it, in colours; the word for it stands beside it."""
    return _SIGNS.get((item.style, item.symbol), "❔")


_SIGNS = {
    ("fail", "✗"): "❌",
    ("advice", "✗"): "⚠️",
    ("advice", "!"): "⚠️",
    ("pass", "✓"): "✅",
    ("pass", "○"): "⚪",
    ("error", "E"): "🔧",
    ("later", "…"): "⏳",
}


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _cell_code(value: str) -> str:
    """A bar divides cells also in code, and a backslash before it is seen there."""
    return escaped(value) if {"|", "\\"} & set(value) else code(value)


def _why(item: ItemView, language: str) -> str:
    """In some words: the first finding, or the reason; where, and how many more there are."""
    if not item.findings:
        return _cut(item.reason)
    first = item.findings[0]
    said = _cut(" – ".join(dict.fromkeys(filter(None, (first.place, first.found or first.expected)))))
    more = len(item.findings) - 1
    return f"{said} ({_('and {count} more', count=more).render(language)})" if more else said


def _cut(value: str) -> str:
    return shortened(" ".join(value.split()), _LONGEST_WHY)


def _item(item: ItemView, language: str) -> Iterator[str]:
    about = [code(item.id), *(escaped(each) for each in (*item.tags, item.points) if each)]
    first = ["", f"#### {_sign(item)} {escaped(item.title)}", "", " · ".join(about)]
    if item.reason:
        first += ["", f"- {labelled(_('why'), language)} {escaped(item.reason)}"]
        if item.remedy:
            first.append(f"- {labelled(_('to do'), language)} {escaped(item.remedy)}")
    yield _lines(*first)
    for finding in item.findings:
        yield _lines(*finding_lines(finding, language))
    if item.dependents:
        names = ", ".join(code(each) for each in item.dependents)
        yield _lines("", f"{escaped(_('not verified because of it:').render(language))} {names}")


def _networks(picture: NetworksPicture, item: ItemView, language: str) -> Iterator[str]:
    """Who reaches whom, from each row to each column; or, where nothing was measured, who is on which network."""

    def say(message: Message) -> str:
        return escaped(message.render(language))

    yield from ("", f"### {escaped(_capital(picture.title))}", "", code(item.id), "")
    if not picture.columns:
        yield from (_row(say(_("service")), say(_("networks"))), _row("---", "---"))
        yield from (_row(escaped(row.name), escaped(row.networks)) for row in picture.rows)
        return
    yield from (_row("", *map(escaped, picture.columns)), _row("---", *[":---:"] * len(picture.columns)))
    used: dict[str, Message] = {}
    for row in picture.rows:
        cells = []
        for style, said in row.cells:
            sign, meaning = _REACH.get(style.partition(" ")[0] or said, ("", None))
            if style.endswith("wrong"):
                cells.append(f"❌ **{escaped(said.removeprefix('✗ '))}**")
            else:
                cells.append(escaped(sign))
                if meaning is not None:
                    used[sign] = meaning
        yield _row(f"**{escaped(row.name)}**", *cells)
    legend = " · ".join(f"{sign} {say(meaning)}" for sign, meaning in used.items())
    yield from ("", f"{say(_('From the row to the column:'))} {legend}")


def _capital(title: str) -> str:
    return title[:1].upper() + title[1:]


_REACH = {
    "reached": ("→", _("reaches")),
    "apart": ("–", _("cannot reach")),
    "unknown": ("?", _("not known")),
    "?": ("?", _("not known")),
}


def _to_verify_more(view: PageView) -> Iterator[str]:
    """Each remedy once, with the items that it is for."""
    remedies: dict[str, list[str]] = {}
    for group in view.groups:
        if group.style != "skip":
            continue
        for item in group.items:
            remedies.setdefault(item.remedy, []).append(item.id)
        for fold in group.folds:
            remedies.setdefault(fold.remedy, []).extend(item.id for item in fold.items)
    remedies.pop("", None)
    if remedies:
        yield _lines("", f"### {escaped(_('To verify more:').render(view.language).rstrip(':'))}", "")
    for remedy, ids in remedies.items():
        yield _lines(f"- {escaped(remedy)} ({', '.join(map(code, ids))})")
