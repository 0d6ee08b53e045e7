"""The item docker-1/clean-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import read_log
from pytest_dockerlab.findings import Unverified, expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.hosts.hosts import DockerHost
    from pytest_dockerlab.submission.files.tree import Tree


@check(
    "docker-1/clean-up",
    "no container or image of the table is left behind",
    level="advisory",
    tier="engine",
    needs=["docker-1/images-table", Need.ENGINE],
)
def clean_up(tree: Tree, docker_host: DockerHost, is_students_host: bool) -> None:
    """By image id alone: a name may be anybody's by now. Nothing is removed."""
    if not is_students_host:
        raise Unverified(
            _("the docker host is not the student's own"),
            _("run it where the homework was done, or name that docker host: --hw-docker-host"),
        )
    log = read_log(tree)
    rows = {row.id: row for row in log.rows}
    api = docker_host.client.api
    images = {str(image["Id"]) for image in api.images(all=True)}
    containers = api.containers(all=True)
    note("images on the docker host", len(images))
    note("containers on the docker host", len(containers))
    for row in rows.values():
        left = sorted(
            str((container.get("Names") or [container["Id"][:12]])[0]).lstrip("/")
            for container in containers
            if row.is_of(str(container["ImageID"]))
        )
        expect(
            not left,
            _("no container of {image} is left", image=f"{row.reference} ({row.id[:12]})"),
            found=left,
            at=log.location(row.line),
            hint=_("docker rm -f {names}", names=" ".join(left)),
        )
        expect(
            not any(row.is_of(id) for id in images),
            _("the image {image} is removed", image=f"{row.reference} ({row.id[:12]})"),
            found=_("it is on the docker host"),
            at=log.location(row.line),
            hint=_("docker rmi {image}, once no container uses it", image=row.id[:12]),
        )
