"""The item docker-2/files."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._monolith import FILES, find_monolith
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.scan.discovery import folder_of
from pytest_dockerlab.submission.scan.own_repositories import hint_where_missing
from pytest_dockerlab.submission.scan.roles import role_of_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.files.tree import Tree


@check("docker-2/files", "the four files of the monolith are in one directory")
def files(tree: Tree) -> None:
    monolith = find_monolith(tree)
    if monolith is not None:
        note("directory", monolith.folder or ".")
    report(_missing_files(tree, monolith))


def _missing_files(tree: Tree, monolith: Monolith | None) -> Iterator[Finding]:
    """The files that are missing beside the others, and where they are instead."""
    hint = _("put Dockerfile, mongod.conf, db_config and start.sh into one folder: the build sees nothing outside")
    if monolith is None:
        nowhere = _("mongod.conf, db_config and start.sh are nowhere in the repository")
        yield Finding(None, nowhere, None, hint_where_missing(tree, hint))
        return
    for name in monolith.missing:
        target = tree.link_target(monolith.path(name))
        if target is not None:
            yield Finding(
                _("{path} is in the repository", path=monolith.path(name)),
                _("a symbolic link to {target}, where the repository has no file", target=target),
                Location(monolith.path(name)),
                _("commit the file itself instead of the link"),
            )
            continue
        elsewhere = [path for path in tree.files if path.startswith(monolith.path(name))]
        elsewhere = elsewhere or _misspelt(tree, monolith, name)
        elsewhere += [path for path in tree.files if path.rpartition("/")[2].lower() == name.lower()
                      and not any(map(role_of_name, path.split("/")[:-1]))]  # fmt: skip
        yield Finding(
            _("{path} is in the repository", path=monolith.path(name)),
            _("only these: {files}", files=elsewhere[:5]) if elsewhere else _("no such file"),
            Location(elsewhere[0]) if elsewhere else None,
            hint,
        )
    for name in FILES[1:]:  # the Dockerfile is read by docker-2/dockerfile
        if name not in monolith.missing and (why := _refused(tree, monolith.path(name))) is not None:
            yield Finding(
                _("{path} can be read", path=monolith.path(name)),
                why,
                Location(monolith.path(name)),
                _("commit regular files of a reasonable size, inside the repository"),
            )


def _refused(tree: Tree, path: str) -> Message | str | None:
    try:
        tree.read(path)
    except RefusedPath as error:
        return error.text
    return None


def _misspelt(tree: Tree, monolith: Monolith, name: str) -> list[str]:
    """The files beside the others that are called nearly so: mongo.conf, db_conf, start.bash."""
    beside = [path.rpartition("/")[2] for path in tree.files if folder_of(path) == monolith.folder]
    return [monolith.path(each) for each in difflib.get_close_matches(name, set(beside) - set(FILES), cutoff=0.7)]
