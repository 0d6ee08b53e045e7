"""The item docker-1/images-table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import read_log
from pytest_dockerlab.findings import note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Tree


_MAX_LINE = 1000


@check("docker-1/images-table", "docker-1.log contains a docker images table", needs=["docker-1/log-file"])
def images_table(tree: Tree) -> None:
    log = read_log(tree)
    note("rows", [f"{row.reference} {row.id} {row.size}" for row in log.rows])
    note("lines that are not rows", list(log.broken))
    require(
        log.headers,
        _("the table of docker images is in it, with its header"),
        found=_("the table of docker ps") if "CONTAINER ID" in log.content else _("no such header"),
        at=log.location(_where_it_may_be(log.lines) if log.content.strip() else None),
        hint=_("run docker images and paste all it prints, with the line REPOSITORY TAG IMAGE ID CREATED SIZE"),
    )
    require(
        log.rows,
        _("the table has a row with name, tag, id, age and size"),
        found=[log.lines[number - 1].strip()[:200] for number in log.broken] or _("nothing under the header"),
        at=log.location((log.broken or log.headers)[0]),
        hint=_("paste the rows as docker images prints them, one image per line"),
    )


def _where_it_may_be(lines: list[str]) -> int:
    """The header of another table, else the first line with an id of an image, else the first line."""
    for sign in (re.compile(r"CONTAINER ID"), re.compile(r"\b[0-9a-f]{12}\b")):
        found = next((number for number, line in enumerate(lines, start=1) if sign.search(line[:_MAX_LINE])), None)
        if found is not None:
            return found
    return 1
