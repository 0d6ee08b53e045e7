"""The item docker-2/app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks._driving import drive_deployment, drive_url
from pytest_dockerlab.checks.docker_2._monolith import monolith_to_build
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.submission.scan.roles import Role

if TYPE_CHECKING:
    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.deployment.applications import Applications
    from pytest_dockerlab.plans.applications.plan import AppPlan
    from pytest_dockerlab.submission.files.tree import Tree

_PORT = 9292
_NETWORK = "reddit"


@check(
    "docker-2/app",
    "the app on port 9292 keeps a post and shows it again",
    tier="app",
    needs=["docker-2/build", Need.ENGINE, Need.COMPOSE],
    endpoint=Need.APP_URL,
)
def app(tree: Tree, applications: Applications) -> None:
    if applications.url is not None:
        drive_url(applications.url, comments=False)
    else:
        drive_deployment(applications.start(plan(monolith_to_build(tree))), comments=False)


def plan(monolith: Monolith) -> AppPlan:
    """Everything in one container, on the port that the exercise names."""
    from pytest_dockerlab.plans.applications.plan import AppNetwork, AppPlan, AppService, BuildSource

    source = BuildSource(monolith.path("Dockerfile"), monolith.folder)
    service = AppService("reddit", Role.UI, source, None, {_NETWORK: ()}, ports=(_PORT,))
    return AppPlan((service,), {_NETWORK: AppNetwork()})
