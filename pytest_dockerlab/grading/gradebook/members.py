"""The people of one row: a group hands in one repository, and each of it has a line in the gradebook."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["cell_of", "is_uneven", "members_of"]

_SEPARATOR = ";"
_WHO = ("email", "name")


def cell_of(columns: Mapping[str, str], name: str) -> str:
    """The cell of the column ``name``, whose header may be in capitals."""
    return next((cell for header, cell in columns.items() if header.strip().casefold() == name), "")


def members_of(columns: Mapping[str, str]) -> tuple[Mapping[str, str], ...]:
    """The row's cells for each person of it.

    There are as many as ``email`` (else ``name``) lists, with semicolons between them. A cell that lists as many words
    has one for each of them, any other is everybody's.
    """
    count = next((len(_listed(cell)) for who in _WHO if (cell := cell_of(columns, who))), 1)
    if count < 2:
        return (columns,)
    return tuple({name: _of_one(name, cell, at, count) for name, cell in columns.items()} for at in range(count))


def is_uneven(columns: Mapping[str, str]) -> bool:
    """Whether several names are listed, and not as many addresses: some of the people have no line then."""
    names, addresses = (len(_listed(cell_of(columns, who))) for who in ("name", "email"))
    return names > 1 and addresses not in (0, names)


def _of_one(name: str, cell: str, at: int, count: int) -> str:
    parts = _listed(cell)
    is_who = name.strip().casefold() in _WHO
    is_list = len(parts) == count and (is_who or not any(" " in part for part in parts))
    return parts[at] if is_list else cell


def _listed(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(_SEPARATOR) if part.strip()]
