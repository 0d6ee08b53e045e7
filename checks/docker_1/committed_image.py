"""The item docker-1/committed-image."""

from __future__ import annotations

from pytest_dockerlab.checks.docker_1._shared import _log
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
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
    log = _log(tree)
    stock = {row.id: row for row in log.rows if row.is_stock}
    made = [row for row in log.rows if row.is_committed and stock.get(row.id, row) is row]
    note("committed", [row.reference for row in made])
    retagged = [row for row in log.rows if not row.is_stock and row.id in stock]
    found: object = [row.reference for row in log.rows[:_SHOWN]]
    if retagged:
        found = _(
            "{image} has the id of {stock}: another name for it",
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
