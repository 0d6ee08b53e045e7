"""Everything that is known of one submission's grades, in one archive: for an appeal, which somebody reads who was not
there. Nothing of anybody else is in it, and no secret: every text goes through the mask once more.
"""

from __future__ import annotations

import csv
import io
import json
import shlex
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..feedback import Feedback
from ..messages import Message, _, text
from ..option_table import HOMEWORK
from ..roster.row import Row
from ..selection import Source
from ..submission.text.secrets import masked
from .attempts import read_attempts
from .export.files import replacing
from .gradebook.assembly import make_gradebook
from .gradebook.model import Entry
from .gradebook.overrides import Overrides, read_overrides
from .gradebook.table import formula_safe
from .graded import Graded
from .out import Out, file_name
from .pages import write_pages
from .record import Record, read_record
from .regrading.folder import Regrade

__all__ = ["Bundle", "bundle", "repeating"]

ROSTER, COURSE, REPEATED = "submission.csv", "course.toml", "repeated"


@dataclass(frozen=True, slots=True)
class Bundle:
    """What is in an archive, by file name."""

    files: Mapping[str, str]

    def write(self, target: Path) -> None:
        """Write it. Raises :class:`ConfigurationError` where that cannot be."""
        with replacing(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in self.files.items():
                archive.writestr(name, content.encode("utf-8", "backslashreplace"))


def bundle(out: Out, row: Row, source: Source | None, graded: Graded, language: str) -> Bundle:
    """What is known of the submission of ``row``, which lies at ``source`` and came to ``graded``.

    Raises :class:`ConfigurationError` for what cannot be read.
    """
    record = read_record(out)
    overrides = _of(row.id, read_overrides(out.overrides))
    files = dict(_pages(graded, overrides, language))
    if graded.result is not None:
        files["results.json"] = out.result_of(row.id).read_text("utf-8")
    if out.course.is_file() and record.course is not None:
        files[COURSE] = out.course.read_text("utf-8")
    if source is not None:
        files[ROSTER] = _roster(row, source)
    files["asked.json"] = _dumped(_asked(record))
    attempts = read_attempts(out, row.id)
    if attempts.tries:
        files["attempts.json"] = _dumped({"id": row.id, "tries": attempts.tries})
    log = out.logs / f"{file_name(row.id)}.txt"
    if log.is_file():
        files["log.txt"] = log.read_text("utf-8", "replace")
    if overrides.marks:
        files["overrides.csv"] = _overrides(overrides)
    files |= _before(out, row.id)
    files = {name: masked(content) for name, content in sorted(files.items())}
    entry, automatic = (make_gradebook([graded], each, language).rows[0] for each in (overrides, Overrides()))
    about = _readme(row, source, graded, entry, automatic, record, files)
    return Bundle({"README.md": masked("\n".join(text(line, language) for line in about) + "\n"), **files})


def repeating(record: Record) -> list[str]:
    """The command that grades it again, in the folder of the unpacked archive."""
    options = record.check_without(HOMEWORK.flag, "--hw-course")
    course = [f"--hw-course={COURSE}"] if record.course is not None else []
    names = [f"{HOMEWORK.flag}={name}" for name in record.names]
    return ["dockerlab", "grade", ROSTER, *names, *options, *course, "-o", REPEATED]


def _of(id: str, overrides: Overrides) -> Overrides:
    """Those of this submission; of others only how many points an item of theirs may have."""
    return replace(overrides, marks={key: each for key, each in overrides.marks.items() if key[0] == id})


def _pages(graded: Graded, overrides: Overrides, language: str) -> Iterator[tuple[str, str]]:
    """The page, with all that there is to see."""
    gradebook = make_gradebook([graded], overrides, language)
    with tempfile.TemporaryDirectory(prefix="dockerlab-bundle-") as folder:
        scratch = Out(Path(folder))
        write_pages(scratch, [graded], gradebook, Feedback())
        for suffix in ("html", "md"):
            made = scratch.page_of(graded.id, suffix)
            if made.is_file():
                yield f"report.{suffix}", made.read_text("utf-8")


def _roster(row: Row, source: Source) -> str:
    """A roster of this one submission, at the commits that were graded."""
    refs = {slug: str(each["commit"]) for slug, each in source.revisions.items() if not each["worktree"]}
    cells = {
        "id": row.id,
        **({"url": row.url} if row.url else {"path": source.path}),
        **({"language": row.language} if row.language else {}),
        **{f"ref:{slug}": commit for slug, commit in refs.items()},
    }
    return _table([cells.keys(), cells.values()])


def _overrides(overrides: Overrides) -> str:
    rows = [
        [id, item, str(each.verdict or ""), "" if each.points is None else f"{each.points:g}", each.reason, each.who,
         each.when]
        for (id, item), each in overrides.marks.items()
    ]  # fmt: skip
    head = ["id", "item", "verdict", "points", "reason", "who", "when"]
    return _table([head, *([formula_safe(cell) for cell in row] for row in rows)])


def _table(rows: Iterable[Iterable[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows(rows)
    return written.getvalue()


def _before(out: Out, id: str) -> dict[str, str]:
    """Its results before each regrade, and what that changed of it."""
    found = {}
    for folder in sorted((out.folder / "regrades").glob("[0-9]*")):
        regrade = Regrade(folder)
        if regrade.before(id).is_file():
            found[f"regrades/{folder.name}/results-before.json"] = regrade.before(id).read_text("utf-8")
            try:
                changes = json.loads(regrade.changes("json").read_text("utf-8"))["changes"]
            except (OSError, ValueError, LookupError):
                continue
            own = [each for each in changes if each["submission"] == id]
            found[f"regrades/{folder.name}/changes.json"] = _dumped({"schema": 1, "changes": own})
    return found


def _asked(record: Record) -> dict[str, Any]:
    """What was asked of everybody: the options and versions, and nothing of the roster."""
    return {
        "tool": {"name": "pytest-dockerlab", "version": record.version},
        "homework": list(record.homework),
        "tier": record.tier,
        "strict": record.strict,
        "course": record.course and record.course["digest"],
        "docker_host": record.docker_host,
        "check": list(record.check_without("--hw-course")),
        "started": record.started,
        "ended": record.ended,
    }


def _readme(
    row: Row,
    source: Source | None,
    graded: Graded,
    entry: Entry,
    automatic: Entry,
    record: Record,
    files: Mapping[str, str],
) -> Iterator[Message | str]:
    """``automatic`` is the entry before overrides."""
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
            else:
                yield _("- {homework}: commit {commit}", homework=slug, commit=str(revision["commit"]))
    if graded.late is not None:
        yield _("- {why}", why=graded.late)
    if graded.result is None:
        why = graded.reason or _("nothing more is known")
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
    yield f"    {shlex.join(repeating(record))}"
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


def _total(entry: Entry) -> Message | str:
    return _("none: nothing is known") if entry.total is None else f"{entry.total:g}"


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
