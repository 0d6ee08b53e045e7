"""The item docker-2/files."""

from __future__ import annotations

from pytest_dockerlab.findings import note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.submission.files.tree import Tree
from pytest_dockerlab.submission.monolith import find_monolith, monolith_file_problems


@check("docker-2/files", "the four files of the monolith lie in one directory")
def files(tree: Tree) -> None:
    monolith = find_monolith(tree)
    if monolith is not None:
        note("directory", monolith.folder or ".")
    report(monolith_file_problems(tree, monolith))
