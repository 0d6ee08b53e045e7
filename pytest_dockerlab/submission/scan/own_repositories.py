"""Folders that are repositories of their own: whoever clones the submission finds them empty."""

from __future__ import annotations

from ...messages import Message, _
from ..files.tree import Tree, folders_above

__all__ = ["hint_where_missing"]


def hint_where_missing(tree: Tree, hint: Message, path: str | None = None) -> Message:
    """What to do about something that is not there: ``hint``, unless it is where git does not look.

    :param path: what is missing; ``None``: it may have been anywhere.
    """
    folders = [each for each in tree.repositories if path is None or each in (path, *folders_above(path))]
    if not folders:
        return hint
    return _(
        "git repositories of their own, which are empty for whoever clones this one: {folders}. In each case delete its"
        " .git, then git rm --cached and git add the folder, and commit",
        folders=folders,
    )
