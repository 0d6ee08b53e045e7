"""The page as Markdown, for an e-mail or a comment: what there is to do first, and of the rest a line each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...messages import Message, _
from .view import FindingView, Group, ItemView, PageView

__all__ = ["code", "escaped", "finding_lines", "labelled", "markdown"]

_SPECIAL = re.compile(
    r"[\\`*\[\]<|]|~(?=~)|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?=[#A-Za-z])|(?<=:)/(?=/)|(?<=www)\."
    r"|^[-+#>=~]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|^:(?=\s)"
)
"""What means something in some Markdown: bare addresses too, and the marks at the beginning of a line.
What means nothing stays as it is, for an e-mail is read unrendered as well."""
_CALL = re.compile(r"@|#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)
"""Mentions, addresses of e-mail and references. GitHub looks for them when Markdown is done and no backslash is left
(github/markup#1168, ``postprocess_text`` of github/cmark-gfm). A blank without width keeps them off, as Dependabot's.
"""
_IN_FULL = ("fail", "advice", "error")


def markdown(view: PageView) -> str:
    """The page. Text of a submission stands in it escaped, or in a fence that it cannot leave."""
    return "\n".join(_lines(view)).rstrip() + "\n"


def escaped(value: str) -> str:
    """``value`` as text on one line, in which nothing is markup."""
    line = _CALL.sub("\\g<0>\u200b", _SPECIAL.sub(r"\\\g<0>", " ".join(value.split())))
    return line.replace("$", "\\$") if line.count("$") > 1 else line  # between two of them GitHub sets formulas


def code(value: str) -> str:
    """``value`` as code on one line; no run of backticks in it is as long as those around it."""
    value = " ".join(value.split())
    fence = _fence(value, 1)
    space = " " if value.startswith("`") or value.endswith("`") else ""
    return f"{fence}{space}{value}{space}{fence}" if value else ""


def _fence(value: str, least: int) -> str:
    return "`" * max(least, 1 + max((len(run) for run in re.findall("`+", value)), default=0))


def _lines(view: PageView) -> Iterator[str]:
    for homework in view.homeworks:
        yield f"# {escaped(homework)}"
    yield ""
    who = f" · {escaped(view.who)}" if view.who else ""
    yield f"**{escaped(view.submission)}**{who} · {escaped(' · '.join(view.revisions))}"
    yield ""
    if view.score:
        yield f"**{escaped(view.score)}**"
        yield ""
    for note in filter(None, (*view.score_notes, *view.notes, view.nothing_to_correct)):
        yield escaped(note) + "  "
    yield escaped(" · ".join(said for _style, said in view.counts))
    for group in view.groups:
        yield from ["", f"## {escaped(group.title)}"]
        yield from _group(group, view.language)


def _group(group: Group, language: str) -> Iterator[str]:
    for item in group.items:
        if group.style in _IN_FULL:
            yield from ["", f"### {item.symbol} {escaped(item.title)}", "", " · ".join(_about(item))]
            for finding in item.findings:
                yield from finding_lines(finding, language)
            if item.reason:
                yield from ["", f"- {labelled(_WHY, language)} {escaped(item.reason)}"]
            if item.remedy:
                yield f"- {labelled(_TO_DO, language)} {escaped(item.remedy)}"
        else:
            why = _and_remedy(item.reason, item.remedy)
            more = f": {escaped(why)}" if why else ""
            yield f"- {item.symbol} {escaped(item.title)} ({', '.join(_about(item))}){more}"
    for fold in group.folds:
        names = ", ".join(code(item.id) for item in fold.items)
        yield f"- {fold.items[0].symbol} {escaped(_and_remedy(fold.title, fold.remedy))} ({names})"


def _and_remedy(reason: str, remedy: str) -> str:
    return " – ".join(filter(None, (reason, remedy)))


def _about(item: ItemView) -> Iterator[str]:
    yield code(item.id)
    yield from (escaped(tag) for tag in item.tags)
    if item.points:
        yield escaped(item.points)
    if item.override:
        yield escaped(item.override[0])


def finding_lines(finding: FindingView, language: str) -> Iterator[str]:
    """One thing wrong: where, with the lines, what was found, what was expected, what to do."""
    yield ""
    if finding.place:
        yield from [code(finding.place), ""]
    if finding.lines:
        rows = [f"{'>' if line.is_meant else ' '} {line.number:4}  {line.text}".rstrip() for line in finding.lines]
        fence = _fence("\n".join(rows), 3)
        yield from [f"{fence}text", *rows, fence, ""]
    for label, value in ((_FOUND, finding.found), (_EXPECTED, finding.expected), (_TO_DO, finding.hint)):
        if value:
            yield f"- {labelled(label, language)} {escaped(value)}"


_FOUND, _EXPECTED, _TO_DO, _WHY = _("found"), _("expected"), _("to do"), _("why")


def labelled(message: Message, language: str) -> str:
    """What a value is, before it."""
    return f"**{message.render(language)}:**"
