"""The item docker-4/reachability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4._matrix_note import matrix_note
from pytest_dockerlab.checks.docker_4._name_problems import name_problems
from pytest_dockerlab.checks.docker_4._network_figure import network_figure
from pytest_dockerlab.checks.docker_4._wrong_cells import Judged, WrongCells
from pytest_dockerlab.findings import Unverified, draw, note, report
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.engine.probes.matrix import Cell
    from pytest_dockerlab.engine.probes.skeleton import Skeleton
    from pytest_dockerlab.plans.skeletons.plan import SkeletonPlan
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.submission import Submission

INTENDED = {
    (Role.UI, Role.POST): True,
    (Role.UI, Role.COMMENT): True,
    (Role.UI, Role.DATABASE): False,
    (Role.POST, Role.DATABASE): True,
    (Role.COMMENT, Role.DATABASE): True,
}
"""Who has to reach whom, and who must not. Of the other pairs the homework says nothing."""
_WHOLE = 8
"""Up to so many stand-ins every pair is measured, and shown; beyond it what the homework speaks of."""


@check(
    "docker-4/reachability",
    "every service reaches exactly what it should",
    tier="engine",
    needs=["docker-4/compose-file", Need.COMPOSE, Need.ENGINE],
    told_by=["docker-4/networks"],
)
def reachability(
    submission: Submission, compose: ComposeProject, skeleton_plan: SkeletonPlan, skeleton: Skeleton
) -> None:
    wanted, others = pairs_to_measure(compose, skeleton_plan)
    cells = skeleton.measure(wanted, others)
    judged = judge(compose, skeleton_plan, cells)
    note("matrix", matrix_note(compose, judged))
    draw(network_figure(compose, judged, INTENDED))
    note("not part of the skeleton", [f"{key} ({', '.join(who)})" for key, who in skeleton_plan.dropped.items()])
    if skeleton_plan.remarks:
        note("remarks", list(skeleton_plan.remarks))
    report(name_problems(submission, compose))
    report(judged.findings)
    _stop_at_the_rest(compose, skeleton_plan, judged)


def _stop_at_the_rest(compose: ComposeProject, plan: SkeletonPlan, judged: Judged) -> None:
    """Raise ``Unverified`` where something is left that is another item's, or that nothing was shown about."""
    from pytest_dockerlab.plans.skeletons.plan import Cause

    if judged.by_networks:
        raise Unverified(
            _("measured, and explained by the networks: {cells}", cells=[each.found for each in judged.by_networks]),
            _("correct docker-4/networks first"),
            told_by="docker-4/networks",
            findings=judged.by_networks,
        )
    told_by = {Cause.NO_REPLICAS: "docker-4/compose-file", Cause.HOST_NETWORK: "docker-4/networks"}
    for name, skipped in plan.skipped.items():
        if compose.services[name].role is not None:
            raise Unverified(
                skipped.reason,
                _("the services that are not started here could not be measured"),
                told_by=told_by.get(skipped.cause),
                at=compose.services[name].location,
            )
    if judged.leaks:
        raise Unverified(
            _(
                "this engine does not isolate networks from each other: {leaks}, though they share no network",
                leaks=judged.leaks,
            ),
            _("use another docker host: Docker Engine on Linux isolates networks from each other"),
        )
    if judged.uncontrolled:
        raise Unverified(
            _(
                "no service can reach {targets}, so it proves nothing that ui cannot",
                targets=judged.uncontrolled,
            ),
            _("fix the other findings first"),
        )


def pairs_to_measure(
    project: ComposeProject, plan: SkeletonPlan
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The pairs that the homework speaks of, and those which are only shown."""
    names = [each.service for each in plan.stand_ins]
    pairs = [(source, target) for source in names for target in names if source != target]
    wanted = [pair for pair in pairs if _roles(project, pair) in INTENDED]
    return wanted, [pair for pair in pairs if pair not in wanted] if len(names) <= _WHOLE else []


def judge(project: ComposeProject, plan: SkeletonPlan, cells: Sequence[Cell]) -> Judged:
    """Compare what was measured with what is intended."""
    judged = Judged({(cell.source, cell.target): cell for cell in cells})
    wrong = WrongCells(project, plan, judged)
    sources = [each.service for each in plan.stand_ins]
    for source in sources:
        for (source_role, target_role), is_intended in INTENDED.items():
            if project.services[source].role is not source_role:
                continue
            found = [cell for cell in cells if cell.source == source and _role(project, cell.target) is target_role]
            if is_intended:
                wrong.positives(found)
            else:
                wrong.negatives(found)
    judged.findings = wrong.findings()
    return judged


def _role(project: ComposeProject, service: str) -> Role | None:
    return project.services[service].role


def _roles(project: ComposeProject, pair: tuple[str, str]) -> tuple[Role, Role] | None:
    source, target = (project.services[name].role for name in pair)
    return (source, target) if source is not None and target is not None else None
