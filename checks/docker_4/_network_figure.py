"""The networks of the project and who reaches whom, as the data of a picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.figures import Reached, networks
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pytest_dockerlab.checks.docker_4._wrong_cells import Judged
    from pytest_dockerlab.engine.probes.matrix import Cell
    from pytest_dockerlab.submission.compose.project import ComposeProject


def network_figure(
    project: ComposeProject,
    judged: Judged | None = None,
    intended: Mapping[tuple[Role, Role], bool] | None = None,
) -> dict[str, object]:
    """The services in the order of their roles, each on its networks; and what was measured, if anything was."""
    order = [*Role, None]
    services = sorted(project.services.values(), key=lambda each: order.index(each.role))
    return networks(
        [network.key for network in project.networks.values() if network.members],
        {each.name: list(each.networks) for each in services},
        _reached(project, judged, intended or {}) if judged is not None else (),
        {each.name: each.network_mode for each in services if each.network_mode},
    )


def _reached(project: ComposeProject, judged: Judged, intended: Mapping[tuple[Role, Role], bool]) -> Iterator[Reached]:
    for (source, target), cell in judged.cells.items():
        roles = project.services[source].role, project.services[target].role
        is_intended = intended.get((roles[0], roles[1])) if roles[0] and roles[1] else None
        yield Reached(source, target, _said(cell), is_intended, (source, target) not in judged.wrong)


def _said(cell: Cell) -> str:
    if cell.is_reached:
        return "not by every name" if cell.wrong_names else "yes"
    return "no" if cell.is_controlled else "unknown"
