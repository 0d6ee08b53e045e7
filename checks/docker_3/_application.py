"""The four containers of docker-3 as we would run them: by their Dockerfiles alone, or by ``docker run`` lines."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pytest_dockerlab.checks.docker_3._image_names import is_image_name
from pytest_dockerlab.checks.docker_3._images import service_build
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import _, excerpt
from pytest_dockerlab.submission.scan.roles import APPLICATION, Role, role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.plans.applications.plan import AppMount, AppPlan
    from pytest_dockerlab.submission.dockerfiles.image import Image
    from pytest_dockerlab.submission.scan.dockerruns import DockerRun
    from pytest_dockerlab.submission.submission import Submission

__all__ = ["plan_of_lines", "plan_of_services"]

# The database where the submission names none: the exercise's own line.
_DATABASE_IMAGE = "mongo:latest"
_PORTS = {Role.UI: 9292, Role.POST: 5000, Role.COMMENT: 9292}
_NETWORK = "reddit"
# What can be an alias; and a network's key in a compose file: https://docs.docker.com/reference/compose-file/
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}")
_DEFAULT_BRIDGE = ("bridge", "default")
# How the course's own Dockerfiles call the others; what a submission's say comes beside it.
_NAMES = {Role.UI: ("ui",), Role.POST: ("post",), Role.COMMENT: ("comment",), Role.DATABASE: ("post_db", "comment_db")}


def plan_of_services(submission: Submission, images: Mapping[str, str], *, volume: AppMount | None = None) -> AppPlan:
    """The four containers on one network, under the names that the images themselves ask for.

    :param images: the course's replacements of images.
    :param volume: where the database keeps its data.
    """
    from pytest_dockerlab.plans.applications.plan import AppNetwork, AppPlan, AppService

    remarks: list[Message] = []
    found = _images(submission)
    asked = {name: value for image in found.values() for name, value in _environment(image).items()}
    names: dict[Role, list[str]] = {role: list(given) for role, given in _NAMES.items()}
    for variable, host in asked.items():
        role = role_of_name(variable)
        if variable.upper().endswith("_HOST") and role in names and _NAME.fullmatch(host):
            names[role].append(host)
    services = [
        AppService(
            name=str(role),
            role=role,
            build=service_build(submission.service_files[role]),
            image=None,
            networks={_NETWORK: tuple(dict.fromkeys(names[role]))},
            settings=_in_order(role, ""),
            ports=(_port(role, image, asked),),
        )
        for role, image in found.items()
    ]
    services.append(
        AppService(
            name="database",
            role=Role.DATABASE,
            build=None,
            image=_database(submission.docker_runs, images, remarks),
            networks={_NETWORK: tuple(dict.fromkeys(names[Role.DATABASE]))},
            mounts=(volume,) if volume is not None else (),
        )
    )
    return AppPlan(tuple(services), {_NETWORK: AppNetwork()}, tuple(remarks))


def plan_of_lines(submission: Submission, scene: Sequence[DockerRun], images: Mapping[str, str]) -> AppPlan:
    """The containers of ``docker run`` lines that belong together, with their names, networks and variables.

    Of a line only these are taken over. Raises ``Unverified`` where the lines do not start all four, and for a network
    that is not the lines' own.
    """
    from pytest_dockerlab.plans.applications.plan import AppNetwork, AppPlan, AppService

    remarks: list[Message] = []
    found = _images(submission)
    lines = {run.role: run for run in scene if run.role is not None}
    missing = [role for role in Role if role not in lines]
    if missing:
        raise Unverified(
            _(
                "the lines at {place} do not start {roles}",
                place=str(scene[0].at),
                roles=[str(each) for each in missing],
            ),
            _("show the docker run lines of all four containers together"),
        )
    services = []
    for role, run in lines.items():
        networks = {name: _aliases(run) for name in _networks(run)}
        image = found.get(role)
        services.append(
            AppService(
                name=f"{role}-line",
                role=role,
                build=service_build(submission.service_files[role]) if image is not None else None,
                image=None if image is not None else _database([run], images, remarks),
                networks=networks,
                at=run.at,
                settings=_in_order(role, "-line") | ({} if networks else {"network_mode": "bridge"}),
                environment={name: value for name, value in run.environment.items() if name},
                ports=(_port(role, image, _asked(lines.values())),) if image is not None else (),
            )
        )
    keys = dict.fromkeys(name for service in services for name in service.networks)
    return AppPlan(tuple(services), {name: AppNetwork() for name in keys}, tuple(remarks))


def _in_order(role: Role, suffix: str) -> dict[str, Any]:
    """Who is started after whom, as by hand; and again, for between two lines of a person there is time."""
    if role is Role.DATABASE:
        return {}
    behind = [Role.POST, Role.COMMENT] if role is Role.UI else [Role.DATABASE]
    after = {f"{each}{suffix}": {"condition": "service_started"} for each in behind}
    return {"restart": "on-failure:10", "depends_on": after}


def _networks(run: DockerRun) -> list[str]:
    """The networks of a line but the default bridge, where it is without any."""
    found = [name for name in run.networks if name and name not in _DEFAULT_BRIDGE]
    for name in found:
        if name in ("host", "none") or not _NAME.fullmatch(name):
            raise Unverified(
                _("{place} uses the network {name}, which is not one that these lines share", place=str(run.at),
                  name=excerpt(name)),
                _("use a network made with docker network create"),
            )  # fmt: skip
    return found


def _aliases(run: DockerRun) -> tuple[str, ...]:
    return tuple(name for name in sorted(run.names) if _NAME.fullmatch(name))


def _images(submission: Submission) -> dict[Role, Image]:
    """What the three images say of themselves, by role."""
    files = submission.service_files
    missing = [str(role) for role in APPLICATION if role not in files]
    if missing:
        raise Unverified(
            _("there is no Dockerfile of {roles}", roles=missing),
            _("add it first: see docker-3/services"),
            told_by="docker-3/services",
        )
    return {role: submission.dockerfile(service_build(files[role]).dockerfile).image() for role in APPLICATION}


def _environment(image: Image) -> dict[str, str]:
    return {name: setting.value for name, setting in image.environment.items()}


def _asked(runs: Iterable[DockerRun]) -> dict[str, str]:
    return {name: value for run in runs for name, value in run.environment.items()}


def _port(role: Role, image: Image, asked: Mapping[str, str]) -> int:
    """The port a service listens on: what others ask for, what its image exposes, else the course's."""
    told = next((value for name, value in asked.items() if name.upper() == f"{role.upper()}_SERVICE_PORT"), "")
    exposed = [each.partition("/")[0] for each in image.exposed if not each.lower().endswith("/udp")]
    for text in (told, *exposed):
        if re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) < 65536:
            return int(text)
    return _PORTS[role]


def _database(runs: Iterable[DockerRun], images: Mapping[str, str], remarks: list[Message]) -> str:
    """The database's image: what the submission's lines name, replaced where the course says so."""
    from pytest_dockerlab.plans.builds.base_images import replacement

    named = [run.image for run in runs if run.role is Role.DATABASE and is_image_name(run.image)]
    name = named[0] if named else _DATABASE_IMAGE
    new = replacement(name, images)
    if new is None:
        return name
    remarks.append(_("{old} is replaced by {new}, as the course file says", old=name, new=new))
    return new
