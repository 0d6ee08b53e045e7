"""Writes the table of ``docs/limits.md`` between its two markers, from the limits themselves.

Without ``--write`` it only says whether the table is current: exit 1 when it is not.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

from pytest_dockerlab.submission.budget import LIMITS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "limits.md"
BEGIN, END = "<!-- limits: begin -->", "<!-- limits: end -->"


def table() -> str:
    """The table in Markdown."""
    rows = [f"| {each.metadata['of what']} | {_amount(each)} |" for each in dataclasses.fields(LIMITS)]
    return "\n".join(["| what | at most |", "|---|---|", *rows])


def with_table(page: str) -> str:
    """``page`` with the current table. Raises ``ValueError`` where it lacks the markers."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{BEGIN} and {END} are not both in the page")
    return f"{before}{begin}\n\n{table()}\n\n{end}{after}"


def _amount(limit: dataclasses.Field[float]) -> str:
    value, unit = getattr(LIMITS, limit.name), limit.metadata["unit"]
    if unit == "bytes":
        for name, size in (("MiB", 2**20), ("KiB", 2**10)):
            if value % size == 0:
                return f"{value // size} {name}"
    return f"{value:,g} {unit}".strip()


def main(arguments: list[str]) -> int:
    """Write the table, or say whether it is current."""
    if arguments not in ([], ["--write"]):
        print(f"usage: {Path(__file__).name} [--write]", file=sys.stderr)  # noqa: T201
        return 2
    page = PAGE.read_text("utf-8")
    current = with_table(page)
    if arguments:
        PAGE.write_text(current, "utf-8")
    elif page != current:
        print(f"{PAGE.name} is stale: run scripts/limits_table.py --write", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
