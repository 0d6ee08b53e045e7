"""Writes the tables of ``docs/options.md`` and ``docs/limits.md`` between their two markers, from the code itself.

With ``--check`` it only says whether they are current: exit 1 when one is not.
"""

from __future__ import annotations

import dataclasses
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from pytest_dockerlab.option_table import OPTIONS, Option
from pytest_dockerlab.submission.budget import LIMITS

DOCS = Path(__file__).resolve().parent.parent / "docs"

_DEFAULT = re.compile(r"\s*\(default: (?P<value>.+)\)$")


def options() -> Iterator[tuple[str, ...]]:
    """The rows of the options. What is read first comes first: on a narrow page the rest is to the right of it."""
    yield "option", "what it says", "default", "environment variable", "ini key", "meets the need"
    yield from map(_option, OPTIONS)


def _option(option: Option) -> tuple[str, ...]:
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


def limits() -> Iterator[tuple[str, ...]]:
    """The rows of what is spent on one submission."""
    yield "what", "at most"
    yield from ((each.metadata["of what"], _amount(each)) for each in dataclasses.fields(LIMITS))


def _amount(limit: dataclasses.Field[float]) -> str:
    value, unit = getattr(LIMITS, limit.name), limit.metadata["unit"]
    if unit == "bytes":
        for name, size in (("MiB", 2**20), ("KiB", 2**10)):
            if value % size == 0:
                return f"{value // size} {name}"
    return f"{value:,g} {unit}".strip()


TABLES: Mapping[str, Callable[[], Iterator[tuple[str, ...]]]] = {"options": options, "limits": limits}
"""By the page's name, which its markers have too."""


def with_table(name: str, page: str) -> str:
    """The text of a page with its current table. Raises ``ValueError`` where it lacks the markers."""
    begin, end = f"<!-- {name}: begin -->", f"<!-- {name}: end -->"
    before, begins, rest = page.partition(begin)
    _old, ends, after = rest.partition(end)
    if not begins or not ends:
        raise ValueError(f"{begin} and {end} are not both in the page")
    head, *rows = TABLES[name]()
    table = "\n".join(
        "| " + " | ".join(cell.replace("|", r"\|") for cell in row) + " |" for row in (head, ["---"] * len(head), *rows)
    )
    return f"{before}{begin}\n\n{table}\n\n{end}{after}"


def main(arguments: list[str]) -> int:
    """Write the tables, or say whether they are current."""
    if arguments not in ([], ["--check"]):
        print(f"usage: {Path(__file__).name} [--check]", file=sys.stderr)
        return 2
    code = 0
    for name in TABLES:
        path = DOCS / f"{name}.md"
        page = path.read_text("utf-8")
        current = with_table(name, page)
        if not arguments:
            path.write_text(current, "utf-8")
        elif page != current:
            print(f"{path.name} is stale: run scripts/tables.py", file=sys.stderr)
            code = 1
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
