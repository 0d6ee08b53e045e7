"""The item docker-1/committed-image."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import read_log
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.checks.docker_1._log import ImageRow
    from pytest_dockerlab.submission.files.tree import Tree

_SHOWN = 10


@check(
    "docker-1/committed-image",
    "the table lists an image that the student committed",
    level="advisory",
    needs=["docker-1/images-table"],
)
def committed_image(tree: Tree) -> None:
    """By its name and age: whatever docker commit makes has a name of one's own and is new when the log is saved."""
    log = read_log(tree)
    stock = {row.id: row for row in log.rows if _is_stock(row)}
    made = [row for row in log.rows if _is_committed(row) and stock.get(row.id, row) is row]
    note("committed", [row.reference for row in made])
    retagged = [row for row in log.rows if not _is_stock(row) and row.id in stock]
    found: object = [row.reference for row in log.rows[:_SHOWN]]
    if retagged:
        found = _(
            "{image} has the id of {stock}: it is only another name for it",
            image=retagged[0].reference,
            stock=stock[retagged[0].id].reference,
        )
    expect(
        made,
        _("one of the images is the student's own"),
        found=found,
        at=log.location((retagged or log.rows)[0].line),
        hint=_("docker commit a container under a name of your own, then save docker images again"),
    )


# What the Docker Hub itself publishes and a beginner pulls. Only these: any other name may be somebody's own.
_STOCK_NAMES = """
adminer alpine amazonlinux bash busybox caddy centos consul couchdb debian docker drupal eclipse-temurin
elasticsearch fedora gcc ghost golang gradle grafana haproxy hello-world hello-seattle httpd influxdb java jenkins
joomla kibana logstash mariadb maven memcached mongo mongo-express mysql nextcloud nginx node openjdk oraclelinux
perl php phpmyadmin postgres prometheus python rabbitmq redis registry rockylinux ruby rust sonarqube swarm tomcat
traefik ubuntu vault wordpress zookeeper
"""
_STOCK = frozenset(_STOCK_NAMES.split())
_DOCKER_HUB = re.compile(r"(?:(?:index\.|registry-1\.)?docker\.io/)?(?:library/)?")
_ASKED_FOR = "tmp-file"
"""What the exercise calls the image: <user>/ubuntu-tmp-file."""
_RECENT = re.compile(r"\b(?:second|minute)s?\b", re.IGNORECASE)
_OLD = re.compile(r"\b(?:week|month|year)s?\b", re.IGNORECASE)


def _is_committed(row: ImageRow) -> bool:
    """Whether it looks like an image of the student's own, by name and age.

    What ``docker commit`` made is new when the log is saved; what was pulled under somebody's name (a runner, the
    course's checker) was made weeks before. A stock name with an age of minutes was committed under that name.
    """
    if _ASKED_FOR in row.reference:
        return True
    if row.name == "<none>":
        return False
    return bool(_RECENT.search(row.created)) if _is_stock(row) else not _OLD.search(row.created)


def _is_stock(row: ImageRow) -> bool:
    """Whether its name is that of an image everybody pulls."""
    return _DOCKER_HUB.sub("", row.name, count=1) in _STOCK
