"""Every open() of git's and of ours: the submission and the system's own files, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

from tests.submission.files._broken import BROKEN, HARMLESS

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="no strace here")

OURS = Path(__file__).parents[3]
# What a Linux opens for whatever program, and where Python and our own packages are.
SYSTEM = ("/usr/", "/lib", "/etc/", "/proc/", "/sys/", "/dev/null", "/dev/urandom", "/opt/", "/bin/", "/sbin/")
READ = """
import sys
from pathlib import Path
from pytest_dockerlab.errors import DockerlabError
from pytest_dockerlab.submission.files.git_folder import git_dir_of, head_branch
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.history import History
from pytest_dockerlab.submission.files.worktree import WorkTree

for folder in map(Path, sys.argv[1:]):
    try:
        head_branch(git_dir_of(folder))
        GitTree(git_dir_of(folder), History(git_dir_of(folder)).start).read("start.sh")
    except DockerlabError:
        pass
    WorkTree(folder).read("start.sh")
print("done")
"""
# With -y the result is shown with the name of what was really opened, at the end of links.
OPENED = re.compile(r"\) = \d+<([^>]*)>$", re.MULTILINE)


def opened_by(log: Path, *program: str | Path, cwd: Path) -> set[str]:
    """The files and folders that a program and its children open."""
    words = ["strace", "-f", "-q", "-y", "--seccomp-bpf", "-e", "trace=open,openat,openat2,creat", "-o", str(log)]
    subprocess.run([*words, *map(str, program)], capture_output=True, cwd=cwd, check=True, timeout=300)
    return set(OPENED.findall(log.read_text()))


def test_nothing_outside_is_opened(repository, tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "config").write_text("[core]\n")
    folders = {}
    for name, how in (BROKEN | HARMLESS).items():
        copy = repository.copy(tmp_path / f"s{len(folders)}/submission")
        how(copy, outside)
        folders[name] = copy.root
    worktree = tmp_path / "linked"
    repository.git("worktree", "add", "-q", str(worktree))

    opened = opened_by(tmp_path / "log", sys.executable, "-P", "-c", READ, *folders.values(), worktree, cwd=outside)

    python = {sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), str(OURS)} | {
        entry for entry in sys.path if entry.endswith("site-packages")
    }
    allowed = (*SYSTEM, *map(os.path.realpath, python), *map(str, folders.values()), str(worktree))
    assert any(path.endswith("/empty/sha1.git/config") for path in opened), "git was run, and is traced"
    assert any(path.startswith(str(folders["commit-graph"] / ".git/objects/pack")) for path in opened)
    assert {path for path in opened if not path.startswith(allowed)} == set()

    control = folders["config-includes-outside"]
    plain = opened_by(tmp_path / "log", "git", "-C", control, "cat-file", "-t", "HEAD", cwd=outside)
    assert str(outside / "config") in plain, "plain git does not fall for it either, so the test shows nothing"
