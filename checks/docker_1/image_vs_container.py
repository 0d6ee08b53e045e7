"""The item docker-1/image-vs-container."""

from __future__ import annotations

from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.findings import NotAttempted, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.docker_log import find_log
from pytest_dockerlab.submission.files.tree import Tree
from pytest_dockerlab.submission.image_answer import find_answers
from pytest_dockerlab.submission.text.readme import Readme


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
