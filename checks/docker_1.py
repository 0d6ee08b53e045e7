"""Homework 14, docker-1: first steps with Docker."""

from __future__ import annotations

from pytest_dockerlab.checks import _docker_1_labs
from pytest_dockerlab.engine.hosts.hosts import DockerHost
from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, Unverified, expect, note, require
from pytest_dockerlab.homework import Homework, Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.docker_log import DockerLog, find_log, find_logs, ignoring_lines, similar_names
from pytest_dockerlab.submission.files.tree import Tree
from pytest_dockerlab.submission.image_answer import find_answers
from pytest_dockerlab.submission.text.readme import Readme

# From the cohort of 2019-05 on it was handed in on the branch docker-2 (24 of the 50 accepted homeworks we looked at).
HOMEWORK = Homework("docker-1", 14, "first steps with Docker", merged_with=("docker-2",))

_SHOWN = 10

engine = _docker_1_labs.engine
no_sudo = _docker_1_labs.no_sudo
commit_lab = _docker_1_labs.commit_lab
inspect_lab = _docker_1_labs.inspect_lab


@check("docker-1/log-file", "docker-1.log exists and can be read")
def log_file(tree: Tree) -> None:
    """Anywhere: its place changed from cohort to cohort. One that git ignores is not handed in, and so missing."""
    paths = find_logs(tree)
    note("logs", paths)
    if not paths:
        ignored = next(ignoring_lines(tree), None)
        require(
            False,
            _("docker-1.log is in the repository"),
            found=similar_names(tree) or _("no file of a similar name"),
            at=ignored,
            hint=_("save what docker images prints to docker-1.log, and add it with git add -f: git ignores it")
            if ignored
            else _("save what docker images prints to docker-1.log, and commit it"),
        )
    try:
        log = find_log(tree)
    except (RefusedPath, LimitExceeded) as error:
        require(
            False,
            _("docker-1.log can be read"),
            found=str(error),
            at=Location(paths[0]),
            hint=_("replace it by a plain text file with what docker images prints"),
        )
        return
    assert log is not None
    note("log", log.path)
    note("encoding", log.text.encoding)
    expect(
        not log.text.binary and log.text.encoding != "latin-1",
        _("docker-1.log is a text"),
        found=_("it holds zero bytes") if log.text.binary else _("neither UTF-8 nor CP1251"),
        at=log.location(),
        hint=_("save it as UTF-8"),
    )
    if tree.tracked(log.path) is False:
        ignored = next(ignoring_lines(tree), None)
        expect(
            ignored is None,
            _("git takes docker-1.log"),
            found=_("it is not committed, and .gitignore passes it over"),
            at=ignored,
            hint=_("add it with git add -f {file}", file=log.path),
        )


@check("docker-1/images-table", "docker-1.log holds a docker images table", needs=["docker-1/log-file"])
def images_table(tree: Tree) -> None:
    log = _log(tree)
    note("rows", [f"{row.reference} {row.id} {row.size}" for row in log.rows])
    note("lines that are no row", list(log.broken))
    require(
        log.headers,
        _("the table of docker images is in it, with its header"),
        found=_("the table of docker ps") if "CONTAINER ID" in log.text.content else _("no such header"),
        at=log.location(1 if log.text.content.strip() else None),
        hint=_("run docker images and paste all it prints, with the line REPOSITORY TAG IMAGE ID CREATED SIZE"),
    )
    require(
        log.rows,
        _("the table has a row with name, tag, id, age and size"),
        found=[log.lines[number - 1].strip()[:200] for number in log.broken] or _("nothing under the header"),
        at=log.location((log.broken or log.headers)[0]),
        hint=_("paste the rows as docker images prints them, one image on a line"),
    )


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


@check("docker-1/image-vs-container", "image and container are compared by docker inspect", level="optional")
def image_vs_container(tree: Tree, readmes: list[Readme]) -> None:
    try:
        log = find_log(tree)
    except (RefusedPath, LimitExceeded):
        log = None  # the finding is log-file's
    answers = find_answers(tree, log, readmes)
    if not answers:
        raise NotAttempted(_("there is no explanation of image and container, in the log or in a README"))
    best = answers[0]
    note("answer", f"{best.at}: {best.form}")
    note("what it names", best.fields)
    if best.missing:
        expect(
            False,
            _("the output of docker inspect is there for an image and for a container"),
            found=_("only for an image") if "container" in best.missing else _("only for a container"),
            at=best.at,
            hint=_("add the other one, or write down which fields only one of them has"),
        )
        return
    expect(
        best.fields,
        _("the explanation names what docker inspect shows for one of them alone"),
        found=_("none of its fields"),
        at=best.at,
        hint=_("compare docker inspect of both: a container has State and NetworkSettings, an image RootFS.Layers"),
    )


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
    log = _log(tree)
    rows = {row.id: row for row in log.rows}
    api = docker_host.client.api
    images = {str(image["Id"]) for image in api.images(all=True)}
    containers = api.containers(all=True)
    note("on the docker host", {"images": len(images), "containers": len(containers)})
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


def _log(tree: Tree) -> DockerLog:
    log = find_log(tree)
    assert log is not None, "docker-1/log-file is needed first"
    return log
