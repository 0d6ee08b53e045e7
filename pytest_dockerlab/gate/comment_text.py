"""The comment on a pull request: the summary of its results, in what GitHub takes, and nothing in it does anything."""

from __future__ import annotations

import re
from typing import Any

from ..messages import Message, _
from ..report.github.summary import summary
from ..report.page.markdown import escaped
from ..report.page.viewing import page_view
from ..results import SubmissionResult
from .workflow_run import WorkflowRun

__all__ = ["LONGEST", "MARK", "inert", "of_results", "without_results"]

MARK = "<!-- dockerlab comment -->"
"""How a comment of ours begins: the next one takes its place."""
LONGEST = 65_536
"""Characters that GitHub takes: ``body is too long (maximum is 65536 characters)``."""

# Mentions and references are kept off as in escaped text (page/markdown.py), and in code too: whoever replies to a
# comment by e-mail quotes it as plain text, and there they work (dependabot/dependabot-core#3157).
_CALLS = re.compile(r"@(?!\u200b)|#(?=\d)|\bGH-(?=\d)", re.IGNORECASE)


def inert(markdown: str) -> str:
    """``markdown`` in which nobody is mentioned, and no issue or pull request referred to."""
    return _CALLS.sub("\\g<0>\u200b", markdown)


def of_results(run: WorkflowRun, result: SubmissionResult, rest: dict[str, Any], language: str) -> str:
    """The comment on results, which may be anybody's."""
    view = page_view(result, rest, language=language)
    foot = _foot(run, language)
    room = LONGEST - len(MARK) - len(foot) - 2
    made = summary(view, room)
    while len(text := inert(made)) > room:  # each mention has made it longer; of what there is, a part goes each time
        made = summary(view, len(made.encode()) - (len(text) - room))
    return f"{MARK}\n{text.rstrip()}\n{foot}"


def without_results(run: WorkflowRun, why: Message | str, language: str) -> str:
    """The comment where there are none that can be shown."""
    said = _(
        "The check of {commit} has no results that can be shown here: {why}.", commit=run.head_sha[:10], why=why
    ).render(language)
    return f"{MARK}\n{inert(escaped(said))}\n{_foot(run, language)}"


def _foot(run: WorkflowRun, language: str) -> str:
    said = _(
        "Said by the workflow of this pull request itself, which ended as “{conclusion}” for {commit}. Whoever may push"
        " to its branch can change that workflow, so this is help, and no grade.",
        conclusion=run.conclusion, commit=run.head_sha[:10],
    ).render(language)  # fmt: skip
    log = _("The run and its log").render(language)
    return f"\n---\n\n{escaped(said)} [{escaped(log)}]({run.url})\n"
