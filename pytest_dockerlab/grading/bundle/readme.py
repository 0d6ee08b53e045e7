"""What README.md of an archive says: whose grades these are, how to repeat them, and what each file is."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Mapping

from ...messages import Message, _, text
from ...option_table import HOMEWORK
from ...report.lines import printable
from ...report.page.markdown import escaped
from ...roster.row import Row
from ...source import Source
from ..gradebook.model import Entry
from ..graded import Graded, Status
from ..record import Record

__all__ = ["COURSE", "ROSTER", "readme", "repeating", "written"]

ROSTER, COURSE = "submission.csv", "course.toml"
"""What the command that repeats it reads."""


def written(lines: Iterable[Message | str], language: str) -> str:
    """Those of :func:`readme` as Markdown. What a roster, a submission or another machine wrote is text there."""
    return "".join(f"{_as_text(line, language)}\n" for line in lines)


def _as_text(line: Message | str, language: str) -> str:
    if isinstance(line, str):
        return line
    args = {name: escaped(printable(text(value, language))) for name, value in line.args.items()}
    return text(Message(line.id, args), language)


def readme(
    row: Row,
    source: Source | None,
    graded: Graded,
    entry: Entry,
    automatic: Entry,
    record: Record,
    files: Mapping[str, str],
) -> Iterator[Message | str]:
    """Line by line; ``automatic`` is the entry before overrides, and ``files`` are all others of the archive."""
    yield _("# The grades of {id}", id=row.id)
    yield ""
    for label, value in ((_("name"), row.name), (_("e-mail"), row.email), (_("group"), row.group)):
        if value:
            yield _("- {name}: {value}", name=label, value=value)
    if source is not None:
        yield _("- repository: {place}", place=row.url or source.path)
        for slug, revision in source.revisions.items():
            if revision["worktree"]:
                yield _("- {homework}: what lay in the folder then; it has no commit, and may be another now",
                        homework=slug)  # fmt: skip
            elif revision["commit"]:
                yield _("- {homework}: commit {commit}", homework=slug, commit=str(revision["commit"]))
    if graded.late is not None:
        yield _("- {why}", why=graded.late)
    if graded.result is None:
        why = _("exempt") if graded.status is Status.EXEMPT else graded.reason or _("nothing more is known")
        yield _("- no result: {why}", why=why)
    else:
        yield _("- required: {points} of {verified} that could be verified, {maximum} in all; bonus: {bonus}; total:"
                " {total}; final: {final}", points=f"{entry.points:g}", verified=f"{entry.verified_maximum:g}",
                maximum=f"{entry.maximum:g}", bonus=f"{entry.bonus:g}", total=f"{entry.total or 0:g}",
                final=_("yes") if entry.is_final else _("no"))  # fmt: skip
    yield ""
    yield _("## To repeat it")
    yield ""
    yield _("With pytest-dockerlab {version}, in the folder of these files:", version=record.version)
    yield ""
    yield printable(f"    {shlex.join(repeating(record))}").replace("\n", "\n    ")
    yield ""
    if any(mark.override is not None for mark in entry.marks.values()):
        yield _("It gives what the checks alone say, a total of {automatic}. With what people decided by hand"
                " (overrides.csv) the total is {total}.", automatic=_total(automatic), total=_total(entry))  # fmt: skip
        yield ""
    run = graded.run or {}
    if digests := run.get("digests"):
        yield _("## What it was made with")
        yield ""
        versions = {**digests["tools"], "python": run["tool"]["python"], **digests["libraries"]}
        yield _("- versions: {versions}", versions=versions)
        yield _("- system: {system}", system=str(run["tool"]["platform"]))
        yield _("- digest of the course file: {digest}", digest=str(digests["course"] or "-"))
        yield _("- digests of the code: {digests}", digests=digests["packs"])
        yield _("- results.json has the digest of each item's check")
        yield ""
    yield _("## The files")
    yield ""
    known = {
        "report.html": _("the page: every item, with its findings beside the lines that they speak of"),
        "report.md": _("the same as text"),
        "results.json": _("the same as data: verdicts, findings, evidence, digests, versions"),
        ROSTER: _("where the submission is, and at which commits"),
        COURSE: _("the course file: levels, points, limits"),
        "asked.json": _("what was asked of everybody"),
        "attempts.json": _("the tries that came to nothing"),
        "log.txt": _("what such a try printed"),
        "overrides.csv": _("what people decided by hand"),
        "changes.json": _("what the correction of a check or of the course file changed"),
    }
    for name in files:
        what = known.get(name.rpartition("/")[2]) or _("how it was before a check or the course file was corrected")
        yield _("- {name}: {what}", name=name, what=what)
    yield ""
    yield _("Passwords, keys and tokens are taken out wherever they were seen. Nothing of other people is in here.")


def repeating(record: Record) -> list[str]:
    """The command that grades it again, in the folder of the unpacked archive."""
    options = record.check_without(HOMEWORK.flag, "--hw-course")
    course = [f"--hw-course={COURSE}"] if record.course is not None else []
    names = [f"{HOMEWORK.flag}={name}" for name in record.names]
    return ["dockerlab", "grade", ROSTER, *names, *options, *course, "-o", "repeated"]


def _total(entry: Entry) -> Message | str:
    return _("none: nothing is known") if entry.total is None else f"{entry.total:g}"
