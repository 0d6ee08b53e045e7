"""A script with the line ends of Windows, which no Unix starts: its first line names ``/bin/sh\\r``.

The kernel calls that "no such file", of a file that everybody can see (execve(2), ENOENT for an interpreter), so the
words alone help nobody. What a program says only names the script; that it is one is seen in the file.
"""

from __future__ import annotations

import posixpath
import re

from ..errors import DockerlabError
from ..submission.files.tree import Tree

__all__ = ["windows_script"]

# runc, dash and busybox, bash, env: as runc 1.1, dash 0.5.12, bash 5.2, coreutils 9.1 and busybox 1.35 say it
_NOT_FOUND = re.compile(
    r"\bexec:? \"?(?P<runc>[^\s\":]{1,200})\"?: (?:stat [^\s:]{1,200}: )?no such file or directory"
    r"|(?:^|: )(?P<shell>[^\s:]{1,200}): not found"
    r"|: (?P<bash>[^\s:]{1,200}): (?:cannot execute: required file not found|/[^\s:]{1,200}: bad interpreter)"
    r"|\benv: '[^'\n]{1,80}\\r'",
    re.MULTILINE,
)
_MAX_SIZE = 64 * 1024
_MAX_READ = 20  # everything that is read counts against the submission's limit


def windows_script(tree: Tree, log: str) -> str | None:
    """The file of the submission that ``log`` says cannot be started, if its first line ends as Windows' lines do.

    Where the words name no file, ``env``'s, it is the only such script there is; ``None`` where nothing is certain.
    """
    names: set[str] = set()
    for match in _NOT_FOUND.finditer(log):
        named = match["runc"] or match["shell"] or match["bash"]
        names.add(posixpath.basename(named) if named else "")
    named = [each for each in tree.files.values() if posixpath.basename(each.path) in names]
    if not named and "" in names:
        named = [each for each in tree.files.values() if each.executable or each.path.endswith(".sh")]
    small = [each.path for each in named if each.size is not None and each.size <= _MAX_SIZE]
    found = [path for path in small[:_MAX_READ] if _is_of_windows(tree, path)]
    return found[0] if len(found) == 1 else None


def _is_of_windows(tree: Tree, path: str) -> bool:
    try:
        first = tree.read(path).partition(b"\n")[0]
    except DockerlabError:
        return False
    return first.startswith(b"#!") and first.endswith(b"\r")
