"""The matrix of who reaches whom as a table for people, and as data for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._wrong_cells import key_of
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.checks.docker_4._wrong_cells import Judged
    from pytest_dockerlab.engine.probes.matrix import Cell
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.project import ComposeProject


def matrix_note(project: ComposeProject, judged: Judged) -> Message:
    """The matrix as a table for people. Its arguments hold the same as data, and everything that was measured."""
    order = [*Role, None]
    measured = dict.fromkeys(name for pair in judged.cells for name in pair)
    names = sorted(measured, key=lambda name: order.index(project.services[name].role))
    cells = [[_cell_text(judged, (source, target)) for target in names] for source in names]
    width = max((len(name) for name in names), default=0)
    lines = [" ".join([" " * width, *names])]
    for source, row in zip(names, cells, strict=True):
        marks = [mark.ljust(len(name)) for mark, name in zip(row, names, strict=True)]
        lines.append(" ".join([source.ljust(width), *marks]).rstrip())
    return _(
        "{table}\n{legend}",
        table="\n".join(lines),
        legend=_("+ reachable, ~ not by every name, - not reachable, ? unknown, ! not as it should be"),
        rows=names,
        columns=names,
        cells=cells,
        measured=[_measured(project, cell) for cell in judged.cells.values()],
    )


def _cell_text(judged: Judged, pair: tuple[str, str]) -> str:
    cell = judged.cells.get(pair)
    if cell is None:
        return "" if pair[0] == pair[1] else "?"
    mark = "+" if cell.is_reached else "-" if cell.is_controlled else "?"
    if cell.is_reached and cell.wrong_names:
        mark = "~"
    return mark + "!" * (pair in judged.wrong)


def _measured(project: ComposeProject, cell: Cell) -> dict[str, object]:
    return {
        "from": cell.source,
        "to": cell.target,
        "names": {each.name: sorted(each.owners) for each in cell.names},
        "addresses": {key_of(project, each.network): str(each.reach) for each in cell.by_address},
    }
