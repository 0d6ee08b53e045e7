"""Results as GitLab's Code Quality report, which a merge request lists with files and lines.

GitLab keeps one entry for each fingerprint, compares those of two branches, and stops reading at an entry that is not
right (https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format).
"""

from __future__ import annotations

import hashlib
import json
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from ..findings import Finding
from ..homework import Level
from ..messages import Message, _, shortened, text, to_json
from ..results import ItemResult, Verdict
from .lines import printable

__all__ = ["code_quality"]

_SEVERITY = {Level.REQUIRED: "major", Level.OPTIONAL: "minor", Level.ADVISORY: "info"}
_LONGEST = 2000
"""Of a description: it is one line in a list."""


def code_quality(results: Iterable[ItemResult], language: str, folder: str = ".") -> list[dict[str, Any]]:
    """An entry for every finding of one submission that lies in ``folder`` of its repository.

    What GitLab cannot show on a line (a file that is missing) stands at the folder as a whole.
    """
    seen: Counter[str] = Counter()
    entries = []
    for result in results:
        for finding in _findings(result):
            # of the language and the line nothing: neither makes it another finding
            said = [to_json(finding.expected or Message(result.title)), to_json(finding.found)]
            content = json.dumps([result.id, _path(finding, folder), said], sort_keys=True)
            seen[content] += 1
            entries.append({
                "description": _description(result, finding, language),
                "check_name": result.id,
                "fingerprint": hashlib.sha256(f"{content} {seen[content]}".encode()).hexdigest(),
                "severity": _SEVERITY[result.level],
                "location": {
                    "path": _path(finding, folder),
                    "lines": {"begin": (finding.at.line if finding.at else None) or 1},
                },
            })  # fmt: skip
    return entries


def _findings(result: ItemResult) -> Iterator[Finding]:
    if result.verdict in (Verdict.FAILED, Verdict.ADVISED):
        yield from result.findings


def _path(finding: Finding, folder: str) -> str:
    return posixpath.normpath(posixpath.join(folder, finding.at.file if finding.at else ""))


def _description(result: ItemResult, finding: Finding, language: str) -> str:
    """What was expected, what is there, what to do: on one line, and without control characters."""
    parts: list[object] = [finding.expected or Message(result.title)]
    if finding.found is not None:
        parts.append(_("found: {found}", found=finding.found))
    if finding.hint is not None:
        parts.append(_("to do: {hint}", hint=finding.hint))
    line = printable(" ".join("; ".join(text(part, language) for part in parts).split()))
    return shortened(line, _LONGEST)
