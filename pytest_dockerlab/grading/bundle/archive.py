"""Everything that is known of one submission's grades, in one archive: for an appeal, which somebody reads who was not
there. Nothing of anybody else is in it, and no secret: every text goes through the mask once more.
"""

from __future__ import annotations

import csv
import io
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ...feedback import Feedback
from ...roster.row import Row
from ...source import Source
from ...submission.text.secrets import masked
from ..attempts import read_attempts
from ..export.files import replacing
from ..gradebook.assembly import make_gradebook
from ..gradebook.model import Gradebook
from ..gradebook.overrides import Overrides, read_overrides
from ..gradebook.table import formula_safe
from ..graded import Graded
from ..out import Out, file_name
from ..pages import write_pages
from ..record import Record, read_record
from ..regrading.folder import Regrade
from .readme import COURSE, ROSTER, readme, written

__all__ = ["Bundle", "bundle"]


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
    gradebook = make_gradebook([graded], overrides, language)
    files = dict(_pages(graded, gradebook))
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
    automatic = make_gradebook([graded], Overrides(), language).rows[0]
    about = readme(row, source, graded, gradebook.rows[0], automatic, record, files)
    return Bundle({"README.md": masked(written(about, language)), **files})


def _of(id: str, overrides: Overrides) -> Overrides:
    """Those of this submission; of others only how many points an item of theirs may have."""
    return replace(overrides, marks={key: each for key, each in overrides.marks.items() if key[0] == id})


def _pages(graded: Graded, gradebook: Gradebook) -> Iterator[tuple[str, str]]:
    """The page, with all that there is to see."""
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


def _dumped(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
