"""Writes the option table of ``docs/options.md`` between its two markers, from the options themselves.

Without ``--write`` it only says whether the table is current: exit 1 when it is not.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from pytest_dockerlab.option_table import OPTIONS, Option

PAGE = Path(__file__).resolve().parent.parent / "docs" / "options.md"
BEGIN, END = "<!-- options: begin -->", "<!-- options: end -->"

_DEFAULT = re.compile(r"\s*\(default: (?P<value>.+)\)$")
# what is read first comes first: on a narrow page the rest is to the right of what is seen
_HEAD = ("option", "what it says", "default", "environment variable", "ini key", "meets the need")


def table() -> str:
    """The table in Markdown."""
    rows = [_HEAD, ("---",) * len(_HEAD), *(_row(option) for option in OPTIONS)]
    return "\n".join("| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in rows)


def with_table(page: str) -> str:
    """``page`` with the current table. Raises ``ValueError`` where it lacks the markers."""
    before, begin, rest = page.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{BEGIN} and {END} are not both in the page")
    return f"{before}{begin}\n\n{table()}\n\n{end}{after}"


def _row(option: Option) -> tuple[str, ...]:
    stated = _DEFAULT.search(option.help)
    default = "off" if option.is_flag else f"`{option.default}`" if option.default else ""
    if stated:
        default = stated["value"]
    value = "" if option.is_flag else " " + (option.metavar or "|".join(option.choices))
    needs = ", ".join(f"`{need}`" for need in option.needs)
    says = _DEFAULT.sub("", option.help)
    # dialects of Markdown do not agree on how a | is written in code in a table
    asked = f"`{option.flag}{value}`".replace("|", "` or `")
    return asked, says, default, f"`{option.environment}`", f"`{option.ini}`", needs


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
        print(f"{PAGE.name} is stale: run scripts/options_table.py --write", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
