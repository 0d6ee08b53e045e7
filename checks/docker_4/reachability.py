"""The item docker-4/reachability."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_dockerlab.checks.docker_4._matrix import Judged, judge, matrix_note, pairs_to_measure
from pytest_dockerlab.engine.probes.skeleton import Skeleton
from pytest_dockerlab.findings import Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.plans.skeletons.plan import SkeletonPlan
from pytest_dockerlab.submission.compose.project import ComposeProject


@check(
    "docker-4/reachability",
    "every service reaches exactly what it should",
    tier="engine",
    needs=["docker-4/compose-file", Need.COMPOSE, Need.ENGINE],
)
def reachability(compose: ComposeProject, skeleton_plan: SkeletonPlan, skeleton: Skeleton) -> None:
    wanted, others = pairs_to_measure(compose, skeleton_plan)
    cells = skeleton.measure(wanted, others)
    judged = judge(compose, skeleton_plan, cells)
    note("matrix", matrix_note(compose, judged))
    note("not part of the skeleton", [f"{key} ({', '.join(who)})" for key, who in skeleton_plan.dropped.items()])
    if skeleton_plan.remarks:
        note("remarks", list(skeleton_plan.remarks))
    for finding in (*skeleton_plan.faults, *judged.findings):
        expect(False, finding.expected, found=finding.found, at=finding.at, hint=finding.hint)
    _stop_at_the_rest(compose, skeleton_plan, judged)


def _stop_at_the_rest(compose: ComposeProject, plan: SkeletonPlan, judged: Judged) -> None:
    """Raise ``Unverified`` where something is left that is another item's, or that nothing was shown about."""
    for name, skipped in plan.skipped.items():
        if compose.services[name].role is not None:
            stop = Unverified(skipped.reason, _("the services that are not started here could not be measured"))
            stop.because_of = skipped.because_of
            raise stop
    if judged.leaks:
        raise Unverified(
            _("this engine does not keep networks apart: {leaks}, and no network has both", leaks=judged.leaks),
            _("use another docker host: Docker Engine on Linux isolates networks from each other"),
        )
    if judged.by_networks:
        raise _because_of_networks(judged.by_networks)
    if judged.uncontrolled:
        raise Unverified(
            _("nobody at all reaches {targets}: that ui does not shows nothing", targets=judged.uncontrolled),
            _("correct what else is found first"),
        )


def _because_of_networks(cells: Iterable[Message]) -> Unverified:
    stop = Unverified(
        _("measured, and it follows from the networks: {cells}", cells=list(cells)),
        _("correct docker-4/networks first"),
    )
    stop.because_of = "docker-4/networks"
    return stop
