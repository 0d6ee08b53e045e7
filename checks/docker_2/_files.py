"""docker-2: the items that read the repository."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_dockerlab.findings import Finding, expect


def _report(problems: Iterable[Finding]) -> None:
    for each in problems:
        expect(False, each.expected, found=each.found, at=each.at, hint=each.hint)
