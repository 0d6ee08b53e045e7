"""The item docker-1/log-file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import USUAL, find_log, find_logs
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, expect, note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.gitignore import ignoring_line
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing

if TYPE_CHECKING:
    from pytest_dockerlab.submission.files.tree import Tree


@check("docker-1/log-file", "docker-1.log exists and can be read")
def log_file(tree: Tree) -> None:
    """Anywhere: its place changed from cohort to cohort. One that git ignores is not handed in, and so missing."""
    paths = find_logs(tree)
    note("logs", paths)
    if not paths:
        ignored = next(filter(None, (ignoring_line(tree, path) for path in USUAL)), None)
        similar = _similar_names(tree)
        renamed = next((path for path in similar if _RENAMED.fullmatch(path.rpartition("/")[2].casefold())), None)
        hint = _("save what docker images prints to docker-1.log, and commit it")
        if ignored:
            hint = _("save what docker images prints to docker-1.log, and add it with git add -f: git ignores it")
        elif renamed:
            hint = _("if this is it, rename it: git mv {file} {name}", file=renamed, name=USUAL[0])
        require(
            False,
            _("docker-1.log is in the repository"),
            found=similar or _("no file of a similar name"),
            at=ignored or (Location(renamed) if renamed else None),
            hint=hint_where_missing(tree, hint),
        )
    try:
        log = find_log(tree)
    except RefusedPath as error:
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
        _("docker-1.log is a text file"),
        found=_("it contains zero bytes") if log.text.binary else _("neither UTF-8 nor CP1251"),
        at=log.location(),
        hint=_("save it as UTF-8"),
    )
    if tree.tracked(log.path) is False:
        ignored = ignoring_line(tree, log.path)
        expect(
            ignored is None,
            _("git tracks docker-1.log"),
            found=_("it is not committed: .gitignore excludes it"),
            at=ignored,
            hint=_("add it with git add -f {file}", file=log.path),
        )


_RENAMED = re.compile(r"docker[-_. ]?1\b.*(log|txt|md)[^/]*")
_SIMILAR = re.compile(r"docker[-_. ]?1\b.*|docker[-_.]?images?\b.*|.*\.log")


def _similar_names(tree: Tree) -> list[str]:
    """What may have been meant, where there is no log."""
    found = [path for path in tree.files if _SIMILAR.fullmatch(path.rpartition("/")[2].casefold())]
    return sorted(found, key=lambda path: (path.count("/"), path))[:5]
